import { expect, test } from "bun:test";
import { PIPE_BUF, wholeLines } from "./whole-lines.ts";

/** Lines of these lengths, newlines included, behind three bytes that are somebody else's. */
function lines(...lengths: number[]): Uint8Array {
  return new TextEncoder().encode(`\n\n\n${lengths.map((length) => `${"x".repeat(length - 1)}\n`).join("")}`);
}

test.each([
  [[10], 10],
  [[4096], 4096],
  [[4000, 96, 10], 4096],
  [[4000, 97, 10], 4000],
  [[1, 5000], 1],
  [[5000], 5000],
  [[5000, 10], 5000],
  [[100, 100, 4000], 200],
])("wholeLines of lines of %j bytes takes %i", (lengths, expected) => {
  const bytes = lines(...lengths);
  expect(wholeLines(bytes, 3, bytes.length - 3)).toBe(expected);
});

test("wholeLines looks no further than the bytes that are there", () => {
  const bytes = lines(PIPE_BUF + 10, 100);
  expect(wholeLines(bytes, 3, PIPE_BUF + 5)).toBe(PIPE_BUF + 5);
});
