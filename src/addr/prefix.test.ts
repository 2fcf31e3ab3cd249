import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";

const anyPrefix = fc
  .constantFrom(4, 16)
  .chain((length) => fc.tuple(fc.uint8Array({ minLength: length, maxLength: length }), fc.nat(length * 8)))
  .map(([bytes, bits]) => new Prefix(Addr.fromBytes(bytes), bits));

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ParseError) return `${error.reason} (at ${error.offset})`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("Prefix.parse", () => {
  test.each([
    ["10.0.0.0/08", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/+8", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/-1", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/33", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/ 8", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/00", "the length is a number from 0 to 32 (at 9)"],
    ["10.0.0.0/255.0.0.0", "the length is a number from 0 to 32 (at 9)"],
    ["::/129", "the length is a number from 0 to 128 (at 3)"],
    ["::/0128", "the length is a number from 0 to 128 (at 3)"],
    ["10.0.0.0", "the length is missing: write address/bits (at 8)"],
    ["fe80::1%eth0/64", "a prefix has no zone (at 7)"],
  ])("refuses %s: %s", (text, reason) => {
    expect(reasonOf(() => Prefix.parse(text))).toBe(reason);
    expect(Prefix.tryParse(text)).toBeUndefined();
  });

  test("says of a bad address where it is bad, in the whole text", () => {
    expect(() => Prefix.parse("10.0.0.300/8")).toThrow('cannot parse "10.0.0.300/8"');
  });

  test.each(["0.0.0.0/0", "10.1.2.3/8", "255.255.255.255/32", "::/0", "::ffff:1.2.3.4/100", "ff00::/128"])(
    "reads %s as it is written",
    (text) => {
      expect(Prefix.parse(text).toString()).toBe(text);
      expect(Prefix.tryParse(text)?.toString()).toBe(text);
    },
  );
});

describe("Prefix.parseMasked", () => {
  test("refuses host bits, and says which block it would be", () => {
    expect(reasonOf(() => Prefix.parseMasked("10.1.2.3/8"))).toBe(
      "host bits are set: write 10.0.0.0/8 for the block, 10.1.2.3/32 for the address (at 0)",
    );
    expect(reasonOf(() => Prefix.parseMasked("2001:db8::1/32"))).toContain("2001:db8::/32");
    expect(Prefix.parseMasked("10.0.0.0/8").toString()).toBe("10.0.0.0/8");
    expect(Prefix.parseMasked("::1/128").toString()).toBe("::1/128");
  });
});

describe("Prefix.parseWithMask", () => {
  test.each([
    ["10.0.0.0/255.0.0.0", "10.0.0.0/8"],
    ["10.0.0.0/0.255.255.255", "10.0.0.0/8"],
    ["10.1.2.3/255.255.255.254", "10.1.2.3/31"],
    ["10.1.2.3/0.0.0.1", "10.1.2.3/31"],
    ["10.1.2.3/255.255.255.255", "10.1.2.3/32"],
    ["10.1.2.3/0.0.0.0", "10.1.2.3/0"],
    ["2001:db8::/ffff:ffff::", "2001:db8::/32"],
    ["2001:db8::/::ffff:ffff:ffff:ffff", "2001:db8::/64"],
  ])("reads %s as %s", (text, expected) => {
    expect(Prefix.parseWithMask(text).toString()).toBe(expected);
  });

  test.each([
    ["10.0.0.0/255.0.255.0", "the ones of the mask do not stand together (at 9)"],
    ["10.0.0.0/0.255.0.255", "the ones of the mask do not stand together (at 9)"],
    ["10.0.0.0/8", "the mask is written like 255.0.0.0 (at 9)"],
    ["10.0.0.0/ffff::", "the mask is written like 255.0.0.0 (at 9)"],
    ["10.0.0.0/255.0.0", "the mask is written like 255.0.0.0 (at 9)"],
  ])("refuses %s: %s", (text, reason) => {
    expect(reasonOf(() => Prefix.parseWithMask(text))).toBe(reason);
  });

  test("reads what netmask and wildcard give", () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        const addr = prefix.addr.toString();
        expect(Prefix.parseWithMask(`${addr}/${prefix.netmask.toString()}`).equals(prefix)).toBe(true);
        fc.pre(prefix.bits > 0 && prefix.bits < prefix.addr.bitLength);
        expect(Prefix.parseWithMask(`${addr}/${prefix.wildcard.toString()}`).equals(prefix)).toBe(true);
      }),
    );
  });
});

