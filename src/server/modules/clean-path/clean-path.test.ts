import { expect, test } from "bun:test";
import { cleanRequestPath } from "./index.ts";

test("cleanRequestPath keeps what is clean as it is", () => {
  expect(cleanRequestPath("/a/b/", true)).toBe("/a/b/");
  expect(cleanRequestPath("/a//b", false)).toBe("/a//b");
});

test("cleanRequestPath takes out dots, and slashes where it may", () => {
  expect(cleanRequestPath("/a//./b/../c/", true)).toBe("/a/c/");
  expect(cleanRequestPath("/a//../b", false)).toBe("/a/b");
  expect(cleanRequestPath("/../..", true)).toBe("/");
  expect(cleanRequestPath("*", true)).toBe("/*");
});
