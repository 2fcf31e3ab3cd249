import { describe, expect, test } from "bun:test";
import { addToChecksum, internetChecksum } from "./internet-checksum.ts";

/** The definition, word by word, with the end-around carry at each step. */
function slow(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

describe("internetChecksum", () => {
  test("RFC 1071's example", () => {
    expect(internetChecksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7))).toBe(0x220d);
  });

  test("agrees with the definition for every kind of length, also where every word is 0xffff", () => {
    for (const length of [0, 1, 2, 3, 20, 1499, 65_279, 65_280, 65_281, 200_001]) {
      expect(internetChecksum(new Uint8Array(length).fill(0xff))).toBe(slow(new Uint8Array(length).fill(0xff)));
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 7)) & 0xff);
      expect(internetChecksum(bytes)).toBe(slow(bytes));
    }
  });

  test("ranges may be summed apart, and bytes with their checksum come to 0", () => {
    const bytes = Uint8Array.from({ length: 101 }, (_, i) => (i * 91) & 0xff);
    const whole = internetChecksum(bytes);
    expect(internetChecksum(bytes, 40, 101, addToChecksum(0, bytes, 0, 40))).toBe(whole);
    const sent = Uint8Array.from([...bytes, 0, whole >> 8, whole & 0xff]);
    expect(internetChecksum(sent)).toBe(0);
  });
});
