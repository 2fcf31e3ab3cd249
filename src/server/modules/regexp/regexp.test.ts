import { describe, expect, test } from "bun:test";
import { compileGoPattern } from "./go-pattern.ts";
import { replaceMatches } from "./replace-matches.ts";

/** All matches, with their groups. */
function matches(pattern: string, text: string): string[][] {
  return [...text.matchAll(compileGoPattern(pattern))].map((match) => [...match].map((group) => group ?? "-"));
}

describe("compileGoPattern", () => {
  test.each([
    ["a+", "caab", [["aa"]]],
    ["(?P<year>\\d{4})-(?<month>\\d+)", "on 2026-11", [["2026-11", "2026", "11"]]],
    ["(?i)abc", "xABc", [["ABc"]]],
    ["a(?i)b|c", "aB C ab A", [["aB"], ["C"], ["ab"]]],
    ["(a(?i)b)c", "aBc aBC", [["aBc", "aB"]]],
    ["(?i:a)b", "Ab AB", [["Ab"]]],
    ["(?:a|b)c", "ac bc", [["ac"], ["bc"]]],
    ["\\Aa|b\\z", "aab b", [["a"], ["b"]]],
    ["^a$", "a\na", []],
    ["(?m)^a$", "a\na", [["a"], ["a"]]],
    [".", "a\n\r", [["a"], ["\r"]]],
    ["(?s).+", "a\nb", [["a\nb"]]],
    ["[[:alpha:]_]+", "ab_1", [["ab_"]]],
    ["[^[:digit:]]", "1a", [["a"]]],
    ["[]a]+", "]a", [["]a"]]],
    ["[^]a]", "]ab", [["b"]]],
    ["[a\\-z[]+", "-[z", [["-[z"]]],
    ["\\s", "\u00a0 \v", [[" "]]],
    ["[\\s\\d]+", "\v1 2", [["1 2"]]],
    ["\\/\\-\\_\\.", "/-_.", [["/-_."]]],
    ["{a}{2,}]", "{a}}]", [["{a}}]"]]],
    ["/{2,}", "/a//b", [["//"]]],
    ["\\x41\\x{1F600}", "A😀", [["A😀"]]],
    ["\\p{Greek}+\\pL\\PN", "αβcd", [["αβcd"]]],
    ["\\Q.*\\E+", ".**", [[".**"]]],
    ["é", "é", [["é"]]],
  ])("%p finds in %j", (pattern, text, found) => {
    expect(matches(pattern, text)).toEqual(found);
  });

  test.each(["(", ")", "[a", "a\\", "(?=a)", "(?<!a)b", "(a)\\1", "\\y", "*", "(?U)a", "[[:nope:]]", "a**"])(
    "refuses %p",
    (pattern) => {
      expect(() => compileGoPattern(pattern)).toThrow(SyntaxError);
    },
  );
});

describe("replaceMatches", () => {
  const replaced = (text: string, pattern: string, replacement: string): string =>
    replaceMatches(text, compileGoPattern(pattern), replacement);

  test.each([
    ["foo", "o", "0", "f00"],
    ["foo", ".*", "z", "z"],
    ["", ".*", "z", "z"],
    ["ab", "x*", "-", "-a-b-"],
    ["baac", "a*", "-", "-b-c-"],
    ["me@here", "(\\w+)@(?P<site>\\w+)", "$2 ${1}${site} $$ $9|$1x|$", "here mehere $ ||$"],
    ["ac", "(a)(b)?c", "[$1$2]", "[a]"],
  ])("%j: %p by %j is %j", (text, pattern, replacement, result) => {
    expect(replaced(text, pattern, replacement)).toBe(result);
  });
});
