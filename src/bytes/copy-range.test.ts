import { expect, test } from "bun:test";
import { copyRange } from "./copy-range.ts";

test("copyRange copies just the range, to just its place", () => {
  const target = new Uint8Array(6);
  copyRange.call(Uint8Array.of(1, 2, 3, 4, 5), target, 2, 1, 4);
  expect([...target]).toEqual([0, 0, 2, 3, 4, 0]);
});
