import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import { AddrRange } from "./addr-range.ts";
import { AddrSet, type AddrSetMember } from "./addr-set.ts";
import { Prefix } from "./prefix.ts";

describe("AddrRange", () => {
  test("reads a-b, or an address alone", () => {
    expect(AddrRange.parse("10.0.0.5-10.0.0.9").toString()).toBe("10.0.0.5-10.0.0.9");
    expect(AddrRange.parse("::1").toString()).toBe("::1-::1");
    expect(AddrRange.parse("::1-::1:0:0").count).toBe(1n << 32n);
  });

  test.each([
    ["10.0.0.9-10.0.0.5", "the range goes down", 9],
    ["10.0.0.9-::1", "one version", 9],
    ["10.0.0.9 - 10.0.0.10", "", 8],
    ["10.0.0.9-", "", 9],
    ["-10.0.0.9", "", 0],
    ["10.0.0.1-10.0.0.2-10.0.0.3", "", 17],
    ["fe80::1%eth0", "no zone", 0],
    ["10.0.0.0/8", "", 8],
    ["", "", 0],
  ])("refuses %j", (text, reason, offset) => {
    expect(AddrRange.tryParse(text)).toBeUndefined();
    try {
      AddrRange.parse(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect((error as ParseError).reason).toContain(reason);
      expect((error as ParseError).offset).toBe(offset);
    }
  });

  test("the constructor refuses the same", () => {
    expect(() => new AddrRange(Addr.parse("::2"), Addr.parse("::1"))).toThrow("goes down: ::2 to ::1");
    expect(() => new AddrRange(Addr.parse("1.2.3.4"), Addr.parse("::1"))).toThrow(RangeError);
    expect(() => new AddrRange(Addr.parse("fe80::1%a"))).toThrow(RangeError);
  });

  test("takes a block, all of it or its hosts", () => {
    expect(AddrRange.of(Prefix.parse("10.1.2.3/8")).toString()).toBe("10.0.0.0-10.255.255.255");
    expect(AddrRange.hostsOf(Prefix.parse("10.1.2.3/30")).toString()).toBe("10.1.2.1-10.1.2.2");
    expect([...AddrRange.hostsOf(Prefix.parse("10.1.2.2/31"))].join(" ")).toBe("10.1.2.2 10.1.2.3");
    expect(AddrRange.of(Prefix.parse("::/0")).toPrefix()?.toString()).toBe("::/0");
    expect(AddrRange.parse("10.0.0.0-10.0.0.2").toPrefix()).toBeUndefined();
    expect([...AddrRange.parse("255.255.255.254-255.255.255.255")].length).toBe(2);
  });

  test.each([
    ["0.0.0.0-255.255.255.255", "0.0.0.0/0"],
    ["10.0.0.5-10.0.0.9", "10.0.0.5/32 10.0.0.6/31 10.0.0.8/31"],
    ["255.255.255.254-255.255.255.255", "255.255.255.254/31"],
    ["0.0.0.0-0.0.0.0", "0.0.0.0/32"],
    ["::fffe:ffff:ffff-::ffff:0.0.0.0", "::fffe:ffff:ffff/128 ::ffff:0.0.0.0/128"],
  ])("%s is %s", (text, expected) => {
    expect([...AddrRange.parse(text).prefixes()].join(" ")).toBe(expected);
  });

  test("the worst range has 62 blocks of version 4, 254 of version 6", () => {
    expect([...AddrRange.parse("0.0.0.1-255.255.255.254").prefixes()].length).toBe(62);
    expect([...AddrRange.parse(`::1-${"ffff:".repeat(7)}fffe`).prefixes()].length).toBe(254);
  });

  test("its blocks tile it, and no two of them are one", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat(15),
        (a, b, same) => {
          b.set(a.subarray(0, same));
          const ends = [Addr.fromBytes(a), Addr.fromBytes(b)].sort((x, y) => x.compare(y));
          const blocks = [...new AddrRange(ends[0]!, ends[1]).prefixes()];
          expect(blocks[0]!.first.equals(ends[0]!)).toBe(true);
          expect(blocks.at(-1)!.last.equals(ends[1]!)).toBe(true);
          for (const [i, block] of blocks.entries()) {
            if (i === 0) continue;
            const before = blocks[i - 1]!;
            expect(block.first.equals(before.last.next()!)).toBe(true);
            expect(before.bits === block.bits && before.sibling()!.equals(block)).toBe(false);
          }
        },
      ),
    );
  });
});

/** The first eight addresses of each version and the last eight: a model can list them. */
const UNIVERSE: readonly Addr[] = [
  ...AddrRange.parse("0.0.0.0-0.0.0.15"),
  ...AddrRange.parse("255.255.255.240-255.255.255.255"),
  ...AddrRange.parse("::-::f"),
  ...AddrRange.parse(`${"ffff:".repeat(7)}fff0-${"ffff:".repeat(7)}ffff`),
];

