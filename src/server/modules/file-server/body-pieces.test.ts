import { describe, expect, test } from "bun:test";
import { multipart } from "./body-pieces.ts";

const FILE = "0123456789";

function assembled(type: string | undefined): { text: string; length: number } {
  const ranges = [
    { start: 0, length: 2 },
    { start: 7, length: 3 },
  ];
  const { pieces, length } = multipart(ranges, FILE.length, type, "B");
  const text = pieces
    .map((piece) =>
      piece instanceof Uint8Array
        ? Buffer.from(piece).toString("latin1")
        : FILE.slice(piece.start, piece.start + piece.length),
    )
    .join("");
  return { text, length };
}

describe("multipart", () => {
  test("frames each part, and knows its length", () => {
    const { text, length } = assembled("text/plain");
    expect(text).toBe(
      "--B\r\nContent-Range: bytes 0-1/10\r\nContent-Type: text/plain\r\n\r\n01\r\n" +
        "--B\r\nContent-Range: bytes 7-9/10\r\nContent-Type: text/plain\r\n\r\n789\r\n--B--\r\n",
    );
    expect(length).toBe(text.length);
  });

  test("a file without a type has parts without one", () => {
    const { text, length } = assembled(undefined);
    expect(text).not.toContain("Content-Type");
    expect(length).toBe(text.length);
  });
});
