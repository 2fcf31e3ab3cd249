import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { HandlerError } from "./handler-error.ts";
import { formatHttpDate, tryParseHttpDate } from "./http-date.ts";
import { isBodiless, statusText } from "./status.ts";
import { cleanPath, decodePath } from "./url-path.ts";

const NOW = Date.UTC(2026, 10, 24);

describe("tryParseHttpDate", () => {
  test("reads the three forms of RFC 9110", () => {
    const time = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect(tryParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", NOW)).toBe(time);
    expect(tryParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", NOW)).toBe(time);
    expect(tryParseHttpDate("Sun Nov  6 08:49:37 1994", NOW)).toBe(time);
    expect(tryParseHttpDate("Friday, 01-Jan-27 00:00:00 GMT", NOW)).toBe(Date.UTC(2027, 0, 1));
  });

  test.each([
    "",
    "now",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
  ])("refuses %j", (text) => {
    expect(tryParseHttpDate(text, NOW)).toBeUndefined();
  });

  test("refuses a day that the month has not", () => {
    expect(tryParseHttpDate("Mon, 31 Feb 2022 00:00:00 GMT", NOW)).toBeUndefined();
  });

  test("reads what formatHttpDate wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(tryParseHttpDate(formatHttpDate(seconds * 1000 + 999), NOW)).toBe(seconds * 1000);
      }),
    );
  });
});

describe("cleanPath", () => {
  test.each([
    ["/", "/"],
    ["/a/b", "/a/b"],
    ["/a/", "/a/"],
    ["//a///b//", "/a/b/"],
    ["/./a/./", "/a/"],
    ["/a/../b", "/b"],
    ["/..", "/"],
    ["/../../a", "/a"],
    ["/a/..", "/"],
    ["/a/b/..", "/a/"],
    ["/...", "/..."],
    ["/.a", "/.a"],
    ["", "/"],
  ])("%s is %s", (path, cleaned) => {
    expect(cleanPath(path)).toBe(cleaned);
  });

  test("leaves nothing that leads upwards", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("..", ".", "", "a", "..."), { maxLength: 8 }), (segments) => {
        const cleaned = cleanPath(`/${segments.join("/")}`);
        expect(cleaned.startsWith("/")).toBe(true);
        expect(cleaned.split("/")).not.toContain("..");
        expect(cleanPath(cleaned)).toBe(cleaned);
      }),
    );
  });
});

test("decodePath decodes UTF-8 and replaces what is not", () => {
  expect(decodePath("/a+b")).toBe("/a+b");
  expect(decodePath("/%C3%A9%2F%41")).toBe("/é/A");
  expect(decodePath("/%ff%41")).toBe("/\uFFFDA");
});

test("statusText and isBodiless know the registry", () => {
  expect(statusText(404)).toBe("Not Found");
  expect(statusText(599)).toBe("");
  expect([100, 204, 304, 200, 205].map(isBodiless)).toEqual([true, true, true, false, false]);
});

test("HandlerError.from keeps its own and wraps others", () => {
  const own = new HandlerError(404);
  expect(HandlerError.from(own)).toBe(own);
  const wrapped = HandlerError.from(new TypeError("x"));
  expect(wrapped).toMatchObject({ status: 500, message: "x" });
  expect(wrapped.cause).toBeInstanceOf(TypeError);
  expect(HandlerError.from("text")).toMatchObject({ status: 500, message: "text" });
});
