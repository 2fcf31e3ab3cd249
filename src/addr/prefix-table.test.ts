import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { seededRandom } from "../clock/index.ts";
import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";
import { chunkAt, STRIDE, writeKey } from "./prefix-key.ts";
import { NODE } from "./prefix-pool.ts";
import { PrefixTable } from "./prefix-table.ts";
import { PrefixTrie } from "./prefix-trie.ts";

/** Bits that make many prefixes nest and many collide. */
const narrow = fc.constantFrom(0, 1, 3, 0x80, 0xff);

function addrOf(version: 4 | 6): fc.Arbitrary<Addr> {
  const length = version === 4 ? 4 : 16;
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: length, maxLength: length }),
    fc.array(narrow, { minLength: length, maxLength: length }).map((each) => Uint8Array.from(each)),
    // Where global addresses are, and what the shortcut of a large table covers.
    fc.array(narrow, { minLength: length - 1, maxLength: length - 1 }).map((each) => Uint8Array.from([0x20, ...each])),
  );
  return bytes.map((each) => Addr.fromBytes(each));
}

const anyAddr = fc.oneof(addrOf(4), addrOf(6));
const anyPrefix = anyAddr.chain((addr) =>
  fc.integer({ min: 0, max: addr.bitLength }).map((bits) => new Prefix(addr, bits)),
);

/** The same by a walk over all of them. */
class NaiveTable {
  readonly entries = new Map<string, { readonly prefix: Prefix; readonly value: number }>();

  set(prefix: Prefix, value: number): void {
    this.entries.set(prefix.masked().toString(), { prefix: prefix.masked(), value });
  }

  get(prefix: Prefix): number | undefined {
    return this.entries.get(prefix.masked().toString())?.value;
  }

  delete(prefix: Prefix): boolean {
    return this.entries.delete(prefix.masked().toString());
  }

  sorted(wanted: (prefix: Prefix) => boolean): [string, number][] {
    return [...this.entries.values()]
      .filter(({ prefix }) => wanted(prefix))
      .sort((a, b) => a.prefix.compare(b.prefix))
      .map(({ prefix, value }) => [prefix.toString(), value]);
  }

  lookup(addr: Addr): [string, number] | undefined {
    return this.sorted((prefix) => prefix.contains(addr)).at(-1);
  }
}

function texts(entries: Iterable<[Prefix, number]>): [string, number][] {
  return [...entries].map(([prefix, value]) => [prefix.toString(), value]);
}

function expectSame(table: PrefixTable<number>, naive: NaiveTable, addr: Addr, prefix: Prefix): void {
  expect(table.size).toBe(naive.entries.size);
  expect(table.lookup(addr)).toBe(naive.lookup(addr)?.[1]);
  const found = table.lookupPrefix(addr);
  expect(found === undefined ? undefined : [found[0].toString(), found[1]]).toEqual(naive.lookup(addr));
  expect(table.get(prefix)).toBe(naive.get(prefix));
  expect(table.has(prefix)).toBe(naive.get(prefix) !== undefined);
  const holds = (outer: Prefix, inner: Prefix): boolean => outer.bits <= inner.bits && outer.contains(inner.addr);
  expect(texts(table.subnets(prefix))).toEqual(naive.sorted((each) => holds(prefix, each)));
  expect(texts(table.supernets(prefix))).toEqual(naive.sorted((each) => holds(each, prefix)));
}

