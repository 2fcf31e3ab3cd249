import { CR, LF } from "./byte-tables.ts";

/** The most bytes that `writeChunkHead` writes. */
export const CHUNK_HEAD_MAX = 16;
const encoder = new TextEncoder();
/** The end of a chunked body without trailers. */
export const LAST_CHUNK: Uint8Array = encoder.encode("0\r\n\r\n");
const DIGITS: Uint8Array = encoder.encode("0123456789abcdef");

/** Writes a chunk's size in hexadecimal and CRLF, and returns the offset behind it. The size is not 0: that would end the body. */
export function writeChunkHead(target: Uint8Array, at: number, size: number): number {
  let digits = 1;
  for (let rest = size; rest >= 16; rest = Math.floor(rest / 16)) digits++;
  let rest = size;
  for (let i = at + digits - 1; i >= at; i--) {
    target[i] = DIGITS[rest % 16]!;
    rest = Math.floor(rest / 16);
  }
  return writeLineEnd(target, at + digits);
}

/** Writes CRLF and returns the offset behind it. */
export function writeLineEnd(target: Uint8Array, at: number): number {
  target[at] = CR;
  target[at + 1] = LF;
  return at + 2;
}

/** Writes a number in decimal and returns the offset behind it. */
export function writeDecimal(target: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    target[i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return at + digits;
}
