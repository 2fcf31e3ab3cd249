import type { Addr } from "./addr.ts";
import { parsed, readV4, readV6 } from "./addr-text.ts";
import { SPECIAL_PURPOSE_ROWS, type SpecialPurposeRow } from "./special-purpose-table.ts";

/**
 * What IANA's registry says of a block of addresses (RFC 6890 section 2.2.1). An attribute is undefined where the registry has "N/A" or
 * nothing: such an address must not be taken for reachable.
 */
export interface SpecialPurpose {
  /** The block, such as "10.0.0.0/8". */
  readonly block: string;
  readonly name: string;
  /** Where it is defined, such as "RFC 1918". */
  readonly rfc: string;
  /** The month of its allocation, such as "1996-02". */
  readonly allocated: string;
  /** The month in which the allocation ended; undefined while it stands. */
  readonly terminated: string | undefined;
  /** May be the source of a packet. */
  readonly source: boolean | undefined;
  /** May be the destination of a packet. */
  readonly destination: boolean | undefined;
  /** A router may forward a packet to it between interfaces. */
  readonly forwardable: boolean | undefined;
  /** Packets to it may cross the borders of one administration (RFC 8190). */
  readonly globallyReachable: boolean | undefined;
  /** Every implementation of IP treats it in a special way. */
  readonly reservedByProtocol: boolean | undefined;
  /** A footnote of the registry. */
  readonly note: string | undefined;
}

/** A block ready for look-ups: a word matches when its masked bits are the block's. */
interface Compiled {
  readonly entry: SpecialPurpose;
  readonly bits: number;
  readonly words: readonly [number, number, number, number];
  readonly masks: readonly [number, number, number, number];
}

/** The rows of both registries, IPv4 first, in the registries' order. */
export const SPECIAL_PURPOSES: readonly SpecialPurpose[] = SPECIAL_PURPOSE_ROWS.map(entryOf);

let compiled: Readonly<Record<4 | 6, readonly Compiled[]>> | undefined;

/** The most specific entry of the registries that holds an address, which is the one that counts (RFC 8190 section 2.1); undefined for an ordinary address. A mapped address is looked up as IPv6. */
export function specialPurpose(addr: Addr): SpecialPurpose | undefined {
  return find(addr.version, addr.w0, addr.w1, addr.w2, addr.w3);
}

/** All entries that hold an address, the most specific first. */
export function specialPurposes(addr: Addr): readonly SpecialPurpose[] {
  return blocks(addr.version)
    .filter((each) => holds(each, addr.w0, addr.w1, addr.w2, addr.w3))
    .map(({ entry }) => entry);
}

/** See `Addr.isGloballyReachable`. */
export function isGloballyReachable({ version, w0, w1, w2, w3 }: Addr): boolean {
  if (version === 4) return isReachableV4(w3);
  const translates = w0 === 0x64_ff9b && w1 === 0 && w2 === 0;
  if (translates || (w0 === 0 && w1 === 0 && w2 === 0xffff)) return isReachableV4(w3);
  const entry = find(6, w0, w1, w2, w3);
  // Of the unregistered only 2000::/3 is handed out as unicast (RFC 4291 section 2.4, IANA's "IPv6 Address Space").
  return entry === undefined ? w0 >>> 29 === 1 : entry.globallyReachable === true;
}

function isReachableV4(word: number): boolean {
  const entry = find(4, 0, 0, 0, word);
  return entry === undefined ? word >>> 28 !== 0xe : entry.globallyReachable === true;
}

/** A walk over some 25 blocks, the longest first: 40 ns for an address in none, less than an index would need memory for. */
function find(version: 4 | 6, w0: number, w1: number, w2: number, w3: number): SpecialPurpose | undefined {
  for (const each of blocks(version)) if (holds(each, w0, w1, w2, w3)) return each.entry;
  return undefined;
}

function holds({ words, masks }: Compiled, w0: number, w1: number, w2: number, w3: number): boolean {
  return (
    ((w3 ^ words[3]) & masks[3]) === 0 &&
    ((w0 ^ words[0]) & masks[0]) === 0 &&
    ((w1 ^ words[1]) & masks[1]) === 0 &&
    ((w2 ^ words[2]) & masks[2]) === 0
  );
}

function blocks(version: 4 | 6): readonly Compiled[] {
  compiled ??= {
    4: compile(SPECIAL_PURPOSES.filter(({ block }) => !block.includes(":"))),
    6: compile(SPECIAL_PURPOSES.filter(({ block }) => block.includes(":"))),
  };
  return compiled[version];
}

function compile(entries: readonly SpecialPurpose[]): readonly Compiled[] {
  return entries.map(compileOne).sort((a, b) => b.bits - a.bits);
}

function compileOne(entry: SpecialPurpose): Compiled {
  const [text = "", length] = entry.block.split("/");
  const isV6 = text.includes(":");
  const reason = isV6 ? readV6(text) : readV4(text, 0, text.length);
  if (reason !== undefined) throw new Error(`${entry.block}: ${reason}`);
  const bits = Number(length);
  const from = isV6 ? bits : bits + 96;
  const masks = [maskOf(from), maskOf(from - 32), maskOf(from - 64), maskOf(from - 96)] as const;
  return { entry, bits, masks, words: isV6 ? [parsed.w0, parsed.w1, parsed.w2, parsed.w3] : [0, 0, 0, parsed.w3] };
}

function maskOf(bits: number): number {
  if (bits >= 32) return -1;
  return bits <= 0 ? 0 : -1 << (32 - bits);
}

function entryOf([block, name, rfc, allocated, attributes, terminated, note]: SpecialPurposeRow): SpecialPurpose {
  const attribute = (at: number): boolean | undefined => (attributes[at] === "-" ? undefined : attributes[at] === "y");
  return {
    block,
    name,
    rfc,
    allocated,
    terminated,
    source: attribute(0),
    destination: attribute(1),
    forwardable: attribute(2),
    globallyReachable: attribute(3),
    reservedByProtocol: attribute(4),
    note,
  };
}
