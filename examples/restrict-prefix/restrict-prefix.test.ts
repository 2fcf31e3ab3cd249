import { describe, expect, test } from "bun:test";
import { cleanedPath, isRestricted } from "./restrict-prefix.ts";

describe("isRestricted", () => {
  test.each([
    ["/", ".", false],
    ["/index.html", ".", false],
    ["/a.b/c.d", ".", false],
    ["/.env", ".", true],
    ["/a/.git/config", ".", true],
    ["/a/b.", ".", false],
    ["/private-x/y", "private", true],
    ["/x/private-y", "private", true],
    ["/notprivate", "private", false],
    ["/...", ".", true],
  ])("%s with the prefix %j: %p", (path, prefix, restricted) => {
    expect(isRestricted(path, prefix)).toBe(restricted);
  });
});

test("cleanedPath is the path as a file system sees it", () => {
  expect(cleanedPath("/a//./b/../.c")).toBe("/a/.c");
  expect(cleanedPath("/../..")).toBe("/");
  expect(cleanedPath("//.env/")).toBe("/.env");
});
