import { describe, expect, test } from "bun:test";
import { SequenceTally } from "./sequence-tally.ts";

function tallyOf(numbers: readonly number[]): SequenceTally {
  const tally = new SequenceTally();
  for (const number of numbers) tally.arrived(number, 0, 0);
  return tally;
}

describe("SequenceTally", () => {
  test.each([
    ["in order", [0, 1, 2, 3], { unique: 4, reordered: 0, duplicates: 0, expected: 4 }],
    ["with a gap", [0, 3], { unique: 2, reordered: 0, duplicates: 0, expected: 4 }],
    ["late", [0, 2, 1, 3], { unique: 4, reordered: 1, duplicates: 0, expected: 4 }],
    ["twice", [0, 1, 1, 0, 2], { unique: 3, reordered: 0, duplicates: 2, expected: 3 }],
    ["late and twice", [1, 0, 0], { unique: 2, reordered: 1, duplicates: 1, expected: 2 }],
    ["first of all late", [5], { unique: 1, reordered: 0, duplicates: 0, expected: 6 }],
  ])("counts what comes %s", (_, numbers, counts) => {
    expect(tallyOf(numbers)).toMatchObject(counts);
  });

  test("knows a number again after its slot was used by another one a window before", () => {
    const tally = tallyOf([7]);
    expect(tally.arrived(7 + 65_536, 0, 0)).toBe(true);
    expect(tally.arrived(7 + 65_536, 0, 0)).toBe(false);
    expect(tally.arrived(8, 0, 0)).toBe(true);
    expect(tally.arrived(7, 0, 0)).toBe(false);
    expect(tally).toMatchObject({ unique: 3, reordered: 1, duplicates: 2 });
  });

  test("a jump to the highest number there is costs one sweep, and nothing before it is remembered", () => {
    const tally = tallyOf([0, 1, 0xffff_ffff]);
    expect(tally).toMatchObject({ unique: 3, expected: 2 ** 32 });
    expect(tally.arrived(0xffff_ffff - 65_535, 0, 0)).toBe(true);
    expect(tally.arrived(1, 0, 0)).toBe(false);
  });

  test("counts as a set does, whatever the order", () => {
    const numbers = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 30_011);
    const twice = [...numbers, ...numbers.slice(0, 5000)];
    expect(tallyOf(twice)).toMatchObject({ unique: new Set(twice).size, duplicates: 5000 });
  });

  test("measures jitter as RFC 3550 does", () => {
    const tally = new SequenceTally();
    // Transit times 5, 5, 21, 5: differences 0, 16, 16.
    for (const [number, sent, now] of [
      [0, 0, 5],
      [1, 10, 15],
      [2, 20, 41],
      [3, 30, 35],
    ] as const)
      tally.arrived(number, sent, now);
    expect(tally.jitterMs).toBeCloseTo(1 + (16 - 1) / 16, 9);
  });

  test("a time that is none leaves the jitter as it was", () => {
    const tally = new SequenceTally();
    tally.arrived(0, 0, 1);
    tally.arrived(1, Number.NaN, 2);
    tally.arrived(2, Number.POSITIVE_INFINITY, 3);
    expect(tally.jitterMs).toBe(0);
  });
});
