import { expect, test } from "bun:test";
import { matches } from "../../../../test/server/matches.ts";

const CASES: readonly (readonly [config: object, fields: string, matched: boolean])[] = [
  [{ "X-A": ["one", "two"] }, "x-a: two", true],
  [{ "X-A": ["one"] }, "X-A: One", false],
  [{ "X-A": ["two"] }, "X-A: one\r\nX-A: two", true],
  [{ "X-A": ["pre*"] }, "X-A: prepared", true],
  [{ "X-A": ["*fix"] }, "X-A: suffix", true],
  [{ "X-A": ["*mid*"] }, "X-A: amidst", true],
  [{ "X-A": ["*"] }, "X-A:", true],
  [{ "X-A": ["*"] }, "X-B: 1", false],
  [{ "X-A": [] }, "X-A: anything", true],
  [{ "X-A": [] }, "X-B: 1", false],
  [{ "X-A": null }, "X-B: 1", true],
  [{ "X-A": null }, "X-A: 1", false],
  [{ "X-A": ["1"], "X-B": ["2"] }, "X-A: 1\r\nX-B: 2", true],
  [{ "X-A": ["1"], "X-B": ["2"] }, "X-A: 1", false],
  [{ host: ["*.host.test"] }, "Host: x.host.test", true],
  [{ "X-A": ["{http.request.method}"] }, "X-A: GET", true],
  [{}, "X-A: 1", true],
];

for (const [config, fields, expected] of CASES) {
  test(`header ${JSON.stringify(config)} ${expected ? "matches" : "does not match"} ${JSON.stringify(fields)}`, async () => {
    expect(await matches({ header: config }, `GET /\r\n${fields}`)).toBe(expected);
  });
}