describe("PrefixTable", () => {
  test("does what a walk over all blocks does, whatever is set and deleted", () => {
    const change = fc.record({ prefix: anyPrefix, remove: fc.boolean(), probe: anyAddr });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), (changes) => {
        const table = new PrefixTable<number>();
        const naive = new NaiveTable();
        for (const [index, { prefix, remove, probe }] of changes.entries()) {
          // Deletes go to one that was set, else next to none would hit.
          const target = remove ? changes[Math.floor(index / 2)]!.prefix : prefix;
          if (remove) expect(table.delete(target)).toBe(naive.delete(target));
          else {
            table.set(target, index);
            naive.set(target, index);
          }
          expectSame(table, naive, probe, prefix);
          expectSame(table, naive, prefix.addr, target);
        }
        expect(texts(table)).toEqual(naive.sorted(() => true));
        for (const { prefix } of changes) table.delete(prefix);
        expect([...table]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([4, 6] as const)(
    "of version %d is right when it is large enough for its shortcut, and when it shrinks again",
    (version) => {
      const random = seededRandom(5);
      const table = new PrefixTable<number>();
      const all = manyPrefixes(random.uint32, version, version === 4 ? 130_000 : 90_000);
      const known = new Map<string, number>();
      for (const [index, prefix] of all.entries()) {
        table.set(prefix, index);
        known.set(prefix.toString(), index);
      }
      expect(table.size).toBe(known.size);
      expectLongest(table, known, all, random.uint32);
      // Random lengths are no table of the Internet: a version 6 prefix takes a leaf and a key, and nodes above these.
      const shortcut = (version === 4 ? 512 : 2048) * 1024;
      expect((table.byteLength - shortcut) / table.size).toBeLessThan(60);
      // Every second one goes: packed again, without shortcuts in the end.
      for (const [index, prefix] of all.entries()) {
        if (index % 2 === 0) continue;
        expect(table.delete(prefix)).toBe(known.delete(prefix.toString()));
      }
      expect(table.size).toBe(known.size);
      expectLongest(table, known, all, random.uint32);
      for (const prefix of all) table.delete(prefix);
      expect(table.size).toBe(0);
      expect(table.byteLength).toBeLessThan(64 * 1024);
    },
    20_000,
  );

  test("takes a value of undefined", () => {
    const table = new PrefixTable<undefined>();
    table.set(Prefix.parse("10.0.0.0/8"), undefined);
    expect(table.has(Prefix.parse("10.0.0.0/8"))).toBe(true);
    expect(table.size).toBe(1);
    expect([...table]).toEqual([[Prefix.parse("10.0.0.0/8"), undefined]]);
  });

  test("does not mix versions, and knows no zone", () => {
    const table = new PrefixTable<string>();
    table.set(Prefix.parse("0.0.0.0/0"), "four");
    table.set(Prefix.parse("::/0"), "six");
    expect(table.lookup(Addr.parse("1.2.3.4"))).toBe("four");
    expect(table.lookup(Addr.parse("::ffff:1.2.3.4"))).toBe("six");
    expect(table.lookup(Addr.parse("fe80::1%eth0"))).toBeUndefined();
    expect(table.lookupPrefix(Addr.parse("fe80::1%eth0"))).toBeUndefined();
  });

  test("looks raw words up, signed or not", () => {
    const table = new PrefixTable<string>();
    table.set(Prefix.parse("192.0.2.0/24"), "four");
    table.set(Prefix.parse("fe80::/10"), "six");
    expect(table.lookupV4(0xc000_0201)).toBe("four");
    expect(table.lookupV4(0xc000_0201 | 0)).toBe("four");
    expect(table.lookupV6(0xfe80_0000, 0, 0, 0xffff_ffff)).toBe("six");
    expect(table.lookupV6(0x7e80_0000, 0, 0, 0)).toBeUndefined();
  });

  test("a walk that meets a change throws", () => {
    const table = new PrefixTable<number>();
    table.set(Prefix.parse("10.0.0.0/8"), 1);
    table.set(Prefix.parse("11.0.0.0/8"), 2);
    const walk = table.entries();
    walk.next();
    table.delete(Prefix.parse("11.0.0.0/8"));
    expect(() => walk.next()).toThrow("was changed while it was walked");
  });

  test("lets go of the values that it forgets", () => {
    const trie = new PrefixTrie<object>(4);
    const values = Array.from({ length: 40 }, () => ({}));
    const keys = values.map((_, i) => Int32Array.of((10 << 24) | (i << 17), 0, 0, 0));
    for (const [i, key] of keys.entries()) trie.set(key, 15 + (i % 4), values[i]!);
    for (const [i, key] of keys.entries()) if (i % 3 > 0) trie.delete(key, 15 + (i % 4));
    expect(trie.pool.values.filter((each) => each !== undefined)).toHaveLength(trie.size);
  });

  test.each([4, 6] as const)(
    "the shortcut of a large trie of version %d is a copy of what the trie has there",
    (version) => {
      const random = seededRandom(version);
      const trie = new PrefixTrie<number>(version);
      const prefixes = manyPrefixes(random.uint32, version, 130_000);
      const key = new Int32Array(4);
      const change = (prefix: Prefix, value: number | undefined): void => {
        writeKey(key, prefix.addr, prefix.bits);
        if (value === undefined) trie.delete(key, prefix.bits);
        else trie.set(key, prefix.bits, value);
      };
      for (const [i, prefix] of prefixes.entries()) change(prefix, i);
      expect(trie.shortcut).toBeGreaterThan(0);
      expect(wrongShortcuts(trie, version)).toEqual([]);
      for (let i = 0; i < 20_000; i++)
        change(prefixes[random.uint32() % 40_000]!, random.uint32() % 2 === 0 ? i : undefined);
      expect(trie.shortcut).toBeGreaterThan(0);
      expect(wrongShortcuts(trie, version)).toEqual([]);
      expect(trie.pool.nodes.subarray(NODE, (trie.shortcut + 1) * NODE).some((word) => word !== 0)).toBe(true);
    },
  );
});

/** The places of the shortcut that are not what a walk from the root finds. */
function wrongShortcuts(trie: PrefixTrie<number>, version: 4 | 6): number[] {
  const { nodes } = trie.pool;
  const key = new Int32Array(4);
  return Array.from({ length: trie.shortcut }, (_, index) => index).filter((index) => {
    key[0] = version === 4 ? index << 17 : 0x2000_0000 | (index << 12);
    let node = 0;
    let isNode = true;
    for (let depth = 0; depth < (version === 4 ? 15 : 20) && isNode; depth += STRIDE) {
      node = trie.childOf(node, chunkAt(key, depth));
      isNode = node !== 0 && nodes[node]! >= 0;
    }
    const copy = NODE + index * NODE;
    return [0, 1, 2, 3].some((word) => nodes[copy + word] !== (isNode ? nodes[node + word] : 0));
  });
}

/** Prefixes without host bits, most of them inside others. */
function manyPrefixes(uint32: () => number, version: 4 | 6, count: number): Prefix[] {
  const words = (): Addr =>
    version === 4
      ? Addr.fromWords(4, [0, 0, 0, (uint32() & 0x0fff_ffff) >>> 0])
      : Addr.fromWords(6, [(0x2000_0000 | (uint32() & 0xc003_ffff)) >>> 0, uint32(), uint32(), uint32()]);
  return Array.from({ length: count }, () => {
    const bits = version === 4 ? 8 + (uint32() % 25) : 12 + (uint32() % 117);
    return new Prefix(words(), bits).masked();
  });
}

/** Asks for an address in each of some prefixes, and finds the answer by trying all lengths. */
function expectLongest(
  table: PrefixTable<number>,
  known: ReadonlyMap<string, number>,
  prefixes: readonly Prefix[],
  uint32: () => number,
): void {
  for (let i = 0; i < 500; i++) {
    const { addr, bits } = prefixes[uint32() % prefixes.length]!;
    const probe = bits % 3 === 0 ? addr : (addr.next() ?? addr);
    let expected: number | undefined;
    for (let length = probe.bitLength; length >= 0 && expected === undefined; length--) {
      expected = known.get(new Prefix(probe, length).masked().toString());
    }
    expect(table.lookup(probe)).toBe(expected);
  }
}
