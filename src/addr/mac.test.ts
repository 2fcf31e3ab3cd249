import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ParseError } from "../bytes/index.ts";
import { Mac, type MacForm } from "./mac.ts";

describe("Mac.parse", () => {
  test.each([
    ["00:1A:2b:3C:4d:5e", "00:1a:2b:3c:4d:5e"],
    ["00-1a-2B-3c-4D-5E", "00:1a:2b:3c:4d:5e"],
    ["001a.2B3c.4d5e", "00:1a:2b:3c:4d:5e"],
    ["001a2b3c4d5e", "00:1a:2b:3c:4d:5e"],
    ["02:00:5e:10:00:00:00:01", "02:00:5e:10:00:00:00:01"],
    ["02-00-5e-10-00-00-00-01", "02:00:5e:10:00:00:00:01"],
    ["0200.5e10.0000.0001", "02:00:5e:10:00:00:00:01"],
    ["02005e1000000001", "02:00:5e:10:00:00:00:01"],
    ["ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"],
  ])("reads %s", (text, canonical) => {
    expect(Mac.parse(text).toString()).toBe(canonical);
  });

  test.each([
    ["", 0, "empty"],
    ["00:1a:2b:3c:4d", 0, "6 or 8 bytes, not 5"],
    ["00:1a:2b:3c:4d:5e:6f", 0, "6 or 8 bytes, not 7"],
    ["0:1a:2b:3c:4d:5e", 1, "fewer than 2 digits"],
    ["00:1a:2b:3c:4d:", 15, "behind the last :"],
    ["00:1a:2b:3c:4d:5", 16, "behind the last :"],
    ["00:1a-2b:3c:4d:5e", 5, "between two :"],
    ["00:1a:2b:3c:4d:5g", 16, "no hexadecimal digit"],
    ["001a.2b3c.4d5", 13, "behind the last ."],
    ["001:a.2b3c", 2, "between two :"],
    ["001a2b3c4d5", 0, "not 5.5"],
    ["xx", 0, "no hexadecimal digit"],
    [" 00:1a:2b:3c:4d:5e", 0, "no hexadecimal digit"],
    ["00::1a:2b:3c:4d:5e", 3, "fewer than 2 digits"],
  ])("refuses %j at %d: %s", (text, offset, reason) => {
    expect(Mac.tryParse(text)).toBeUndefined();
    expect(() => Mac.parse(text)).toThrow(ParseError);
    expect(() => Mac.parse(text)).toThrow(reason);
    expect(() => Mac.parse(text)).toThrow(`(at ${offset})`);
  });

  test("reads back every form it writes, and bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.uint8Array({ minLength: 8, maxLength: 8 })),
        fc.constantFrom<MacForm>("colon", "hyphen", "dot", "bare"),
        (bytes, form) => {
          const mac = Mac.fromBytes(bytes);
          expect(mac.toBytes()).toEqual(bytes);
          expect(Mac.parse(mac.format(form)).equals(mac)).toBe(true);
        },
      ),
    );
  });
});

describe("Mac", () => {
  test("tells groups, broadcast and local addresses apart", () => {
    const kinds = (text: string): string =>
      (["isMulticast", "isLocal", "isBroadcast"] as const).filter((kind) => Mac.parse(text)[kind]).join(" ");
    expect(kinds("00:1a:2b:3c:4d:5e")).toBe("");
    expect(kinds("01:00:5e:00:00:fb")).toBe("isMulticast");
    expect(kinds("33:33:00:00:00:01")).toBe("isMulticast isLocal");
    expect(kinds("02:42:ac:11:00:02")).toBe("isLocal");
    expect(kinds("ff:ff:ff:ff:ff:ff")).toBe("isMulticast isLocal isBroadcast");
    expect(kinds("ff:ff:ff:ff:ff:ff:ff:ff")).toBe("isMulticast isLocal");
    expect(kinds("02:00:00:00:00:00:00:01")).toBe("isLocal");
    expect(Mac.broadcast.isBroadcast).toBe(true);
  });

  test("toEui64 puts ff:fe into the middle and keeps the rest", () => {
    expect(Mac.parse("34:56:78:9a:bc:de").toEui64().toString()).toBe("34:56:78:ff:fe:9a:bc:de");
    expect(Mac.broadcast.toEui64().toString()).toBe("ff:ff:ff:ff:fe:ff:ff:ff");
    const long = Mac.parse("02:00:5e:10:00:00:00:01");
    expect(long.toEui64()).toBe(long);
  });

  test("compares by length, then by number", () => {
    const sorted = ["00:00:00:00:00:01", "7f:ff:ff:ff:ff:ff", "80:00:00:00:00:00", "00:00:00:00:00:00:00:00"];
    const macs = sorted.map((text) => Mac.parse(text));
    expect(
      macs
        .toReversed()
        .sort((a, b) => a.compare(b))
        .map(String),
    ).toEqual(sorted);
    expect(macs[0]!.equals(macs[1]!)).toBe(false);
  });

  test("formats", () => {
    const mac = Mac.parse("00:1a:2b:3c:4d:5e");
    expect([mac.format("hyphen"), mac.format("dot"), mac.format("bare"), mac.oui]).toEqual([
      "00-1A-2B-3C-4D-5E",
      "001a.2b3c.4d5e",
      "001a2b3c4d5e",
      "00:1a:2b",
    ]);
    expect(JSON.stringify(mac)).toBe('"00:1a:2b:3c:4d:5e"');
    expect(() => Mac.fromBytes(new Uint8Array(7))).toThrow(RangeError);
  });
});
