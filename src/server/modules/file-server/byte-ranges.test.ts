import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { contentRange, parseRange } from "./byte-ranges.ts";

const spans = (text: string, size = 10): unknown => {
  const ranges = parseRange(text, size);
  return typeof ranges === "string" ? ranges : ranges.map((range) => contentRange(range, size).slice(6, -3)).join(" ");
};

describe("parseRange", () => {
  test.each([
    ["bytes=0-3", "0-3"],
    ["bytes=4-", "4-9"],
    ["bytes=9-", "9-9"],
    ["bytes=-3", "7-9"],
    ["bytes=-30", "0-9"],
    ["bytes=0-99", "0-9"],
    ["bytes=0-999999999999999999999999", "0-9"],
    ["Bytes=0-1", "0-1"],
    ["bytes= 0 - 1 ", "0-1"],
    ["bytes=0-1,3-4", "0-1 3-4"],
    ["bytes=0-1, ,3-4,", "0-1 3-4"],
    ["bytes=0-1,99-", "0-1"],
    ["bytes=0-0,0-0", "0-0 0-0"],
  ])("%s asks for %s", (text, expected) => {
    expect(spans(text)).toBe(expected);
  });

  test.each(["bytes=", "bytes=,", "lines=0-1", "bytes=0-9,0-0", "bytes=0-5,4-9"])("%s asks for the whole", (text) => {
    expect(parseRange(text, 10)).toEqual([]);
  });

  test.each(["bytes=10-", "bytes=99-", "bytes=-0", "bytes=98-,99-100"])("%s cannot be had", (text) => {
    expect(parseRange(text, 10)).toBe("unsatisfiable");
  });

  test.each([
    "bytes",
    "bytes=x",
    "bytes=3-1",
    "bytes=1",
    "bytes=-",
    "bytes=--1",
    "bytes=1-2-3",
    "bytes =0-1",
    "bytes=+1-2",
    "bytes=0x1-2",
    "bytes=0-1;2-3",
    "=0-1",
  ])("%s is malformed", (text) => {
    expect(parseRange(text, 10)).toBe("malformed");
  });

  test("of an empty file there is only the whole", () => {
    for (const text of ["bytes=0-", "bytes=-1", "bytes=0-1,2-3"]) expect(parseRange(text, 0)).toEqual([]);
  });

  test("many ranges of a large file are one: each part costs a head", () => {
    const text = (count: number): string => `bytes=${Array.from({ length: count }, (_, i) => `${i}-${i}`).join(",")}`;
    expect(parseRange(text(100), 1_000_000)).toHaveLength(100);
    expect(parseRange(text(101), 1_000_000)).toEqual([]);
  });

  test("whatever is asked for, the parts lie within the file and are no longer than it", () => {
    const number = fc.oneof(fc.constant(""), fc.nat(30).map(String));
    const spec = fc.tuple(number, number).map(([first, last]) => `${first}-${last}`);
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 5 }), fc.nat(20), (specs, size) => {
        const ranges = parseRange(`bytes=${specs.join(",")}`, size);
        if (typeof ranges === "string") return;
        expect(ranges.reduce((sum, range) => sum + range.length, 0)).toBeLessThanOrEqual(size);
        for (const { start, length } of ranges) {
          expect(length).toBeGreaterThan(0);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start + length).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});
