import { describe, expect, test } from "bun:test";
import { crc32c } from "./crc32c.ts";

// RFC 3720 appendix B.4; the bytes there stand in the order in which they go out.
describe("crc32c", () => {
  test("the sums of RFC 3720", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  test("a range, and in parts", () => {
    const bytes = new TextEncoder().encode("..123456789..");
    expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
    expect(crc32c(bytes, 6, 11, crc32c(bytes, 2, 6))).toBe(0xe3069283);
    expect(crc32c(bytes, 3, 3)).toBe(0);
  });
});
