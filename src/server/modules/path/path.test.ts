import { expect, test } from "bun:test";
import { matches } from "../../../../test/server/matches.ts";
import { compilePathPattern } from "./path-pattern.ts";

/** What they are for Caddy 2.11. */
const CASES: readonly (readonly [pattern: string, path: string, matched: boolean])[] = [
  ["/exact", "/exact", true],
  ["/exact", "/EXACT?x=1", true],
  ["/exact", "/exact/", false],
  ["/exact", "//./exact", true],
  ["/exact", "/%65xact", true],
  ["/prefix/*", "/prefix/", true],
  ["/prefix/*", "/prefix", false],
  ["/prefix*", "/prefixed/a/b", true],
  ["/prefix/*", "/prefix/../exact", false],
  ["*.php", "/a/b.PHP", true],
  ["*inner*", "/x/inner/y", true],
  ["/glob/*/end", "/glob/a/end", true],
  ["/glob/*/end", "/glob/a/b/end", false],
  ["/q?x", "/qax", true],
  ["/[a-c]x", "/bx", true],
  ["/[a-c]x", "/dx", false],
  ["/[x", "/[x", false],
  ["*", "/anything", true],
  ["**", "/a/b", true],
  ["no-slash", "/no-slash", false],
  ["/a//b", "/a//b", true],
  ["/a//b", "/a/b", false],
  ["/a/b", "/a///b", true],
  ["/a%2Fb", "/a%2fb", true],
  ["/a%2Fb", "/a/b", false],
  ["/w%2F*", "/w%2Fx/y", false],
  ["/any/%*", "/any/x%2Fy", true],
  ["/any/%*", "/any/x/y", false],
  ["/mid%20dle/*", "/mid%20dle/a%2Fb", false],
  ["/%C3%BC", "/%c3%bc", true],
  ["/ü%20", "/%C3%BC%20", true],
  ["/{http.request.method}", "/get", true],
  ["/{http.request.method}/*", "/post/x", false],
];

for (const [pattern, path, expected] of CASES) {
  test(`path ${JSON.stringify(pattern)} ${expected ? "matches" : "does not match"} ${JSON.stringify(path)}`, async () => {
    expect(await matches({ path: [pattern] }, `GET ${path}`)).toBe(expected);
  });
}

test("path matches when one of its patterns does, and never without any", async () => {
  expect(await matches({ path: ["/a", "/b"] }, "GET /b")).toBe(true);
  expect(await matches({ path: [] }, "GET /b")).toBe(false);
});

test("compilePathPattern says how it wants to be asked", () => {
  expect(compilePathPattern("/a%2Fb")).toMatchObject({ escaped: true, mergesSlashes: true });
  expect(compilePathPattern("/a//b")).toMatchObject({ escaped: false, mergesSlashes: false });
});

test.each([
  ["/*a*a*a*a*a*b", `/${"a".repeat(8000)}`],
  ["/%61*a*a*a*a*a*b", `/${"a".repeat(8000)}`],
])("a pattern %p ends, whatever the path", (pattern, path) => {
  expect(compilePathPattern(pattern).matches(path)).toBe(false);
});

test("several stars match without crossing slashes", () => {
  const { matches: test } = compilePathPattern("/*a*/[b-d]*.x");
  expect(["/za1/c9.x", "/a/b.x"].every(test)).toBe(true);
  expect(["/za1/e9.x", "/a/1/b.x", "/a/b/.x"].some(test)).toBe(false);
});
