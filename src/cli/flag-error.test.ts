import { expect, test } from "bun:test";
import { ConfigError } from "../server/module/index.ts";
import { explainByFlag } from "./flag-error.ts";

const PLACES = [
  { flag: "--to", path: ["routes", 0] },
  { flag: "--header-up", path: ["routes", 0, "headers"] },
];

test.each([
  [["routes", 0, "headers", "a"], "--header-up: is wrong; mend it"],
  [["routes", 0, "upstreams", 1], "--to: is wrong; mend it"],
  [["routes", 1], "routes[1]: is wrong; mend it"],
])("explainByFlag tells an error at %j as %s", (path, told) => {
  const error = new ConfigError(path, "is wrong", { hint: "mend it" });
  expect(explainByFlag(error, PLACES)).toMatchObject({ message: told });
});

test("explainByFlag leaves other errors as they are", () => {
  const error = new Error("other");
  expect(explainByFlag(error, PLACES)).toBe(error);
});
