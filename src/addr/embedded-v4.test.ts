import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr } from "./addr.ts";
import { embeddedV4, embedNat64, extractNat64, mapToV6 } from "./embedded-v4.ts";
import { Prefix } from "./prefix.ts";

describe("embeddedV4", () => {
  test.each([
    ["::ffff:192.0.2.33", "mapped", "192.0.2.33"],
    ["::192.0.2.33", "compatible", "192.0.2.33"],
    ["::ffff:0:192.0.2.33", "translated", "192.0.2.33"],
    ["64:ff9b::192.0.2.33", "nat64", "192.0.2.33"],
    ["2002:c000:221::1", "6to4", "192.0.2.33"],
    ["fe80::5efe:192.0.2.33", "isatap", "192.0.2.33"],
    ["2001:db8::200:5efe:192.0.2.33", "isatap", "192.0.2.33"],
  ])("finds in %s, %s: %s", (text, kind, inside) => {
    const found = embeddedV4(Addr.parse(text));
    expect(`${found?.kind} ${found?.addr.toString()}`).toBe(`${kind} ${inside}`);
  });

  test("takes a Teredo address apart", () => {
    const found = embeddedV4(Addr.parse("2001:0000:4136:e378:8000:63bf:3fff:fdd2"));
    expect(found?.addr.toString()).toBe("192.0.2.45");
    expect(found?.teredo?.server.toString()).toBe("65.54.227.120");
    expect(found?.teredo?.port).toBe(40_000);
    expect(found?.teredo?.flags).toBe(0x8000);
  });

  test.each(["::", "::1", "10.0.0.1", "64:ff9b:1::1", "2001:db8::1", "ff02::5efe:1:2", "::fffe:1:2"])(
    "finds none in %s",
    (text) => {
      expect(embeddedV4(Addr.parse(text))).toBeUndefined();
    },
  );
});

describe("NAT64", () => {
  // The table of RFC 6052 section 2.4.
  test.each([
    ["2001:db8::/32", "2001:db8:c000:221::"],
    ["2001:db8:100::/40", "2001:db8:1c0:2:21::"],
    ["2001:db8:122::/48", "2001:db8:122:c000:2:2100::"],
    ["2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"],
    ["2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"],
    ["2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"],
    ["64:ff9b::/96", "64:ff9b::192.0.2.33"],
  ])("puts 192.0.2.33 into %s as %s", (prefix, text) => {
    const made = embedNat64(Prefix.parse(prefix), Addr.parse("192.0.2.33"));
    expect(made.toString()).toBe(Addr.parse(text).toString());
    expect(extractNat64(Prefix.parse(prefix), made)?.toString()).toBe("192.0.2.33");
  });

  test("gives back what it put in, for any prefix and address", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.constantFrom(32, 40, 48, 56, 64, 96),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        (network, bits, bytes) => {
          network[8] = 0;
          const prefix = new Prefix(Addr.fromBytes(network), bits);
          const made = embedNat64(prefix, Addr.fromBytes(bytes));
          expect(prefix.contains(made)).toBe(true);
          expect(extractNat64(prefix, made)?.toBytes()).toEqual(bytes);
        },
      ),
    );
  });

  test("refuses other prefixes, and sees nothing outside its own", () => {
    const addr = Addr.parse("192.0.2.1");
    for (const bad of ["2001:db8::/33", "2001:db8::/72", "2001:db8::/24", "10.0.0.0/32"])
      expect(() => embedNat64(Prefix.parse(bad), addr)).toThrow("a NAT64 prefix is");
    expect(() => embedNat64(Prefix.parse("2001:db8:0:0:100::/96"), addr)).toThrow("bits 64 to 71");
    expect(() => embedNat64(Prefix.parse("64:ff9b::/96"), Addr.parse("::1"))).toThrow(RangeError);
    expect(extractNat64(Prefix.parse("64:ff9b::/96"), Addr.parse("2001:db8::1"))).toBeUndefined();
    expect(extractNat64(Prefix.parse("2001:db8::/32"), Addr.parse("2001:db8::100:0:0:0"))).toBeUndefined();
  });
});

test("mapToV6 is what unmap undoes", () => {
  expect(mapToV6(Addr.parse("192.0.2.1")).toString()).toBe("::ffff:192.0.2.1");
  expect(mapToV6(Addr.parse("192.0.2.1")).unmap().toString()).toBe("192.0.2.1");
  const v6 = Addr.parse("fe80::1%eth0");
  expect(mapToV6(v6)).toBe(v6);
});
