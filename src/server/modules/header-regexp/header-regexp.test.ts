import { expect, test } from "bun:test";
import { matched } from "../../../../test/server/matches.ts";

test("header_regexp leaves the groups of the value that matched", async () => {
  const match = { header_regexp: { "x-id": { name: "id", pattern: "^(\\w+)-(\\d+)$" } } };
  expect(await matched(match, "GET /\r\nX-Id: x\r\nX-Id: cd-34", "{http.regexp.id.1} {http.regexp.2}")).toBe("cd 34");
  expect(await matched(match, "GET /\r\nX-Id: x")).toBeUndefined();
});

test("header_regexp wants every field to match", async () => {
  const match = { header_regexp: { "X-A": { pattern: "a" }, "X-B": { pattern: "b" } } };
  expect(await matched(match, "GET /\r\nX-A: a\r\nX-B: b")).toBe("yes");
  expect(await matched(match, "GET /\r\nX-A: a")).toBeUndefined();
});
