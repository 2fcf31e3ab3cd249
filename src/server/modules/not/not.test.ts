import { expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { matches, provisionMatch } from "../../../../test/server/matches.ts";

test("not matches when none of its sets does", async () => {
  const match = { not: [{ path: ["/a*"] }, { path: ["/b"], method: ["POST"] }] };
  expect(await matches(match, "GET /c")).toBe(true);
  expect(await matches(match, "GET /b")).toBe(true);
  expect(await matches(match, "GET /abc")).toBe(false);
  expect(await matches(match, "POST /b\r\nContent-Length: 0")).toBe(false);
});

test("not matches always without sets, and never with an empty one", async () => {
  expect(await matches({ not: [] }, "GET /")).toBe(true);
  expect(await matches({ not: [{}] }, "GET /")).toBe(false);
});

test("not tells where a matcher in it is unknown", async () => {
  expect(await failureOf(provisionMatch({ not: [{ paths: ["/"] }] }))).toContain('there is no matcher "paths"');
});
