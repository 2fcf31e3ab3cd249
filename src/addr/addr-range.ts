import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import { Prefix } from "./prefix.ts";
import { lastOf } from "./prefix-mask.ts";
import { inspectedAsText } from "./inspected.ts";

/**
 * Addresses of one version from a first to a last one, both included. Immutable.
 *
 * @example
 * const range = AddrRange.parse("10.0.0.5-10.0.0.9");
 * [...range.prefixes()].join(" "); // "10.0.0.5/32 10.0.0.6/31 10.0.0.8/31"
 */
export class AddrRange {
  static {
    inspectedAsText(AddrRange);
  }

  readonly first: Addr;
  readonly last: Addr;

  /** Throws RangeError on two versions, on zones, and when the last stands before the first. */
  constructor(first: Addr, last: Addr = first) {
    const problem = problemOf(first, last);
    if (problem !== undefined) throw new RangeError(`${problem}: ${first.toString()} to ${last.toString()}`);
    this.first = first;
    this.last = last;
  }

  /** Reads "a-b", or an address alone, with nothing around the dash. Throws ParseError. */
  static parse(text: string): AddrRange {
    const dash = text.indexOf("-");
    const first = parseAt(text, 0, dash < 0 ? text.length : dash);
    const last = dash < 0 ? first : parseAt(text, dash + 1, text.length);
    const problem = problemOf(first, last);
    if (problem !== undefined) throw new ParseError(text, dash + 1, problem);
    return new AddrRange(first, last);
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): AddrRange | undefined {
    try {
      return AddrRange.parse(text);
    } catch {
      return undefined;
    }
  }

  /** All addresses of a block. */
  static of(prefix: Prefix): AddrRange {
    return new AddrRange(prefix.first, prefix.last);
  }

  /** Those that hosts can have in a block (see `Prefix.firstHost`). */
  static hostsOf(prefix: Prefix): AddrRange {
    return new AddrRange(prefix.firstHost, prefix.lastHost);
  }

  /** How many addresses it has, at least 1. */
  get count(): bigint {
    return this.last.toBigInt() - this.first.toBigInt() + 1n;
  }

  /** Whether the address lies in it. One of the other version and one with a zone never do. */
  contains(addr: Addr): boolean {
    return addr.zone === "" && addr.compare(this.first) >= 0 && addr.compare(this.last) <= 0;
  }

  /** Whether all of the other range lies in it. */
  containsRange(other: AddrRange): boolean {
    return this.contains(other.first) && this.contains(other.last);
  }

  /** Whether the two share an address. */
  overlaps(other: AddrRange): boolean {
    return this.first.compare(other.last) <= 0 && other.first.compare(this.last) <= 0;
  }

  /** The block that is exactly this range, if one is. */
  toPrefix(): Prefix | undefined {
    const block = largestBlock(this.first, this.last);
    return block.last.equals(this.last) ? block : undefined;
  }

  /** The fewest blocks that make it up, in order, each made when it is asked for: at most 62 of version 4, 254 of version 6. */
  *prefixes(): IterableIterator<Prefix> {
    let from: Addr | undefined = this.first;
    while (from !== undefined && from.compare(this.last) <= 0) {
      const block = largestBlock(from, this.last);
      yield block;
      from = block.last.next();
    }
  }

  /** Its addresses in order, each made when it is asked for. Mind `count` before you take them all. */
  *[Symbol.iterator](): IterableIterator<Addr> {
    let addr: Addr | undefined = this.first;
    while (addr !== undefined && addr.compare(this.last) <= 0) {
      yield addr;
      addr = addr.next();
    }
  }

  /** Negative, 0 or positive: by first address, then by last. */
  compare(other: AddrRange): number {
    return this.first.compare(other.first) || this.last.compare(other.last);
  }

  equals(other: AddrRange): boolean {
    return this.first.equals(other.first) && this.last.equals(other.last);
  }

  /** "a-b", also of a single address. */
  toString(): string {
    return `${this.first.toString()}-${this.last.toString()}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function problemOf(first: Addr, last: Addr): string | undefined {
  if (first.zone !== "" || last.zone !== "") return "a range has no zone";
  if (first.version !== last.version) return "a range has addresses of one version";
  return first.compare(last) > 0 ? "the range goes down" : undefined;
}

function parseAt(text: string, start: number, end: number): Addr {
  try {
    return Addr.parse(text.slice(start, end));
  } catch (error) {
    throw error instanceof ParseError ? new ParseError(text, start + error.offset, error.reason) : error;
  }
}

/**
 * The largest block that begins at `first` and does not reach beyond `last`. Where the two first differ, `first` has a 0 and `last` a 1, so that the lower half
 * of what they span always fits; all of it fits when `first` ends in zeros from there on and `last` in ones.
 */
function largestBlock(first: Addr, last: Addr): Prefix {
  const span = first.bitLength - commonBits(first, last);
  const aligned = trailingZeros(first);
  const whole = aligned >= span && lastOf(first, first.bitLength - span).equals(last);
  return new Prefix(first, first.bitLength - (whole ? span : Math.min(aligned, span - 1)));
}

function commonBits(a: Addr, b: Addr): number {
  if (a.version === 4) return Math.clz32(a.w3 ^ b.w3);
  let bits = Math.clz32(a.w0 ^ b.w0);
  if (bits === 32) bits += Math.clz32(a.w1 ^ b.w1);
  if (bits === 64) bits += Math.clz32(a.w2 ^ b.w2);
  return bits === 96 ? bits + Math.clz32(a.w3 ^ b.w3) : bits;
}

function trailingZeros(addr: Addr): number {
  let bits = zerosBehind(addr.w3);
  if (addr.version === 4) return bits;
  if (bits === 32) bits += zerosBehind(addr.w2);
  if (bits === 64) bits += zerosBehind(addr.w1);
  return bits === 96 ? bits + zerosBehind(addr.w0) : bits;
}

function zerosBehind(word: number): number {
  return word === 0 ? 32 : 31 - Math.clz32(word & -word);
}
