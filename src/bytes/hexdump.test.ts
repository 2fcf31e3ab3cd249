import { describe, expect, test } from "bun:test";
import { hexdump, hexdumpRows } from "./hexdump.ts";

describe("hexdump", () => {
  test("prints what hexdump -C prints, with equal rows squeezed", () => {
    const bytes = new Uint8Array(16 * 5 + 3).fill(0x41);
    bytes.set([0, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0xff], 16);
    expect(hexdump(bytes)).toBe(
      [
        "00000000  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|",
        "00000010  00 1f 20 7e 7f 80 ff 41  41 41 41 41 41 41 41 41  |.. ~...AAAAAAAAA|",
        "00000020  41 41 41 41 41 41 41 41  41 41 41 41 41 41 41 41  |AAAAAAAAAAAAAAAA|",
        "*",
        "00000050  41 41 41                                          |AAA|",
        "00000053",
        "",
      ].join("\n"),
    );
  });

  test("nothing has no rows and no end", () => {
    expect(hexdump(new Uint8Array(0))).toBe("");
    expect(hexdumpRows(new Uint8Array(0), 5)).toEqual([]);
  });
});

describe("hexdumpRows", () => {
  test("goes on at an offset, squeezes nothing and grows beyond eight digits", () => {
    expect(hexdumpRows(new Uint8Array(33), 0x1_0000_0000 - 1)).toEqual([
      "ffffffff  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
      "10000000f  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|",
      "10000001f  00                                                |.|",
    ]);
  });
});
