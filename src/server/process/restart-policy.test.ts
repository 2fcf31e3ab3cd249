import { expect, test } from "bun:test";
import { RestartPolicy } from "./restart-policy.ts";

test("RestartPolicy replaces at once, then slower and slower, and forgives a sound life", () => {
  const policy = new RestartPolicy();
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map((lived) => policy.delayAfter(lived))).toEqual([
    0, 200, 400, 800, 1600, 3200, 5000, 5000, 5000,
  ]);
  expect(policy.delayAfter(2000)).toBe(0);
  expect(policy.delayAfter(50)).toBe(0);
  expect(policy.delayAfter(50)).toBe(200);
});
