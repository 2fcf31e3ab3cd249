import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
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
