import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { Addr } from "./addr.ts";
import { addrOfReverseName, reverseName } from "./reverse-name.ts";

test("reverseName follows RFC 1035 and RFC 3596", () => {
  expect(reverseName(Addr.parse("192.0.2.1"))).toBe("1.2.0.192.in-addr.arpa");
  expect(reverseName(Addr.parse("4321:0:1:2:3:4:567:89ab%eth0"))).toBe(
    "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
  );
});

test("addrOfReverseName is its inverse", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 4, maxLength: 4 })),
      (bytes) => {
        const addr = Addr.fromBytes(bytes);
        expect(addrOfReverseName(reverseName(addr))?.equals(addr)).toBe(true);
        expect(addrOfReverseName(`${reverseName(addr).toUpperCase()}.`)?.equals(addr)).toBe(true);
      },
    ),
  );
});

test.each([
  "",
  "example.com",
  "in-addr.arpa",
  "2.0.192.in-addr.arpa",
  "0.0.2.0.192.in-addr.arpa",
  "x.ip6.arpa",
  "8.b.d.0.1.0.0.2.ip6.arpa",
])("addrOfReverseName refuses %j", (name) => {
  expect(addrOfReverseName(name)).toBeUndefined();
});
