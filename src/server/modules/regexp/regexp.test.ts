import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { compileGoPattern } from "./go-pattern.ts";
import { LinearMachine } from "./linear-machine.ts";
import { compileProgram } from "./program.ts";
import { replaceMatches } from "./replace-matches.ts";
import { SyntaxReader } from "./syntax-tree.ts";

/** All matches, with their groups. */
function matches(pattern: string, text: string): string[][] {
  const compiled = compileGoPattern(pattern);
  const found: string[][] = [];
  for (let from = 0; from <= text.length;) {
    const match = compiled.exec(text, from);
    if (match === undefined) break;
    found.push(match.groups.map((group) => group ?? "-"));
    from = Math.max(match.end, from + 1);
  }
  return found;
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

  test.each([
    "(",
    ")",
    "[a",
    "a\\",
    "(?=a)",
    "(?<!a)b",
    "(a)\\1",
    "\\y",
    "*",
    "(?U)a",
    "[[:nope:]]",
    "[[:toString:]]",
    "a**",
  ])("refuses %p", (pattern) => {
    expect(() => compileGoPattern(pattern)).toThrow(SyntaxError);
  });
});

describe("what backtracks is followed on all ways at once", () => {
  test.each([
    ["^/user/(?P<id>\\w+)/(\\d+)$", true],
    ["\\.(png|jpg|gif)$", true],
    ["^/(?:api|static)/(.*)$", true],
    ["(?i)^/a[^/]*/", true],
    ["(a+)+$", false],
    ["^(a|a)*$", false],
    ["^.*/.*x", false],
    ["\\w+@", false],
    ["^(?:(a)|b)+", false],
    ["(?m)^a", false],
    ["\\bfoo", false],
    ["^a{0,40}a", false],
  ])("%p is left to JavaScript: %p", (pattern, native) => {
    expect(compileGoPattern(pattern).native).toBe(native);
  });

  // Backtracking, each of these would take years.
  test.each([
    ["(a+)+$", `${"a".repeat(8000)}b`],
    ["^(a|a)*$", `${"a".repeat(8000)}b`],
    ["(?:.*)*x", "a".repeat(8000)],
    ["a*a*a*a*a*b", "a".repeat(8000)],
    ["(.*)/(.*)/(.*)/(.*)x", "/".repeat(8000)],
    ["(x+x+)+y", "x".repeat(8000)],
  ])("%p ends, whatever the text", (pattern, text) => {
    expect(compileGoPattern(pattern).exec(text)).toBeUndefined();
  });

  // As Go's regexp package answers; JavaScript forgets the groups of earlier rounds.
  test.each([
    ["(?:(a)|b)*", "ab", ["ab", "a"]],
    ["(|a)*", "aa", ["", ""]],
    ["(|a)+", "aa", ["", ""]],
    ["(a*)+", "b", ["", ""]],
    ["(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]],
    ["(a+?)(a*)", "aaa", ["aaa", "a", "aa"]],
    ["a??b*?c{2,3}?", "abccc", ["abcc"]],
    ["(a{2}){1,2}?", "aaaa", ["aa", "aa"]],
    ["x*(?m:^b$)", "a\nb\r\nb", ["b"]],
    ["\\bb\\B.", "ab bc", ["bc"]],
    ["(?i)k+\\b", "\u212aK", ["\u212aK"]],
    ["[^a]+😀", "b😀😀a", ["b😀😀"]],
    [".+(?s:.)", "a\r\n", ["a\r\n"]],
  ])("%p finds in %j", (pattern, text, groups) => {
    expect(
      compileGoPattern(pattern)
        .exec(text)
        ?.groups.map((group) => group ?? "-"),
    ).toEqual(groups);
  });

  test("finds what JavaScript finds, in patterns and texts made at random", () => {
    fc.assert(
      fc.property(PATTERN, fc.stringMatching(/^[abc]{0,12}$/), (pattern, text) => {
        const match = new RegExp(pattern, "u").exec(text);
        const found = machineOf(pattern).run(text, 0);
        expect(found?.slice(0, 2)).toEqual(match === null ? undefined : [match.index, match.index + match[0].length]);
      }),
      { numRuns: 2000 },
    );
  });

  test("a pattern that writes out to too much is refused", () => {
    expect(() => compileGoPattern("(?:a{100}){100}")).toThrow("too large");
    expect(() => compileGoPattern("a{1001}")).toThrow("more than 1000 times");
  });
});

/** Patterns that may not take nothing within a loop, where the two differ. */
const PATTERN: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "b", "c", "[ab]", "[^a]", "."),
    fc.tuple(tie("tree"), tie("tree")).map(([one, other]) => one + other),
    fc.tuple(tie("tree"), tie("tree")).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie("tree"), fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}"))
      .map(([inner, times]) => `(?:c(?:${inner}))${times}`),
    tie("tree").map((inner) => `(${inner})`),
    tie("tree").map((inner) => `(?:${inner}|^|$)`),
  ),
})).tree;

function machineOf(pattern: string): LinearMachine {
  const reader = new SyntaxReader(pattern);
  const program = compileProgram(reader.read());
  return new LinearMachine(program, 2 * reader.names.length);
}

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
