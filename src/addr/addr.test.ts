import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { isIP } from "node:net";
import { Addr } from "./addr.ts";
import { AddrPort } from "./addr-port.ts";
import type { MulticastScope } from "./multicast-scope.ts";
import { joinHostPort, splitHostPort } from "./host-port.ts";
import { Prefix } from "./prefix.ts";
import { PrefixTable } from "./prefix-table.ts";
import { UnixAddress } from "./unix-address.ts";

describe("Addr.parse", () => {
  test.each([
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::ffff:1.2.3.4", "::ffff:1.2.3.4"],
    ["::ffff:102:304", "::ffff:1.2.3.4"],
    ["64:ff9b::1.2.3.4", "64:ff9b::102:304"],
    ["1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
  ])("reads %s as %s", (text, canonical) => {
    expect(Addr.parse(text).toString()).toBe(canonical);
  });

  test.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.256",
    "1..2.3",
    "0x10.1.1.1",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.4%eth0",
    "+1.2.3.4",
    ".1.2.3",
    "1.2.3.",
    ":",
    ":1",
    "1:",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "g::",
    "::1%",
    "%eth0",
    "::1.2.3",
    "::1.2.3.4.5",
    "1.2.3.4::",
    "1:2:3:4:5:6:7:1.2.3.4",
    "[::1]",
    "::01.2.3.4",
    "1:2:3:4:5:1.2.3.4",
  ])("refuses %j", (text) => {
    expect(Addr.tryParse(text)).toBeUndefined();
    expect(() => Addr.parse(text)).toThrow("cannot parse");
  });

  test.each([
    ["", 0, "empty"],
    ["localhost", 0, "neither IPv4"],
    ["1.2.3", 5, "fewer than four parts"],
    ["1.2.3.4.5", 7, "more than four parts"],
    ["10.0.01.1", 5, "leading zero"],
    ["10.0.256.1", 5, "above 255"],
    ["10..0.1", 3, "empty"],
    ["10.0.0.x", 7, "no digit"],
    ["1.2.3.4%eth0", 7, "no digit"],
    ["%eth0", 0, "without an IPv6 address"],
    [":1", 0, "begins with a single colon"],
    ["1:2:", 3, "ends with a single colon"],
    ["2001:db8:::1", 10, "group is empty"],
    ["2001:db8::1::2", 11, "more than one ::"],
    ["2001:db8::12345", 10, "more than four digits"],
    ["2001:db8::x", 10, "no hexadecimal digit"],
    ["2001:db8::1x", 11, "no hexadecimal digit"],
    ["1:2:3:4:5:6:7", 13, "fewer than eight groups"],
    ["1:2:3:4:5:6:7:8:9", 16, "more than eight groups"],
    ["1:2:3:4::5:6:7:8", 0, "stands for nothing"],
    ["fe80::1%", 7, "zone behind % is empty"],
    ["::ffff:1.2.3.256", 13, "above 255"],
    ["1::1.2.3.4:5", 10, "no digit"],
    ["1:1.2.3.4", 2, "wrong place"],
  ])("says where %j is wrong: at %d, %s", (text, offset, reason) => {
    expect(() => Addr.parse(text)).toThrow(new RegExp(`${reason}.*\\(at ${offset}\\)$`));
  });

  test("agrees with the system on any text of address characters", () => {
    const char = fc.constantFrom(..."0123456789abcdef:.".split(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: char, maxLength: 20 }), fc.ipV4(), fc.ipV6()), (text) => {
        expect(Addr.tryParse(text)?.version ?? 0).toBe(isIP(text) as 0 | 4 | 6);
      }),
      { numRuns: 2000 },
    );
  });

  test("reads back what it writes, as text and as bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 4, maxLength: 4 })),
        (bytes) => {
          const addr = Addr.fromBytes(bytes);
          expect(Addr.parse(addr.toString()).equals(addr)).toBe(true);
          expect(addr.toBytes()).toEqual(bytes);
        },
      ),
    );
  });
});

