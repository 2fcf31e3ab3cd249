import { expect, test } from "bun:test";
import { decode } from "../module/index.ts";
import { DURATION } from "./duration.ts";

test.each([
  ["250ms", 250],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
  ["2d", 172_800_000],
  ["1d12h", 129_600_000],
  ["-1s", -1000],
  ["100us", 0.1],
  ["0", 0],
  [5_000_000_000, 5000],
  [0, 0],
])("DURATION of %p is %d ms", (value, ms) => {
  expect(decode(DURATION, value, [])).toBe(ms);
});

test("DURATION says how to write one", () => {
  expect(() => decode(DURATION, "5", ["timeout"])).toThrow(
    'timeout: "5" is no duration; write it like "250ms", "1m30s" or "2h"',
  );
  expect(() => decode(DURATION, true, ["timeout"])).toThrow("timeout: must be a string or a number, not true");
});