describe("Prefix", () => {
  test.each([
    // prefix, first, last, first and last host, count, hosts
    ["10.1.2.3/8", "10.0.0.0", "10.255.255.255", "10.0.0.1", "10.255.255.254", 16_777_216n, 16_777_214n],
    ["192.0.2.5/30", "192.0.2.4", "192.0.2.7", "192.0.2.5", "192.0.2.6", 4n, 2n],
    ["192.0.2.5/31", "192.0.2.4", "192.0.2.5", "192.0.2.4", "192.0.2.5", 2n, 2n],
    ["192.0.2.5/32", "192.0.2.5", "192.0.2.5", "192.0.2.5", "192.0.2.5", 1n, 1n],
    ["1.2.3.4/0", "0.0.0.0", "255.255.255.255", "0.0.0.1", "255.255.255.254", 1n << 32n, (1n << 32n) - 2n],
    ["2001:db8::5/126", "2001:db8::4", "2001:db8::7", "2001:db8::5", "2001:db8::7", 4n, 3n],
    ["2001:db8::5/127", "2001:db8::4", "2001:db8::5", "2001:db8::4", "2001:db8::5", 2n, 2n],
    ["2001:db8::5/128", "2001:db8::5", "2001:db8::5", "2001:db8::5", "2001:db8::5", 1n, 1n],
    [
      "2001:db8::/64",
      "2001:db8::",
      "2001:db8::ffff:ffff:ffff:ffff",
      "2001:db8::1",
      "2001:db8::ffff:ffff:ffff:ffff",
      1n << 64n,
      (1n << 64n) - 1n,
    ],
  ])("%s goes from %s to %s", (text, first, last, firstHost, lastHost, count, hosts) => {
    const prefix = Prefix.parse(text);
    const found = [prefix.first, prefix.last, prefix.firstHost, prefix.lastHost].map(String);
    expect(found).toEqual([first, last, firstHost, lastHost]);
    expect([prefix.count, prefix.hostCount]).toEqual([count, hosts]);
  });

  test("its parts agree with the numbers", () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        const { version, bitLength } = prefix.addr;
        const size = 1n << BigInt(bitLength - prefix.bits);
        const number = prefix.addr.toBigInt();
        expect(prefix.count).toBe(size);
        expect(prefix.first.toBigInt()).toBe(number - (number % size));
        expect(prefix.last.toBigInt()).toBe(prefix.first.toBigInt() + size - 1n);
        expect(prefix.hostPart.toBigInt()).toBe(number % size);
        expect(prefix.wildcard.toBigInt()).toBe(size - 1n);
        expect(prefix.netmask.toBigInt()).toBe((1n << BigInt(bitLength)) - size);
        expect(prefix.first.version).toBe(version);
        expect(prefix.isMasked).toBe(number % size === 0n);
        expect(prefix.next()?.first.toBigInt()).toBe(prefix.last.next()?.toBigInt());
        expect(prefix.previous()?.last.toBigInt()).toBe(prefix.first.previous()?.toBigInt());
        expect(prefix.next()?.previous()?.equals(prefix.masked()) ?? true).toBe(true);
        const both = prefix.supernet();
        expect(prefix.sibling()?.supernet()?.toString()).toBe(both?.toString());
        expect(prefix.sibling()?.overlaps(prefix) ?? false).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("contains and overlaps agree with the ends", () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, fc.nat(128), (a, other, keep) => {
        // Most pairs share nothing unless one is made of the other.
        const near = new Prefix(
          other.addr.version === a.addr.version ? other.addr : a.addr,
          Math.min(keep, a.addr.bitLength),
        );
        const b = keep % 2 === 0 ? near : new Prefix(a.addr, near.bits);
        const inside = b.first.compare(a.first) >= 0 && b.last.compare(a.last) <= 0;
        expect(a.containsPrefix(b)).toBe(inside);
        expect(a.overlaps(b)).toBe(a.first.compare(b.last) <= 0 && b.first.compare(a.last) <= 0);
        expect(a.contains(b.addr)).toBe(b.addr.compare(a.first) >= 0 && b.addr.compare(a.last) <= 0);
      }),
      { numRuns: 500 },
    );
  });

  test("never mixes versions, also where it reaches around the mapped block", () => {
    const mapped = Addr.parse("::ffff:10.0.0.1");
    const plain = Addr.parse("10.0.0.1");
    for (const text of ["::/0", "::/64", "::ffff:0:0/90", "::ffff:10.0.0.0/104", "::ffff:0.0.0.0/96"]) {
      expect(Prefix.parse(text).contains(mapped)).toBe(true);
      expect(Prefix.parse(text).contains(plain)).toBe(false);
    }
    expect(Prefix.parse("0.0.0.0/0").contains(mapped)).toBe(false);
    expect(Prefix.parse("0.0.0.0/0").overlaps(Prefix.parse("::/0"))).toBe(false);
    expect(Prefix.parse("::ffff:10.1.2.3/90").masked().toString()).toBe("::ffc0:0:0/90");
    expect(Prefix.parse("::ffff:10.0.0.0/104").unmap().toString()).toBe("10.0.0.0/8");
    expect(Prefix.parse("::ffff:10.0.0.0/96").unmap().toString()).toBe("10.0.0.0/0");
    expect(Prefix.parse("::ffff:10.0.0.0/95").unmap().toString()).toBe("::ffff:10.0.0.0/95");
    expect(Prefix.parse("::fffe:0:0/95").last.toString()).toBe("::ffff:255.255.255.255");
    expect(Prefix.parse("fe80::/10").contains(Addr.parse("fe80::1%eth0"))).toBe(false);
  });

  test("supernet, and the ends of next, previous and sibling", () => {
    expect(Prefix.parse("10.1.2.3/16").supernet()?.toString()).toBe("10.0.0.0/15");
    expect(Prefix.parse("10.1.2.3/16").supernet(8)?.toString()).toBe("10.0.0.0/8");
    expect(Prefix.parse("10.1.2.3/0").supernet()).toBeUndefined();
    expect(() => Prefix.parse("10.1.2.3/16").supernet(17)).toThrow("0 to 16 bits long, not 17");
    expect(() => Prefix.parse("10.1.2.3/16").supernet(-1)).toThrow(RangeError);
    expect(Prefix.parse("255.255.255.0/24").next()).toBeUndefined();
    expect(Prefix.parse("0.0.0.9/24").previous()).toBeUndefined();
    expect(Prefix.parse("::/0").sibling()).toBeUndefined();
    expect(Prefix.parse("10.0.1.7/24").sibling()?.toString()).toBe("10.0.0.0/24");
    expect(Prefix.parse("10.0.0.7/24").sibling()?.toString()).toBe("10.0.1.0/24");
  });
});

