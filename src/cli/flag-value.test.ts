import { expect, test } from "bun:test";
import { formatMs, parseMs } from "./flag-value.ts";

test.each([
  [0, "0ms"],
  [100, "100ms"],
  [1000, "1s"],
  [1500, "1500ms"],
  [90_000, "90s"],
  [120_000, "2m"],
  [3_600_000, "1h"],
])("%d milliseconds are %s", (ms, text) => {
  expect(formatMs(ms)).toBe(text);
  expect(parseMs(text)).toBe(ms);
});
