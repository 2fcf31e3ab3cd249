import { expect, test } from "bun:test";
import { durationMs } from "./duration-text.ts";

test.each(["", "5", "1x", "s", "1 s", "1s ", ".s", "1h-1m"])("durationMs refuses %j", (text) => {
  expect(durationMs(text)).toBeUndefined();
});

test.each([
  ["0", 0],
  ["250ms", 250],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
  ["-1s", -1000],
  ["2d", 172_800_000],
  ["", undefined],
  ["5", undefined],
  ["1 s", undefined],
] as const)("durationMs reads %j as %j", (text, expected) => {
  expect(durationMs(text)).toBe(expected as number);
});
