import { expect, test } from "bun:test";
import { matches } from "../../../../test/server/matches.ts";
import { parseQuery } from "./parse-query.ts";

const CASES: readonly (readonly [config: object, query: string, matched: boolean])[] = [
  [{ a: ["1", "2"] }, "?a=2", true],
  [{ a: ["1"] }, "?a=2&a=1", true],
  [{ a: ["1"] }, "?A=1", false],
  [{ a: ["*"] }, "?a", true],
  [{ a: ["*"] }, "?b", false],
  [{ a: [""] }, "?a=", true],
  [{ a: ["1"], b: ["2"] }, "?a=1&b=2", true],
  [{ a: ["1"], b: ["2"] }, "?a=1", false],
  [{ "a b": ["c d"] }, "?a+b=c%20d", true],
  [{ a: [] }, "?a=1", false],
  [{ a: ["*"] }, "?a=1;b=2", false],
  [{ a: ["*"] }, "?a=1&b=%", false],
  [{ a: ["{http.request.method}"] }, "?a=GET", true],
  [{}, "", true],
  [{}, "?", true],
  [{}, "?a", false],
  [{ a: ["*"] }, "", false],
];

for (const [config, query, expected] of CASES) {
  test(`query ${JSON.stringify(config)} ${expected ? "matches" : "does not match"} ${JSON.stringify(query)}`, async () => {
    expect(await matches({ query: config }, `GET /${query}`)).toBe(expected);
  });
}

test("parseQuery keeps what is no UTF-8 as it was escaped", () => {
  expect(parseQuery("a=%FF")?.get("a")).toEqual(["%FF"]);
});
