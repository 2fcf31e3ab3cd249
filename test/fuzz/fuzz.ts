import type { Random } from "../../src/clock/index.ts";
import { chunkedBody } from "./chunked-target.ts";
import { connection } from "./connection-target.ts";
import { requestHead, responseHead } from "./head-target.ts";
import { mutate } from "./mutate.ts";
import { capture, packet } from "./packet-target.ts";
import type { Target } from "./target.ts";

/** What is fuzzed; the parsers take nearly all the cases, because they are a hundred times as fast. */
export const TARGETS: readonly { readonly target: Target; readonly share: number }[] = [
  { target: requestHead, share: 0.5 },
  { target: responseHead, share: 0.2 },
  { target: chunkedBody, share: 0.245 },
  { target: connection, share: 0.005 },
  { target: packet, share: 0.04 },
  { target: capture, share: 0.01 },
];

/** A case that went wrong. */
export interface Failure {
  readonly target: string;
  readonly text: string;
  readonly what: string;
}

/** Runs `cases` mutants of a target's seeds; stops at the first that fails, made as small as it gets. */
export async function fuzz(target: Target, cases: number, random: Random): Promise<Failure | undefined> {
  for (let i = 0; i < cases; i++) {
    const text = mutate(target.seeds[random.uint32() % target.seeds.length]!, target.seeds, random);
    if ((await verdict(target, text, random)) === undefined) continue;
    const small = await minimized(target, text, random);
    return {
      target: target.name,
      text: small,
      what: (await verdict(target, small, random)) ?? "it depends on how it is cut",
    };
  }
  return undefined;
}

/** What is wrong with a case, an exception included. */
export async function verdict(target: Target, text: string, random: Random): Promise<string | undefined> {
  try {
    const result = target.check(text, random);
    // Most targets are synchronous; waiting for them would cost more than they do.
    return result instanceof Promise ? await result : result;
  } catch (error) {
    return `it throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** Takes out pieces as long as it goes on failing. */
async function minimized(target: Target, text: string, random: Random): Promise<string> {
  for (let size = Math.max(1, text.length >> 1); size >= 1; size >>= 1) {
    for (let at = 0; at + size <= text.length;) {
      const smaller = text.slice(0, at) + text.slice(at + size);
      if ((await verdict(target, smaller, random)) === undefined) at += size;
      else text = smaller;
    }
  }
  return text;
}
