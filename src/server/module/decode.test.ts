import { expect, test } from "bun:test";
import * as z from "zod/mini";
import { decode } from "./decode.ts";

const SCHEMA = z.strictObject({
  name: z.optional(z.string().check(z.minLength(2), z.regex(/^[a-z]+$/))),
  count: z.optional(z.int().check(z.gte(0), z.lte(9))),
  ratio: z.optional(z.number().check(z.gt(0))),
  on: z.optional(z.boolean()),
  text: z.optional(z.union([z.string(), z.array(z.string())])),
  mode: z.optional(z.enum(["fast", "slow"])),
  inner: z.optional(
    z.strictObject({ key: z.string(), list: z.optional(z.array(z.strictObject({ deep: z.number() }))) }),
  ),
  table: z.optional(z.record(z.string(), z.array(z.string()))),
  own: z.optional(z.string().check(z.refine((text) => text !== "x", "must not be x"))),
  some: z.optional(z.array(z.string()).check(z.minLength(1))),
  either: z.optional(z.union([z.literal("auto"), z.strictObject({ size: z.number() })])),
  minus: z.optional(z.union([z.int(), z.literal("auto")])),
});

test.each([
  [{ nme: "a" }, 'at.nme: unknown key; did you mean "name"?'],
  [{ inner: { kye: "a" } }, 'at.inner.kye: unknown key; did you mean "key"?'],
  [
    { inner: { key: "a", list: [{ deep: 1 }, { deep: 1, deeep: 1 }] } },
    'at.inner.list[1].deeep: unknown key; did you mean "deep"?',
  ],
  [{ inner: { key: "", zzz: 1 } }, "at.inner.zzz: unknown key; known: key, list"],
  [{ either: { sice: 3 } }, 'at.either.sice: unknown key; did you mean "size"?'],
  [{ inner: {} }, "at.inner.key: is missing: it must be a string"],
  [{ name: 5 }, "at.name: must be a string, not a number"],
  [{ name: null }, "at.name: must be a string, not null"],
  [{ name: "a" }, 'at.name: must have at least 2 characters, not "a"'],
  [{ name: "AAA" }, 'at.name: must be of the form /^[a-z]+$/, not "AAA"'],
  [{ count: 1.5 }, "at.count: must be a whole number, not 1.5"],
  [{ count: "1" }, "at.count: must be a number, not a string"],
  [{ count: -1 }, "at.count: must be at least 0, not -1"],
  [{ count: 10 }, "at.count: must be at most 9, not 10"],
  [{ ratio: 0 }, "at.ratio: must be above 0, not 0"],
  [{ on: "yes" }, "at.on: must be true or false, not a string"],
  [{ text: 5 }, "at.text: must be a string or an array, not 5"],
  [{ text: ["a", 5] }, "at.text[1]: must be a string, not a number"],
  [{ mode: "fst" }, 'at.mode: must be "fast" or "slow", not "fst"'],
  [{ minus: "aut" }, 'at.minus: must be a number or "auto", not "aut"'],
  [{ table: { "a b": "x" } }, 'at.table["a b"]: must be an array, not a string'],
  [{ table: [] }, "at.table: must be an object, not an array"],
  [{ own: "x" }, "at.own: must not be x"],
  [{ some: [] }, "at.some: must not be empty"],
  [[], "at: must be an object, not an array"],
  [null, "at: must be an object, not null"],
])("decode of %j says what is wrong", (value, message) => {
  expect(() => decode(SCHEMA, value, ["at"])).toThrow(expect.objectContaining({ name: "ConfigError", message }));
});

test("decode gives the value as the schema makes it", () => {
  expect(decode(SCHEMA, { name: "abc", minus: "auto" }, [])).toEqual({ name: "abc", minus: "auto" });
});

test("decode refuses what is planned as just that, at any depth, and suggests it", () => {
  const planned = { later: "doing it later" };
  const message = "at.later: is known to Caddy, but not built here yet (doing it later); remove it";
  expect(() => decode(SCHEMA, { later: 1 }, ["at"], planned)).toThrow(message);
  expect(() => decode(SCHEMA, { inner: { key: "a", later: 1 } }, ["at"], planned)).toThrow("at.inner.later: is known");
  expect(() => decode(SCHEMA, { latr: 1 }, ["at"], planned)).toThrow('unknown key; did you mean "later"?');
});

test("decode speaks of a missing value at the top", () => {
  expect(() => decode(z.string(), undefined, ["a"])).toThrow("a: is missing: it must be a string");
});
