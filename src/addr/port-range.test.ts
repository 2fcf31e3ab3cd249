import { expect, test } from "bun:test";
import { ParseError } from "../bytes/index.ts";
import { portKind, PortRange } from "./port-range.ts";

test("PortRange.parse reads a range and a single port", () => {
  const range = PortRange.parse("8000-8010");
  expect([range.first, range.last, range.size, range.toString()]).toEqual([8000, 8010, 11, "8000-8010"]);
  expect(PortRange.parse("80").toString()).toBe("80");
  expect(PortRange.parse("0-65535").size).toBe(65_536);
});

test.each([
  ["", 0],
  ["-", 0],
  ["80-", 3],
  ["-80", 0],
  ["8010-8000", 5],
  ["80-65536", 3],
  ["65536", 0],
  ["80 - 90", 0],
  ["1-2-3", 2],
  ["http", 0],
  ["+80", 0],
])("PortRange.parse refuses %j at %d", (text, offset) => {
  expect(PortRange.tryParse(text)).toBeUndefined();
  let thrown: unknown;
  try {
    PortRange.parse(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ParseError);
  expect((thrown as ParseError).offset).toBe(offset);
});

test("PortRange refuses what is no port, or goes down", () => {
  expect(() => new PortRange(1, 65_536)).toThrow(RangeError);
  expect(() => new PortRange(1.5)).toThrow(RangeError);
  expect(() => new PortRange(2, 1)).toThrow("upwards");
});

test("PortRange contains, overlaps, compares and walks its ports", () => {
  const range = new PortRange(10, 12);
  expect([9, 10, 12, 13].map((port) => range.contains(port))).toEqual([false, true, true, false]);
  expect(range.overlaps(new PortRange(12, 20))).toBe(true);
  expect(range.overlaps(new PortRange(13))).toBe(false);
  expect(range.compare(new PortRange(10, 11))).toBeGreaterThan(0);
  expect(range.equals(PortRange.parse("10-12"))).toBe(true);
  expect([...range]).toEqual([10, 11, 12]);
  expect(JSON.stringify({ range })).toBe('{"range":"10-12"}');
});

test("portKind follows RFC 6335 at every border, as the ranges do", () => {
  expect([0, 1023, 1024, 49_151, 49_152, 65_535].map(portKind)).toEqual([
    "system",
    "system",
    "user",
    "user",
    "dynamic",
    "dynamic",
  ]);
  for (const port of [0, 1023, 1024, 49_151, 49_152, 65_535])
    expect(PortRange[portKind(port)].contains(port)).toBe(true);
});
