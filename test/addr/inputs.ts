import { type Random, seededRandom } from "../../src/clock/index.ts";

/** How many inputs there are. */
export const INPUT_COUNT = 100_000;

/** Blocks at whose ends implementations differ: those of IANA's registries, and others with a meaning. */
const EDGES: readonly string[] = [
  ..."0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 192.0.0.8/32".split(
    " ",
  ),
  ..."192.0.0.9/32 192.0.0.10/32 192.0.0.170/31 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16".split(
    " ",
  ),
  ..."192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 233.252.0.0/24".split(
    " ",
  ),
  ..."::/128 ::1/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128".split(
    " ",
  ),
  ..."2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28".split(
    " ",
  ),
  ..."2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 ff01::/16 ff02::/16".split(
    " ",
  ),
  ..."2000::/3 4000::/3 ::/96 ::/8 200::/7 ff0e::/16".split(" "),
];

/** Whatever may stand where it should not. Digits of other scripts: some languages take them for digits. */
const NOISE: readonly string[] = [
  ..."0123456789abcdefABCDEFgxXoO:.%/-+_[] ".split(""),
  "٣",
  "５",
  "é",
  "::",
  "..",
  "//",
  "0x",
  "00",
];

/**
 * The inputs, the same for the same seed: "A", a tab and a text for an address; "P", a tab, a text for a prefix, a tab and an address to look for in it. No
 * text holds a tab or a line break.
 */
export function makeInputs(seed: number): string[] {
  const inputs = new Inputs(seededRandom(seed));
  return Array.from({ length: INPUT_COUNT }, () => inputs.next());
}

class Inputs {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  next(): string {
    return this.chance(0.55) ? `A\t${this.maybeMutated(this.address())}` : this.prefix();
  }

  private prefix(): string {
    const v4 = this.chance(0.5);
    const groups = this.chance(0.3) ? this.nearEdge(v4) : this.groups(v4);
    const size = v4 ? 32 : 128;
    const bits = this.chance(0.1)
      ? this.pick([0, 1, size - 1, size, 31, 32, 33, 64, 96, 127, 128, 129])
      : this.below(size + 1);
    const text = `${this.spell(groups, v4)}${this.chance(0.03) ? this.zone() : ""}/${this.length(bits, v4)}`;
    // An address that shares about as many bits as the prefix has: half of them are inside.
    const flipped = this.flip(groups, Math.min(size - 1, bits + this.below(9) - 4), v4);
    const other = this.chance(0.1) ? this.spell(this.groups(!v4), !v4) : this.spell(flipped, v4);
    return `P\t${this.maybeMutated(text)}\t${other}${this.chance(0.03) ? this.zone() : ""}`;
  }

  private length(bits: number, v4: boolean): string {
    if (this.chance(0.04))
      return this.pick([
        "",
        "0" + String(bits),
        "+" + String(bits),
        "-1",
        " 8",
        "8 ",
        "1e1",
        "8.0",
        "999",
        "4294967304",
      ]);
    if (!v4 || !this.chance(0.12)) return String(bits);
    const mask = bits >= 32 ? 0xffff_ffff : ~(0xffff_ffff >>> bits) >>> 0;
    if (this.chance(0.1)) return dotted(this.random.uint32());
    return dotted(this.chance(0.5) ? mask : ~mask >>> 0);
  }

  private address(): string {
    const kind = this.random.float();
    if (kind < 0.25) return this.spell(this.groups(true), true);
    if (kind < 0.55) return this.spell(this.groups(false), false);
    if (kind < 0.7) return this.spell(this.nearEdge(true), true);
    if (kind < 0.88) return this.spell(this.nearEdge(false), false);
    if (kind < 0.93) return this.spell(this.groups(false), false) + this.zone();
    return this.oddV4();
  }

  private oddV4(): string {
    const parts = this.groups(true).map(String);
    const at = this.below(4);
    const odd = [
      () => (parts[at] = `0${parts[at]}`),
      () => (parts[at] = `0x${Number(parts[at]).toString(16)}`),
      () => (parts[at] = `0${Number(parts[at]).toString(8)}`),
      () => (parts[at] = String(256 + this.below(800))),
      () => (parts[at] = ""),
      () => parts.splice(at, 1),
      () => parts.splice(at, 2),
      () => parts.push("1"),
      () => parts.splice(0, 4, String(this.random.uint32())),
    ];
    this.pick(odd)();
    return parts.join(".");
  }

