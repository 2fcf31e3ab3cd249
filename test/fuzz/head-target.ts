import type { Random } from "../../src/clock/index.ts";
import { DEFAULT_LIMITS, Fields } from "../../src/http/message/index.ts";
import {
  CHUNKED,
  HEAD_INCOMPLETE,
  HEAD_REFUSED,
  type HeadLimits,
  keepsAlive,
  MessageHead,
  parseRequestHead,
  parseResponseHead,
} from "../../src/http/h1/wire.ts";
import { readRequest, readResponse, type Verdict } from "./reference.ts";
import { REQUESTS, RESPONSES } from "./seeds.ts";
import { surrounded, type Target } from "./target.ts";

type Parse = (head: MessageHead, bytes: Uint8Array, start: number, end: number, limits: HeadLimits) => number;

export const requestHead: Target = headTarget("request head", REQUESTS, parseRequestHead, readRequest);
export const responseHead: Target = headTarget("response head", RESPONSES, parseResponseHead, readResponse);

function headTarget(name: string, seeds: readonly string[], parse: Parse, read: (text: string) => Verdict): Target {
  const whole = new MessageHead();
  const pieces = new MessageHead();
  return {
    name,
    seeds,
    check(text, random) {
      const before = random.uint32() % 8;
      const bytes = surrounded(text, before);
      const end = before + text.length;
      whole.reset();
      const result = parse(whole, bytes, before, end, DEFAULT_LIMITS);
      const cut = parseInPieces(parse, pieces, bytes, before, end, random);
      if (cut !== result) return `whole it is ${result}, in pieces ${cut}`;
      if (result === HEAD_REFUSED && whole.status < 400) return `refused with status ${whole.status}`;
      if (result >= 0 && fieldsOf(pieces, bytes) !== fieldsOf(whole, bytes)) return "in pieces its fields differ";
      const verdict = read(text);
      const taken = result < 0 ? result : result - before;
      return compare(taken, fieldsOf(whole, bytes), verdict) ?? compareFraming(whole, bytes, parse, verdict);
    },
  };
}

function parseInPieces(
  parse: Parse,
  head: MessageHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  random: Random,
): number {
  head.reset();
  let result = HEAD_INCOMPLETE;
  for (let until = start; result === HEAD_INCOMPLETE && until < end;) {
    until = Math.min(end, until + 1 + (random.uint32() % 40));
    result = parse(head, bytes, start, until, DEFAULT_LIMITS);
  }
  return result;
}

function fieldsOf(head: MessageHead, bytes: Uint8Array): string {
  const fields = new Fields();
  fields.adopt(bytes, head.offsets, head.count);
  return JSON.stringify([...fields]);
}

function compare(result: number, fields: string, verdict: Verdict): string | undefined {
  if (verdict.kind === "open") return result >= 0 ? `taken as ${result} bytes though its end is not there` : undefined;
  if (verdict.kind === "refused") return result === HEAD_REFUSED ? undefined : `${result} where the reference refuses`;
  if (result !== verdict.length) return `${result} where the reference takes ${verdict.length} bytes`;
  return fields === JSON.stringify(verdict.fields) ? undefined : "its fields are not the reference's";
}

/** Where the next message begins, whom this one is for and whether another one follows: what smuggling lives on. */
function compareFraming(head: MessageHead, bytes: Uint8Array, parse: Parse, verdict: Verdict): string | undefined {
  if (verdict.kind !== "whole") return undefined;
  const body = (head.flags & CHUNKED) !== 0 ? -1 : head.contentLength < 0 ? undefined : head.contentLength;
  if (body !== verdict.body) return `its body has ${body} bytes, the reference's ${verdict.body}`;
  if (keepsAlive(head) !== verdict.lives) return `it lives on: ${keepsAlive(head)}, the reference's: ${verdict.lives}`;
  if (parse !== parseRequestHead) return undefined;
  const host = Buffer.from(bytes.subarray(head.hostStart, head.hostEnd)).toString("latin1");
  return host === verdict.host ? undefined : `it is for ${host}, the reference's for ${verdict.host}`;
}
