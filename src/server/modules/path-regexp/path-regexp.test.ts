import { expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { matched, provisionMatch } from "../../../../test/server/matches.ts";

test("path_regexp leaves its groups by number and name, under its own name and without", async () => {
  const match = { path_regexp: { name: "id", pattern: "^/user/(?P<user>\\w+)/(\\d+)(x)?$" } };
  const shown =
    "{http.regexp.id.0} {http.regexp.id.1} {http.regexp.id.user} {http.regexp.2} {http.regexp.user} <{http.regexp.3}>";
  expect(await matched(match, "GET /user/ann/12", shown)).toBe("/user/ann/12 ann ann 12 ann <>");
});

test("path_regexp is asked with the cleaned, decoded path, in its own case", async () => {
  expect(await matched({ path_regexp: { pattern: "^/b$" } }, "GET /a/..//%62")).toBe("yes");
  expect(await matched({ path_regexp: { pattern: "^/b$" } }, "GET /B")).toBeUndefined();
  expect(await matched({ path_regexp: { pattern: "(?i)^/b$" } }, "GET /B")).toBe("yes");
});

test("path_regexp matches as well the second time", async () => {
  for (let i = 0; i < 2; i++) expect(await matched({ path_regexp: { pattern: "b" } }, "GET /abc")).toBe("yes");
});

test("path_regexp refuses what Go's syntax does not have, with its place", async () => {
  const failure = await failureOf(provisionMatch({ path_regexp: { pattern: "(?=x)" } }));
  expect(failure).toStartWith("apps.http.servers.s.routes[0].match[0].path_regexp.pattern: the regular expression");
});

test("path_regexp refuses a name that cannot stand in a placeholder", async () => {
  const failure = await failureOf(provisionMatch({ path_regexp: { name: "a b", pattern: "x" } }));
  expect(failure).toContain('path_regexp.name: "a b" is no name for a pattern');
});