  private zone(): string {
    return this.pick(["%eth0", "%1", "%", "%a%b", "%é", "%en0.5", "%%", "%lo "]);
  }

  /** Four bytes, or eight groups, many of them zero as in addresses that people use. */
  private groups(v4: boolean): number[] {
    const zeros = this.chance(0.6);
    return Array.from({ length: v4 ? 4 : 8 }, () => {
      if (zeros && this.chance(0.5)) return 0;
      return v4 ? this.below(256) : this.random.uint32() >>> (16 + this.below(16));
    });
  }

  /** An address at one end of a block, just outside of it, or in the middle; one of version 4 may also stand mapped. */
  private nearEdge(v4: boolean): number[] {
    const block = this.pick(EDGES.filter((edge) => edge.includes(".") === v4));
    const [text, bits] = block.split("/") as [string, string];
    const first = numberOf(text);
    const size = 1n << BigInt((v4 ? 32 : 128) - Number(bits));
    const random = BigInt(this.random.uint32()) * (size / (1n << 32n) + 1n);
    const at = this.pick([first, first - 1n, first + size - 1n, first + size, first + (random % size)]);
    return groupsOf(at, v4);
  }

  private flip(groups: readonly number[], bit: number, v4: boolean): number[] {
    const width = v4 ? 8 : 16;
    const flipped = [...groups];
    const at = Math.max(0, Math.min(bit, v4 ? 31 : 127));
    flipped[Math.floor(at / width)]! ^= 1 << (width - 1 - (at % width));
    return flipped;
  }

  private spell(groups: readonly number[], v4: boolean): string {
    if (v4) return this.chance(0.04) ? this.spell(mapped(groups), false) : groups.join(".");
    const texts = groups.map((group) => this.spellGroup(group));
    const tail = this.chance(0.12) ? 6 : 8;
    const last = tail === 8 ? [] : [dotted(groups[6]! * 65_536 + groups[7]!)];
    return this.compress(groups.slice(0, tail), [...texts.slice(0, tail), ...last]);
  }

  private spellGroup(group: number): string {
    const text = this.chance(0.15) ? group.toString(16).padStart(4, "0") : group.toString(16);
    return this.chance(0.15) ? text.toUpperCase() : text;
  }

  /** Writes "::" for a run of zeros, mostly; not always the longest one, and at times for a single group. */
  private compress(groups: readonly number[], texts: readonly string[]): string {
    const start = this.below(groups.length);
    if (this.chance(0.2) || groups[start] !== 0) return texts.join(":");
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    return `${texts.slice(0, start).join(":")}::${texts.slice(end).join(":")}`;
  }

  private maybeMutated(text: string): string {
    if (!this.chance(0.12)) return text;
    let mutated = text;
    for (let times = 1 + this.below(2); times > 0; times--) {
      const at = this.below(mutated.length + 1);
      const dropped = this.below(3);
      const added = this.chance(0.6) ? this.pick(NOISE) : "";
      mutated = mutated.slice(0, at) + added + mutated.slice(at + dropped);
    }
    return mutated;
  }

  private below(limit: number): number {
    return this.random.uint32() % limit;
  }

  private chance(share: number): boolean {
    return this.random.float() < share;
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

function dotted(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function mapped(bytes: readonly number[]): number[] {
  return [0, 0, 0, 0, 0, 0xffff, bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!];
}

/** The number of an address of EDGES, which are all well formed. Its own reader: the inputs do not depend on what they test. */
function numberOf(text: string): bigint {
  if (text.includes(".")) return text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head, behind] = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const zeros = Array.from({ length: 8 - head!.length - (behind?.length ?? 0) }, () => "0");
  return [...head!, ...zeros, ...(behind ?? [])].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function groupsOf(number: bigint, v4: boolean): number[] {
  const width = v4 ? 8n : 16n;
  const count = v4 ? 4 : 8;
  const mask = (1n << width) - 1n;
  return Array.from({ length: count }, (_, i) => Number((number >> (width * BigInt(count - 1 - i))) & mask));
}
