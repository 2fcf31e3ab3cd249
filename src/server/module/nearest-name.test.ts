import { expect, test } from "bun:test";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["prefx", ["path", "prefix"], "prefix"],
  ["pth", ["path", "host"], "path"],
  ["lsiten", ["listen", "logs"], "listen"],
  ["Match", ["match"], "match"],
  ["revers_prxy", ["reverse_proxy", "rewrite"], "reverse_proxy"],
  ["xyz", ["path", "host"], undefined],
  ["", ["a"], undefined],
  ["x".repeat(100), ["x".repeat(100)], undefined],
])("nearestName of %j in %j is %j", (word, names, near) => {
  expect(nearestName(word, names)).toBe(near as string);
});
