import { describe, expect, test } from "bun:test";
import { compileGlob } from "./glob.ts";

const matches = (pattern: string, text: string): boolean | undefined => compileGlob(pattern)?.test(text);

describe("compileGlob", () => {
  test("* and ? stop at slashes", () => {
    expect(matches("*.txt", "a.txt")).toBeTrue();
    expect(matches("*.txt", "d/a.txt")).toBeFalse();
    expect(matches("/a/*/c", "/a/b/c")).toBeTrue();
    expect(matches("/a/*/c", "/a/b/b/c")).toBeFalse();
    expect(matches("?", "a")).toBeTrue();
    expect(matches("?", "/")).toBeFalse();
    expect(matches("?", "😀")).toBeTrue();
    expect(matches("*", "")).toBeTrue();
  });

  test("the whole text counts", () => {
    expect(matches("a", "ab")).toBeFalse();
    expect(matches("b", "ab")).toBeFalse();
    expect(matches("a*", "a\nb")).toBeTrue();
  });

  test("classes", () => {
    expect(matches("[a-c]", "b")).toBeTrue();
    expect(matches("[a-c]", "d")).toBeFalse();
    expect(matches("[^a-c]", "d")).toBeTrue();
    expect(matches("[^a-c]", "b")).toBeFalse();
    expect(matches("[\\]x]", "]")).toBeTrue();
    expect(matches("[z-a]", "b")).toBeFalse();
    expect(matches("[^z-a]", "b")).toBeTrue();
    expect(matches("x[0-9]y", "x7y")).toBeTrue();
  });

  test("what means something in regular expressions means nothing here", () => {
    expect(matches("a.b", "axb")).toBeFalse();
    expect(matches("a.b", "a.b")).toBeTrue();
    expect(matches("(a|b)+$^{1}", "(a|b)+$^{1}")).toBeTrue();
    expect(matches("\\*", "*")).toBeTrue();
    expect(matches("\\*", "a")).toBeFalse();
    expect(matches("[.^$|-\\-]", "^")).toBeTrue();
  });

  test.each(["[", "[a", "[]", "[]a]", "[-]", "[a-]", "[x-", "a\\", "[\\"])("%s is malformed", (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });
});
