import { expect, test } from "bun:test";
import { ConfigError } from "../server/module/index.ts";
import { explainByFlag } from "./flag-error.ts";
import { Misuse } from "./misuse.ts";

const PLACES = [
  { flag: "--to", path: ["routes", 0] },
  { flag: "--header-up", path: ["routes", 0, "headers"] },
];

test.each([
  [["routes", 0, "headers", "a"], "--header-up: is wrong; mend it"],
  [["routes", 0, "upstreams", 1], "--to: is wrong; mend it"],
])("explainByFlag tells an error at %j as %s", (path, told) => {
  const error = new ConfigError(path, "is wrong", { hint: "mend it" });
  expect(explainByFlag(error, PLACES)).toEqual(new Misuse(told, { cause: error }));
});

test("explainByFlag leaves other errors as they are", () => {
  for (const error of [new Error("other"), new ConfigError(["routes", 1], "is wrong")])
    expect(explainByFlag(error, PLACES)).toBe(error);
});
