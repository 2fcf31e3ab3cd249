import { describe, expect, test } from "bun:test";
import { Fields } from "../../../http/message/index.ts";
import { checkPreconditions, rangeHolds } from "./conditional.ts";

const MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT";
const BEFORE = "Tue, 14 Nov 2023 22:13:19 GMT";
const AFTER = "Fri, 01 Jan 2100 00:00:00 GMT";
const file = { etag: '"tag"', modifiedMs: 1_700_000_000_000 };
const bare = { etag: "", modifiedMs: -1 };
const NOW = Date.UTC(2026, 0, 1);

type Entry = readonly [string, string];
const check = (entries: readonly Entry[], of = file, safe = true): number =>
  checkPreconditions(Fields.from(entries), of, safe, NOW);

describe("checkPreconditions", () => {
  test.each<[string, 0 | 304 | 412, readonly Entry[]]>([
    ["nothing asked", 0, []],
    ["the tag is known", 304, [["If-None-Match", '"tag"']]],
    ["the tag is known weakly", 304, [["If-None-Match", 'W/"tag"']]],
    ["the tag is one of a list", 304, [["If-None-Match", '"a" , W/"b","tag"']]],
    [
      "the tag is in the second field",
      304,
      [
        ["If-None-Match", '"a"'],
        ["if-none-match", '"tag"'],
      ],
    ],
    ["any tag", 304, [["If-None-Match", "*"]]],
    ["another tag", 0, [["If-None-Match", '"other"']]],
    ["a tag without quotes", 0, [["If-None-Match", "tag"]]],
    ["what follows a malformed one is not looked at", 0, [["If-None-Match", '"a" x "tag"']]],
    ["a tag that wants its end", 0, [["If-None-Match", '"tag']]],
    ["an empty list", 0, [["If-None-Match", ""]]],
    ["not changed since", 304, [["If-Modified-Since", MODIFIED]]],
    ["not changed since, in the older forms", 304, [["If-Modified-Since", "Tuesday, 14-Nov-23 22:13:20 GMT"]]],
    ["not changed since, as asctime", 304, [["If-Modified-Since", "Tue Nov 14 22:13:20 2023"]]],
    ["changed since", 0, [["If-Modified-Since", BEFORE]]],
    ["no date", 0, [["If-Modified-Since", "yesterday"]]],
    [
      "a tag outdoes a date",
      0,
      [
        ["If-Modified-Since", AFTER],
        ["If-None-Match", '"other"'],
      ],
    ],
    ["it matches", 0, [["If-Match", '"tag"']]],
    ["any matches", 0, [["If-Match", "*"]]],
    ["it does not match", 412, [["If-Match", '"other"']]],
    ["a weak tag never matches strongly", 412, [["If-Match", 'W/"tag"']]],
    ["not unmodified", 412, [["If-Unmodified-Since", BEFORE]]],
    ["unmodified", 0, [["If-Unmodified-Since", MODIFIED]]],
    [
      "a match outdoes a date",
      0,
      [
        ["If-Match", "*"],
        ["If-Unmodified-Since", BEFORE],
      ],
    ],
    [
      "both are asked",
      304,
      [
        ["If-Match", "*"],
        ["If-None-Match", "*"],
      ],
    ],
  ])("%s: %d", (_name, expected, entries) => {
    expect(check(entries)).toBe(expected);
  });

  test("a file without validators matches only *", () => {
    expect(check([["If-Match", '"tag"']], bare)).toBe(412);
    expect(check([["If-Match", '""']], bare)).toBe(412);
    expect(check([["If-None-Match", '""']], bare)).toBe(0);
    expect(check([["If-None-Match", "*"]], bare)).toBe(304);
    expect(check([["If-Modified-Since", AFTER]], bare)).toBe(0);
    expect(check([["If-Unmodified-Since", BEFORE]], bare)).toBe(0);
  });

  test("other methods get 412 where GET gets 304, and dates do not count", () => {
    expect(check([["If-None-Match", "*"]], file, false)).toBe(412);
    expect(check([["If-Modified-Since", AFTER]], file, false)).toBe(0);
  });

  test("a strong comparison with a weak tag of our own fails", () => {
    expect(check([["If-Match", 'W/"tag"']], { etag: 'W/"tag"', modifiedMs: -1 })).toBe(412);
    expect(check([["If-None-Match", '"tag"']], { etag: 'W/"tag"', modifiedMs: -1 })).toBe(304);
  });
});

describe("rangeHolds", () => {
  test.each<[string, boolean]>([
    ["", true],
    ['"tag"', true],
    ['"other"', false],
    ['W/"tag"', false],
    [MODIFIED, true],
    [BEFORE, false],
    [AFTER, false],
    ["garbage", false],
  ])("If-Range: %s: %p", (value, expected) => {
    expect(rangeHolds(Fields.from([["If-Range", value]]), file, NOW)).toBe(expected);
  });

  test("without If-Range it holds, and without a date no date does", () => {
    expect(rangeHolds(new Fields(), bare, NOW)).toBeTrue();
    expect(rangeHolds(Fields.from([["If-Range", MODIFIED]]), bare, NOW)).toBeFalse();
  });
});
