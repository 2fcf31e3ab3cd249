import { Addr, Prefix } from "../../src/addr/index.ts";
import type { Random } from "../../src/clock/index.ts";

/** A length and how often it comes, in parts of whatever the others add up to. */
type Shares = readonly (readonly [bits: number, share: number])[];

/** About as the lengths of the Internet's routing tables are spread. */
const V4: Shares = [
  ...([
    [8, 0.02],
    [10, 0.06],
    [11, 0.1],
    [12, 0.3],
    [13, 0.6],
    [14, 1.1],
    [15, 2],
    [16, 13],
    [17, 8],
    [18, 14],
  ] as const),
  ...([
    [19, 25],
    [20, 45],
    [21, 52],
    [22, 110],
    [23, 100],
    [24, 610],
    [25, 5],
    [26, 4],
    [27, 3],
    [28, 3],
  ] as const),
  ...([
    [29, 4],
    [30, 3],
    [32, 3],
  ] as const),
];
/** What registries hand out … */
const V6_ALLOCATIONS: Shares = [
  [20, 0.3],
  [24, 0.5],
  [26, 1],
  [28, 2],
  [29, 30],
  [30, 3],
  [31, 2],
  [32, 65],
];
/** … and what is announced of it. */
const V6_MORE_SPECIFIC: Shares = [
  ...([
    [33, 3],
    [34, 3],
    [35, 3],
    [36, 8],
    [38, 3],
    [40, 12],
    [42, 3],
    [44, 14],
    [45, 2],
    [46, 4],
    [47, 4],
  ] as const),
  ...([
    [48, 60],
    [56, 2],
    [64, 1.5],
    [128, 0.5],
  ] as const),
];
/** The blocks of the five registries, and the first one of 2001::/16. */
const V6_REGISTRIES: readonly (readonly [word: number, free: number])[] = [
  [0x2001_0000, 0xffff],
  ...[0x2400_0000, 0x2600_0000, 0x2800_0000, 0x2a00_0000, 0x2c00_0000].map((word) => [word, 0xf_ffff] as const),
];

/**
 * `count` different prefixes without host bits, in no order, the same for the same randomness. Those of version 4 lie anywhere in unicast space; a fifth of
 * those of version 6 are allocations and the others parts of these, some of which have many and most few.
 */
export function internetPrefixes(version: 4 | 6, count: number, random: Random): Prefix[] {
  const found = new Map<string, Prefix>();
  const allocations: Prefix[] = [];
  while (found.size < count) {
    const allocated = version === 6 && (allocations.length === 0 || random.float() < 0.2);
    const prefix =
      version === 4 ? drawV4(random) : drawV6(random, allocated ? undefined : favourite(allocations, random));
    const text = prefix.toString();
    if (found.has(text)) continue;
    found.set(text, prefix);
    if (allocated) allocations.push(prefix);
  }
  return shuffled([...found.values()], random);
}

/** Which addresses are asked for. */
export type Mix = "hot" | "traffic" | "uniform";

/**
 * `count` addresses, each somewhere in a prefix: of 1,024 that come around ("hot"), of prefixes by Zipf's law, the n-th as often as 1/n ("traffic"), or of all
 * prefixes alike ("uniform").
 */
export function queriesOf(mix: Mix, prefixes: readonly Prefix[], count: number, random: Random): Addr[] {
  const rank = (): number =>
    mix === "traffic"
      ? Math.floor(Math.exp(random.float() * Math.log(prefixes.length + 1))) - 1
      : random.uint32() % prefixes.length;
  const distinct = mix === "hot" ? 1024 : count;
  const addrs = Array.from({ length: distinct }, () => addrIn(prefixes[rank()]!, random));
  return Array.from({ length: count }, (_, i) => addrs[i % distinct]!);
}

function drawV4(random: Random): Prefix {
  const word = 0x0100_0000 + (random.uint32() % 0xdf00_0000);
  return new Prefix(Addr.fromWords(4, [0, 0, 0, word]), draw(V4, random)).masked();
}

function drawV6(random: Random, allocation: Prefix | undefined): Prefix {
  if (allocation !== undefined) {
    return new Prefix(addrIn(allocation, random), draw(V6_MORE_SPECIFIC, random)).masked();
  }
  const [word, free] = V6_REGISTRIES[random.uint32() % V6_REGISTRIES.length]!;
  const first = (word | (random.uint32() & free)) >>> 0;
  return new Prefix(Addr.fromWords(6, [first, 0, 0, 0]), draw(V6_ALLOCATIONS, random)).masked();
}

/** The earlier ones come more often. */
function favourite(allocations: readonly Prefix[], random: Random): Prefix {
  return allocations[Math.floor(random.float() ** 2 * allocations.length)]!;
}

function addrIn(prefix: Prefix, random: Random): Addr {
  const { version } = prefix.addr;
  const [n0, n1, n2, n3] = prefix.first.words;
  const [h0, h1, h2, h3] = prefix.wildcard.words;
  const word = (network: number, host: number): number => (network | (random.uint32() & host)) >>> 0;
  return Addr.fromWords(version, [word(n0, h0), word(n1, h1), word(n2, h2), word(n3, h3)]);
}

function draw(shares: Shares, random: Random): number {
  let left = random.float() * shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [bits, share] of shares) if ((left -= share) < 0) return bits;
  return shares.at(-1)![0];
}

function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.uint32() % (i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
