import { describe, expect, test } from "bun:test";
import { CHUNK_HEAD_MAX, writeChunkHead, writeDecimal, writeLineEnd } from "./chunk-encoder.ts";
import { CHUNK_DATA, CHUNK_MORE, ChunkedDecoder } from "./chunked-decoder.ts";

type Write = (target: Uint8Array, at: number) => number;

/** What was written behind three bytes, which must stay as they were. */
function written(write: Write): string {
  const target = Buffer.alloc(64, 0x2e);
  const end = write(target, 3);
  expect(target.toString("latin1", 0, 3)).toBe("...");
  expect(target.toString("latin1", end)).toMatch(/^\.*$/);
  return target.toString("latin1", 3, end);
}

const SIZES = [1, 9, 10, 15, 16, 255, 256, 4095, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER];

describe("chunk-encoder", () => {
  test.each(SIZES)("writes the size %d in hexadecimal and in decimal", (size) => {
    expect(written((target, at) => writeChunkHead(target, at, size))).toBe(`${size.toString(16)}\r\n`);
    expect(written((target, at) => writeDecimal(target, at, size))).toBe(String(size));
  });

  test("writes 0 in decimal, and the end of a line", () => {
    expect(written((target, at) => writeDecimal(target, at, 0))).toBe("0");
    expect(written(writeLineEnd)).toBe("\r\n");
  });

  test.each(SIZES)("writes a head of %d that the decoder reads, in the room that it may take", (size) => {
    const bytes = new Uint8Array(CHUNK_HEAD_MAX + 1);
    const end = writeChunkHead(bytes, 0, size);
    expect(end).toBeLessThanOrEqual(CHUNK_HEAD_MAX);
    const decoder = new ChunkedDecoder(10);
    expect(decoder.decode(bytes, 0, end)).toBe(CHUNK_MORE);
    expect(decoder.decode(bytes, end, end + 1)).toBe(CHUNK_DATA);
  });
});