describe("Prefix.subnets", () => {
  test("gives the parts in order", () => {
    expect([...Prefix.parse("10.1.2.3/16").subnets(18)].join(" ")).toBe(
      "10.1.0.0/18 10.1.64.0/18 10.1.128.0/18 10.1.192.0/18",
    );
    expect([...Prefix.parse("10.0.0.0/17").subnets(19)].length).toBe(4);
    expect([...Prefix.parse("255.255.255.254/31").subnets(32)].join(" ")).toBe("255.255.255.254/32 255.255.255.255/32");
    expect([...Prefix.parse("::1/128").subnets(128)].join(" ")).toBe("::1/128");
  });

  test("makes parts when they are asked for, and refuses too many at once", () => {
    const parts = Prefix.parse("2001:db8::/32").subnets(64, 2 ** 32);
    parts.next();
    expect(parts.next().value?.toString()).toBe("2001:db8:0:1::/64");
    expect(() => Prefix.parse("2001:db8::/32").subnets(64)).toThrow("has 4294967296 parts of /64, more than 16777216");
    expect(() => Prefix.parse("10.0.0.0/8").subnets(7)).toThrow("is 8 to 32 bits long, not 7");
    expect(() => Prefix.parse("10.0.0.0/8").subnets(33)).toThrow(RangeError);
    expect(() => Prefix.parse("10.0.0.0/8").subnets(8.5)).toThrow(RangeError);
  });

  test("subnetAt takes one by its place", () => {
    expect(
      Prefix.parse("::/0")
        .subnetAt(128, (1n << 128n) - 1n)
        .toString(),
    ).toBe(`${"ffff:".repeat(8).slice(0, -1)}/128`);
    expect(Prefix.parse("10.0.0.0/8").subnetAt(24, 258n).toString()).toBe("10.1.2.0/24");
    expect(() => Prefix.parse("10.0.0.0/8").subnetAt(9, 2n)).toThrow("has parts 0 to 1 of /9, not 2");
    expect(() => Prefix.parse("10.0.0.0/8").subnetAt(9, -1n)).toThrow(RangeError);
  });

  test("splitInto takes any number of ways", () => {
    expect([...Prefix.parse("10.0.0.0/8").splitInto(3)].join(" ")).toBe("10.0.0.0/9 10.128.0.0/10 10.192.0.0/10");
    fc.assert(
      fc.property(anyPrefix, fc.integer({ min: 1, max: 300 }), (prefix, count) => {
        fc.pre(BigInt(count) <= prefix.count);
        const parts = [...prefix.splitInto(count)];
        expect(parts.length).toBe(count);
        expect(parts[0]?.first.toString()).toBe(prefix.first.toString());
        expect(parts.at(-1)?.last.toString()).toBe(prefix.last.toString());
        for (const [i, part] of parts.entries()) {
          if (i > 0) expect(part.first.toString()).toBe(parts[i - 1]!.last.next()!.toString());
        }
        expect(parts.at(-1)!.bits - parts[0]!.bits).toBeLessThanOrEqual(1);
      }),
    );
    expect(() => Prefix.parse("10.0.0.0/31").splitInto(3)).toThrow("has 1 to 2 parts, not 3");
    expect(() => Prefix.parse("10.0.0.0/8").splitInto(0)).toThrow(RangeError);
    expect(() => Prefix.parse("::/0").splitInto(2 ** 25)).toThrow("has 1 to 16777216 parts");
  });
});
