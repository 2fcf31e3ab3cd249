import { readSync, writeSync } from "node:fs";
import { realClock } from "../clock/index.ts";
import { reapChildren } from "../sys/index.ts";
import { Carrier } from "./carrier.ts";
import { Keeper } from "./keeper.ts";
import type { Request } from "./step.ts";

/** The process that a lab lives in: the first of its own process namespace, so that the kernel ends everything in the lab together with it. It reads requests from stdin, a line each, and ends with it. */
const STDIN = 0;
const STDOUT = 1;
/** How often orphans of the lab's programs are taken leave of. */
const REAP_MS = 1000;

const carrier = new Carrier(realClock, STDIN);
const keeper = new Keeper(carrier);
const decoder = new TextDecoder();
const chunk = Buffer.alloc(65_536);
let pending = "";
let reapAt = realClock.now() + REAP_MS;

for (;;) {
  if (carrier.turn(REAP_MS)) answerRequests();
  if (realClock.now() < reapAt) continue;
  reapChildren();
  reapAt = realClock.now() + REAP_MS;
}

function answerRequests(): void {
  const length = readSync(STDIN, chunk, 0, chunk.length, null);
  if (length === 0) process.exit(0);
  const lines = (pending + decoder.decode(chunk.subarray(0, length), { stream: true })).split("\n");
  pending = lines.pop()!;
  for (const line of lines) writeLine(keeper.answer(JSON.parse(line) as Request));
}

function writeLine(value: object): void {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(STDOUT, bytes, at);
}