const member: fc.Arbitrary<AddrSetMember> = fc
  .tuple(fc.nat(3), fc.nat(15), fc.nat(15), fc.nat(2))
  .map(([part, from, to, kind]) => {
    const at = (place: number): Addr => UNIVERSE[part * 16 + place]!;
    if (kind === 0) return at(from);
    if (kind === 1) return new Prefix(at(from), at(from).bitLength - (to % 5));
    return new AddrRange(at(Math.min(from, to)), at(Math.max(from, to)));
  });
const members = fc.array(member, { maxLength: 12 });

function textsIn(holds: (addr: Addr) => boolean): string[] {
  return UNIVERSE.filter(holds).map(String);
}

function holdsAny(list: readonly AddrSetMember[], addr: Addr): boolean {
  return list.some((each) => (each instanceof Addr ? each.equals(addr) : each.contains(addr)));
}

describe("AddrSet", () => {
  test("does what a list of addresses does", () => {
    fc.assert(
      fc.property(members, members, (listA, listB) => {
        const a = AddrSet.of(listA);
        const b = AddrSet.of(listB);
        const inA = (addr: Addr): boolean => holdsAny(listA, addr);
        const inB = (addr: Addr): boolean => holdsAny(listB, addr);
        const expectSet = (set: AddrSet, holds: (addr: Addr) => boolean): void => {
          expect(textsIn((addr) => set.contains(addr))).toEqual(textsIn(holds));
          expect(set.count).toBe(BigInt(textsIn(holds).length));
          expect(set.equals(AddrSet.of(UNIVERSE.filter(holds)))).toBe(true);
          expect(AddrSet.of(set.prefixes()).equals(set)).toBe(true);
        };
        expectSet(a, inA);
        expectSet(a.union(b), (addr) => inA(addr) || inB(addr));
        expectSet(a.intersect(b), (addr) => inA(addr) && inB(addr));
        expectSet(a.subtract(b), (addr) => inA(addr) && !inB(addr));
        expectSet(a.complement(AddrSet.of(UNIVERSE)), (addr) => !inA(addr));
        expect(a.containsAll(b)).toBe(UNIVERSE.every((addr) => !inB(addr) || inA(addr)));
        expect(a.overlaps(b)).toBe(UNIVERSE.some((addr) => inA(addr) && inB(addr)));
        for (const each of listB) {
          if (each instanceof Addr) continue;
          expect(a.overlaps(each)).toBe(UNIVERSE.some((addr) => each.contains(addr) && inA(addr)));
          expect(a.containsAll(each)).toBe(UNIVERSE.every((addr) => !each.contains(addr) || inA(addr)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("merges what touches, and never version 4 with version 6", () => {
    const parse = (texts: string): AddrSet => AddrSet.of(texts.split(" ").map((text) => Prefix.parse(text)));
    expect(parse("10.128.0.0/9 10.0.0.0/9").toString()).toBe("10.0.0.0/8");
    expect(parse("10.0.0.0/8 10.1.0.0/16").toString()).toBe("10.0.0.0/8");
    expect(parse("::/0 0.0.0.0/0").toString()).toBe("0.0.0.0/0 ::/0");
    expect(parse("::/0 0.0.0.0/0").ranges.length).toBe(2);
    expect(JSON.stringify(parse("10.0.0.0/32 10.0.0.1/32 10.0.0.2/32"))).toBe('["10.0.0.0/31","10.0.0.2/32"]');
  });

  test("complement within a block", () => {
    const used = AddrSet.of([Prefix.parse("10.0.0.0/10"), AddrRange.parse("10.255.255.255")]);
    const free = used.complement(Prefix.parse("10.0.0.0/8"));
    expect(free.contains(Addr.parse("10.64.0.0"))).toBe(true);
    expect(free.union(used).toString()).toBe("10.0.0.0/8");
    expect(free.overlaps(used)).toBe(false);
    expect(AddrSet.empty.complement(Prefix.parse("::/0")).toString()).toBe("::/0");
    expect(AddrSet.of([Prefix.parse("::/0")]).complement(Prefix.parse("::/0")).isEmpty).toBe(true);
  });

  test("knows no zone and no mapped address", () => {
    const all = AddrSet.of([Prefix.parse("fe80::/10"), Prefix.parse("10.0.0.0/8")]);
    expect(all.contains(Addr.parse("fe80::1%eth0"))).toBe(false);
    expect(all.contains(Addr.parse("::ffff:10.0.0.1"))).toBe(false);
    expect(() => AddrSet.of([Addr.parse("fe80::1%eth0")])).toThrow(RangeError);
  });
});