describe("Addr", () => {
  test("tells loopback, private, link-local and multicast apart", () => {
    const kinds = (text: string): string => {
      const addr = Addr.parse(text);
      return ["isLoopback", "isPrivate", "isLinkLocal", "isMulticast", "isUnspecified", "is4in6"]
        .filter((kind) => addr[kind as "isLoopback"])
        .join(" ");
    };
    expect(kinds("127.9.9.9")).toBe("isLoopback");
    expect(kinds("::1")).toBe("isLoopback");
    expect(kinds("::ffff:127.0.0.1")).toBe("isLoopback is4in6");
    expect(kinds("10.0.0.1")).toBe("isPrivate");
    expect(kinds("172.31.0.1")).toBe("isPrivate");
    expect(kinds("172.32.0.1")).toBe("");
    expect(kinds("192.168.0.1")).toBe("isPrivate");
    expect(kinds("fd00::1")).toBe("isPrivate");
    expect(kinds("169.254.1.1")).toBe("isLinkLocal");
    expect(kinds("fe80::1")).toBe("isLinkLocal");
    expect(kinds("febf::1")).toBe("isLinkLocal");
    expect(kinds("fec0::1")).toBe("");
    expect(kinds("224.0.0.1")).toBe("isMulticast");
    expect(kinds("ff02::1")).toBe("isMulticast");
    expect(kinds("::")).toBe("isUnspecified");
    expect(kinds("8.8.8.8")).toBe("");
  });

  test("tells every other kind from its neighbours", () => {
    const kinds = (text: string): string => {
      const addr = Addr.parse(text);
      const names = ["isPrivateUse", "isUniqueLocal", "isShared", "isDocumentation", "isBroadcast"] as const;
      const others = ["isSiteLocal", "isNat64", "is6to4", "isTeredo"] as const;
      return [...names, ...others].filter((kind) => addr[kind]).join(" ");
    };
    expect(kinds("10.0.0.1")).toBe("isPrivateUse");
    expect(kinds("::ffff:192.168.1.1")).toBe("isPrivateUse");
    expect(kinds("fdff::1")).toBe("isUniqueLocal");
    expect(kinds("fe00::1")).toBe("");
    expect(kinds("100.63.255.255")).toBe("");
    expect(kinds("100.64.0.0")).toBe("isShared");
    expect(kinds("::ffff:100.127.255.255")).toBe("isShared");
    expect(kinds("100.128.0.0")).toBe("");
    for (const text of ["192.0.2.1", "198.51.100.1", "203.0.113.1", "233.252.0.1", "2001:db8:1::", "3fff:fff::1"])
      expect(kinds(text)).toBe("isDocumentation");
    for (const text of ["ff02::db8:0:1", "ff0e::db8:0:0"]) expect(kinds(text)).toBe("isDocumentation");
    for (const text of ["192.0.3.1", "2001:db9::", "3fff:1000::1", "ff02::db9:0:1"]) expect(kinds(text)).toBe("");
    expect(kinds("255.255.255.255")).toBe("isBroadcast");
    expect(kinds("::ffff:ffff")).toBe("");
    expect(kinds("fec0::1")).toBe("isSiteLocal");
    expect(kinds("64:ff9b::1.2.3.4")).toBe("isNat64");
    expect(kinds("64:ff9b:1:ffff::1")).toBe("isNat64");
    expect(kinds("64:ff9b:0:1::")).toBe("");
    expect(kinds("64:ff9b:2::")).toBe("");
    expect(kinds("2002::")).toBe("is6to4");
    expect(kinds("2001::1")).toBe("isTeredo");
    expect(kinds("2001:1::1")).toBe("");
  });

  test.each([
    ["224.0.0.255", "link-local"],
    ["224.0.1.0", "global"],
    ["238.255.255.255", "global"],
    ["239.0.0.1", "unassigned"],
    ["239.192.0.0", "organization-local"],
    ["239.195.255.255", "organization-local"],
    ["239.196.0.0", "unassigned"],
    ["239.255.255.255", "local"],
    ["::ffff:224.0.0.1", "link-local"],
    ["ff01::1", "interface-local"],
    ["ff02::1", "link-local"],
    ["ff13::1", "realm-local"],
    ["ff04::1", "admin-local"],
    ["ff05::1:3", "site-local"],
    ["ff06::1", "unassigned"],
    ["ff38::1", "organization-local"],
    ["ff0e::1", "global"],
    ["ff00::1", "reserved"],
    ["ff0f::1", "reserved"],
    ["fe80::1", undefined],
    ["10.0.0.1", undefined],
  ])("multicastScope of %s is %s", (text, scope) => {
    expect(Addr.parse(text).multicastScope).toBe(scope as MulticastScope | undefined);
  });

  test("goes to a number and back, and to all its digits", () => {
    expect(Addr.parse("255.255.255.255").toBigInt()).toBe(0xffff_ffffn);
    expect(Addr.parse("8000::1").toBigInt()).toBe((1n << 127n) + 1n);
    expect(Addr.fromBigInt(6, (1n << 128n) - 1n).toString()).toBe("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    expect(Addr.fromBigInt(4, 0x0102_0304n).toString()).toBe("1.2.3.4");
    expect(() => Addr.fromBigInt(4, 1n << 32n)).toThrow(RangeError);
    expect(() => Addr.fromBigInt(6, -1n)).toThrow(RangeError);
    expect(Addr.parse("fe80::1%eth0").toExpandedString()).toBe("fe80:0000:0000:0000:0000:0000:0000:0001%eth0");
    expect(Addr.parse("1.2.3.4").toExpandedString()).toBe("1.2.3.4");
  });

  test("compare, next and previous go by number", () => {
    expect(Addr.parse("0.0.0.255").next()?.toString()).toBe("0.0.1.0");
    expect(Addr.parse("255.255.255.255").next()).toBeUndefined();
    expect(Addr.parse("1::").previous()?.toString()).toBe("0:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    expect(Addr.anyV6.previous()).toBeUndefined();
    expect(Addr.parse("1.2.3.4").compare(Addr.parse("::"))).toBeLessThan(0);
    expect(Addr.parse("::2").compare(Addr.parse("::1"))).toBeGreaterThan(0);
    expect(Addr.parse("fe80::1%a").equals(Addr.parse("fe80::1%b"))).toBe(false);
  });

  test("unmap takes a mapped address out", () => {
    expect(Addr.parse("::ffff:1.2.3.4").unmap().toString()).toBe("1.2.3.4");
    expect(Addr.parse("::1").unmap().toString()).toBe("::1");
  });

  test("fromBytes refuses other lengths", () => {
    expect(() => Addr.fromBytes(new Uint8Array(5))).toThrow(RangeError);
  });
});

describe("splitHostPort", () => {
  test.each([
    ["a:80", "a", "80"],
    [":80", "", "80"],
    ["[::1]:80", "::1", "80"],
    ["[fe80::1%eth0]:80", "fe80::1%eth0", "80"],
    ["a:", "a", ""],
    ["[a]:http", "a", "http"],
  ])("splits %s", (text, host, port) => {
    expect(splitHostPort(text)).toEqual({ host, port });
  });

  test.each([
    ["a", "port is missing"],
    ["", "port is missing"],
    ["[::1]", "port is missing"],
    ["::1", "too many colons"],
    ["[::1", "not closed"],
    ["[::1]a:80", "after ]"],
    ["a]:80", "bracket"],
    ["[a[]:80", "bracket"],
  ])("refuses %j: %s", (text, reason) => {
    expect(() => splitHostPort(text)).toThrow(reason);
  });

  test("joinHostPort is its inverse", () => {
    expect(joinHostPort("::1", 80)).toBe("[::1]:80");
    expect(joinHostPort("a", "http")).toBe("a:http");
  });
});

describe("AddrPort", () => {
  test("unmaps the IPv4 address inside a mapped one, and nothing else", () => {
    expect(AddrPort.parse("[::ffff:1.2.3.4]:80").unmap().toString()).toBe("1.2.3.4:80");
    for (const text of ["1.2.3.4:80", "[::1]:80", "[fe80::1%eth0]:80"]) {
      const end = AddrPort.parse(text);
      expect(end.unmap()).toBe(end);
    }
  });

  test("parse reads both versions and refuses the rest", () => {
    expect(AddrPort.parse("1.2.3.4:80").toString()).toBe("1.2.3.4:80");
    expect(AddrPort.parse("[::1]:0").toString()).toBe("[::1]:0");
    for (const bad of [
      "1.2.3.4",
      "1.2.3.4:",
      "1.2.3.4:65536",
      "1.2.3.4:-1",
      "::1:80",
      "[1.2.3.4]:80",
      "a:80",
      "1.2.3.4: 80",
    ]) {
      expect(AddrPort.tryParse(bad)).toBeUndefined();
    }
    expect(() => new AddrPort(Addr.anyV4, 65_536)).toThrow(RangeError);
    expect(() => AddrPort.parse("[fe80::12345]:80")).toThrow("more than four digits (at 7)");
    expect(() => AddrPort.parse("10.0.0.256:80")).toThrow("above 255 (at 7)");
  });
});

describe("Prefix", () => {
  test("parse, masked and contains", () => {
    const office = Prefix.parse("10.1.2.3/8");
    expect(office.masked().toString()).toBe("10.0.0.0/8");
    expect(office.contains(Addr.parse("10.255.0.1"))).toBe(true);
    expect(office.contains(Addr.parse("11.0.0.0"))).toBe(false);
    expect(office.contains(Addr.parse("::ffff:10.0.0.1"))).toBe(false);
    expect(Prefix.parse("::/0").contains(Addr.parse("fe80::1%eth0"))).toBe(false);
    expect(Prefix.parse("2001:db8::/33").contains(Addr.parse("2001:db8:7fff::1"))).toBe(true);
    expect(Prefix.parse("2001:db8::/33").contains(Addr.parse("2001:db8:8000::1"))).toBe(false);
    expect(Prefix.single(Addr.parse("1.2.3.4")).toString()).toBe("1.2.3.4/32");
  });

  test("overlaps and compare", () => {
    expect(Prefix.parse("10.0.0.0/8").overlaps(Prefix.parse("10.1.0.0/16"))).toBe(true);
    expect(Prefix.parse("10.1.0.0/16").overlaps(Prefix.parse("10.0.0.0/8"))).toBe(true);
    expect(Prefix.parse("10.0.0.0/9").overlaps(Prefix.parse("10.128.0.0/9"))).toBe(false);
    expect(Prefix.parse("10.0.0.0/8").compare(Prefix.parse("10.0.0.0/9"))).toBeLessThan(0);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/", "::/129", "fe80::%a/64", "/8"])(
    "refuses %j",
    (text) => {
      expect(Prefix.tryParse(text)).toBeUndefined();
    },
  );
});

test("PrefixTable finds the longest block, as a walk over all of them does", () => {
  const prefix = fc
    .tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 32 }))
    .map(([bytes, bits]) => new Prefix(Addr.fromBytes(bytes.map((byte) => byte & 3)), bits));
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 40 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      (prefixes, bytes) => {
        const table = new PrefixTable<string>();
        for (const each of prefixes) table.set(each, each.masked().toString());
        const addr = Addr.fromBytes(bytes.map((byte) => byte & 3));
        const holding = prefixes.filter((each) => each.contains(addr)).sort((a, b) => b.bits - a.bits);
        expect(table.lookup(addr)).toBe(holding[0]?.masked().toString());
        for (const each of prefixes) table.delete(each);
        expect(table.size).toBe(0);
        expect(table.lookup(addr)).toBeUndefined();
      },
    ),
  );
});

test("UnixAddress tells paths from abstract names", () => {
  expect(new UnixAddress("@name").isAbstract).toBe(true);
  expect(new UnixAddress("/run/a.sock").isAbstract).toBe(false);
  expect(new UnixAddress("/a").equals(new UnixAddress("/a"))).toBe(true);
});
