import { expect, test } from "bun:test";
import { matches } from "../../../../test/server/matches.ts";

const CASES: readonly (readonly [name: string, fields: string, matched: boolean])[] = [
  ["http", "", true],
  ["https", "", false],
  ["http/1.1", "", true],
  ["http/1.0", "", false],
  ["http/1.0+", "", true],
  ["http/2", "", false],
  ["http/2+", "", false],
  ["grpc", "\r\nContent-Type: application/grpc+proto", true],
  ["grpc", "\r\nContent-Type: text/plain", false],
  ["gopher", "", false],
  ["constructor", "", false],
];

for (const [name, fields, expected] of CASES) {
  test(`protocol ${name} ${expected ? "matches" : "does not match"} HTTP/1.1 in the clear${fields}`, async () => {
    expect(await matches({ protocol: name }, `GET /${fields}`)).toBe(expected);
  });
}
