import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type Random, seededRandom } from "../clock/index.ts";
import { LineBuffer } from "./line-buffer.ts";

function written(write: (buffer: LineBuffer) => void, capacity = 1): string {
  const buffer = new LineBuffer(capacity);
  write(buffer);
  return new TextDecoder().decode(buffer.bytes.subarray(0, buffer.length));
}

describe("LineBuffer", () => {
  test("jsonString writes what JSON.parse reads back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const json = written((buffer) => buffer.jsonString(text));
        expect(JSON.parse(json)).toBe(text.toWellFormed());
      }),
    );
  });

  test("jsonString escapes every control, the quote and the backslash", () => {
    const text = String.fromCharCode(...Array.from({ length: 0x20 }, (_, code) => code)) + '"\\é\n\ud800x';
    expect(JSON.parse(written((buffer) => buffer.jsonString(text)))).toBe(text.toWellFormed());
    expect(written((buffer) => buffer.jsonString("a\u0001\n"))).toBe('"a\\u0001\\n"');
  });

  test("jsonBytes keeps UTF-8 and replaces what is not", () => {
    const bytes = new TextEncoder().encode('a"é\u0000ü');
    expect(JSON.parse(written((buffer) => buffer.jsonBytes(bytes, 0, bytes.length)))).toBe('a"é\u0000ü');
    expect(JSON.parse(written((buffer) => buffer.jsonBytes(Uint8Array.of(0x61, 0xff, 0x62), 0, 3)))).toBe("a\uFFFDb");
  });

  test("jsonBytes writes valid JSON for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const json = written((buffer) => buffer.jsonBytes(bytes, 0, bytes.length));
        expect(JSON.parse(json)).toBe(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      }),
    );
  });

  test("number writes null for what JSON cannot hold", () => {
    expect(written((buffer) => buffer.number(Number.NaN))).toBe("null");
    expect(written((buffer) => buffer.number(0.25))).toBe("0.25");
  });

  test("raw, ascii and text grow the buffer and stand in order", () => {
    const line = written((buffer) => {
      buffer.raw(Uint8Array.of(0x61, 0x62));
      buffer.ascii("cd");
      buffer.text("é");
      buffer.byte(0x0a);
    });
    expect(line).toBe("abcdé\n");
  });
});

/** Bytes of which most are plain, some special, as an attacker or a browser may send them. */
function hostileBytes(random: Random, length: number): Uint8Array {
  const bytes = random.bytes(length);
  const special = [0x22, 0x5c, 0x09, 0x00, 0x1f, 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xc3, 0xa4, 0xff];
  for (let i = 0; i < length; i++) {
    const kind = random.uint32() % 16;
    if (kind === 0) bytes[i] = special[random.uint32() % special.length]!;
    else if (kind > 1) bytes[i] = 0x20 + (bytes[i]! % 0x5f);
  }
  return bytes;
}

test("any bytes at any place and length become JSON that says the same, and decimals are exact", () => {
  const random = seededRandom(20261);
  for (let round = 0; round < 20_000; round++) {
    const source = hostileBytes(random, random.uint32() % 120);
    const start = random.uint32() % (source.length + 1);
    const buffer = new LineBuffer(1 + (random.uint32() % 64));
    for (let pad = random.uint32() % 4; pad > 0; pad--) buffer.byte(0x20);
    buffer.jsonBytes(source, start, source.length);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(buffer.bytes.subarray(0, buffer.length));
    const expected = new TextDecoder("utf-8", { ignoreBOM: true }).decode(source.subarray(start));
    if (JSON.parse(text) !== expected) expect(JSON.parse(text)).toBe(expected);

    const number = Math.floor(random.float() * 2 ** (random.uint32() % 54));
    buffer.length = 0;
    buffer.decimal(number);
    expect(new TextDecoder().decode(buffer.bytes.subarray(0, buffer.length))).toBe(String(number));
  }
});

test("each single byte value is told apart at each place of a word", () => {
  for (let byte = 0; byte < 128; byte++) {
    for (let place = 0; place < 32; place++) {
      const source = new Uint8Array(32).fill(0x61);
      source[place] = byte;
      const buffer = new LineBuffer();
      buffer.jsonBytes(source, 0, 32);
      const text = new TextDecoder().decode(buffer.bytes.subarray(0, buffer.length));
      expect(JSON.parse(text)).toBe(String.fromCharCode(...source));
    }
  }
});
