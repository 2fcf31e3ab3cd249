import type { Addr } from "./addr.ts";
import { AddrRange } from "./addr-range.ts";
import { Prefix } from "./prefix.ts";

/** What a set is made of. */
export type AddrSetMember = Addr | Prefix | AddrRange;

/**
 * A set of addresses of both versions, kept as the fewest ranges in order. Immutable: what changes one makes another, in one pass over both. To build one
 * from many members, give them to `of` at once: that sorts them.
 *
 * Version 4 and 6 never mix: a mapped address is one of version 6. A zone is refused where a set is made, and in no set when it is asked for.
 *
 * @example
 * const office = AddrSet.of([Prefix.parse("10.0.0.0/9"), Prefix.parse("10.128.0.0/9")]);
 * const open = office.subtract(AddrSet.of([Addr.parse("10.0.0.0")]));
 * office.toString(); // "10.0.0.0/8"
 * open.contains(Addr.parse("10.0.0.0")); // false
 */
export class AddrSet {
  /** The set without an address. */
  static readonly empty: AddrSet = new AddrSet([]);
  /** In order; neither do two of them overlap nor does one follow upon another without a gap. */
  readonly ranges: readonly AddrRange[];

  private constructor(ranges: readonly AddrRange[]) {
    this.ranges = ranges;
  }

  /** The set of all addresses in the members, which may overlap and come in any order. Throws RangeError on an address with a zone. */
  static of(members: Iterable<AddrSetMember>): AddrSet {
    const ranges = Array.from(members, rangeOf);
    return new AddrSet(joined(ranges.sort((a, b) => a.first.compare(b.first))));
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** How many addresses it has. */
  get count(): bigint {
    return this.ranges.reduce((sum, range) => sum + range.count, 0n);
  }

  /** Whether it has the address. */
  contains(addr: Addr): boolean {
    return this.ranges[this.indexAt(addr)]?.contains(addr) === true;
  }

  /** Whether it has all addresses of the member. */
  containsAll(member: Prefix | AddrRange | AddrSet): boolean {
    if (member instanceof AddrSet) return member.ranges.every((range) => this.containsAll(range));
    const range = rangeOf(member);
    return this.ranges[this.indexAt(range.first)]?.containsRange(range) === true;
  }

  /** Whether it has an address of the member. */
  overlaps(member: Prefix | AddrRange | AddrSet): boolean {
    if (member instanceof AddrSet) return !this.intersect(member).isEmpty;
    const range = rangeOf(member);
    const index = this.indexAt(range.first);
    return [this.ranges[index], this.ranges[index + 1]].some((each) => each?.overlaps(range) === true);
  }

  /** The addresses that are in one of the two. */
  union(other: AddrSet): AddrSet {
    return new AddrSet(joined(merged(this.ranges, other.ranges)));
  }

  /** The addresses that are in both. */
  intersect(other: AddrSet): AddrSet {
    const found: AddrRange[] = [];
    for (let i = 0, j = 0; i < this.ranges.length && j < other.ranges.length;) {
      const a = this.ranges[i]!;
      const b = other.ranges[j]!;
      if (a.overlaps(b)) found.push(new AddrRange(later(a.first, b.first), earlier(a.last, b.last)));
      if (a.last.compare(b.last) < 0) i++;
      else j++;
    }
    return new AddrSet(found);
  }

  /** The addresses that are in this one and not in the other. */
  subtract(other: AddrSet): AddrSet {
    const left: AddrRange[] = [];
    let j = 0;
    for (const range of this.ranges) {
      while (j < other.ranges.length && other.ranges[j]!.last.compare(range.first) < 0) j++;
      j = this.subtractFrom(range, other.ranges, j, left);
    }
    return new AddrSet(left);
  }

  /** The addresses of `whole` that are not in it. */
  complement(whole: Prefix | AddrRange | AddrSet): AddrSet {
    return (whole instanceof AddrSet ? whole : AddrSet.of([whole])).subtract(this);
  }

  /** The fewest blocks that make it up, in order, each made when it is asked for. */
  *prefixes(): IterableIterator<Prefix> {
    for (const range of this.ranges) yield* range.prefixes();
  }

  [Symbol.iterator](): IterableIterator<AddrRange> {
    return this.ranges.values();
  }

  equals(other: AddrSet): boolean {
    return (
      this.ranges.length === other.ranges.length && this.ranges.every((range, i) => range.equals(other.ranges[i]!))
    );
  }

  /** Its blocks, with spaces between them. */
  toString(): string {
    return [...this.prefixes()].join(" ");
  }

  toJSON(): string[] {
    return Array.from(this.prefixes(), (prefix) => prefix.toString());
  }

  /** Adds to `left` what remains of a range; returns where among `holes` the next one may begin. */
  private subtractFrom(range: AddrRange, holes: readonly AddrRange[], from: number, left: AddrRange[]): number {
    let start: Addr | undefined = range.first;
    let j = from;
    for (; j < holes.length && holes[j]!.first.compare(range.last) <= 0; j++) {
      const hole = holes[j]!;
      if (start.compare(hole.first) < 0) left.push(new AddrRange(start, hole.first.previous()));
      // What reaches to the end of this range may reach into the next one, and is kept for that.
      if (hole.last.compare(range.last) >= 0) return j;
      start = hole.last.next()!;
    }
    left.push(new AddrRange(start, range.last));
    return j;
  }

  /** The last range that begins at the address or before; -1 if none does. */
  private indexAt(addr: Addr): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ranges[middle]!.first.compare(addr) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function rangeOf(member: AddrSetMember): AddrRange {
  if (member instanceof AddrRange) return member;
  return member instanceof Prefix ? AddrRange.of(member) : new AddrRange(member);
}

/** Joins what overlaps or follows without a gap, of ranges in the order of their first addresses. */
function joined(ranges: readonly AddrRange[]): AddrRange[] {
  const result: AddrRange[] = [];
  for (const range of ranges) {
    const before = result.at(-1);
    if (before === undefined || !touches(before, range)) result.push(range);
    else if (range.last.compare(before.last) > 0) result[result.length - 1] = new AddrRange(before.first, range.last);
  }
  return result;
}

/** Behind the last address of version 4 stands none, so that it never touches version 6. */
function touches(before: AddrRange, range: AddrRange): boolean {
  return range.first.compare(before.last) <= 0 || before.last.next()?.equals(range.first) === true;
}

function merged(a: readonly AddrRange[], b: readonly AddrRange[]): AddrRange[] {
  const result: AddrRange[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const fromA = j === b.length || (i < a.length && a[i]!.first.compare(b[j]!.first) <= 0);
    result.push(fromA ? a[i++]! : b[j++]!);
  }
  return result;
}

function later(a: Addr, b: Addr): Addr {
  return a.compare(b) >= 0 ? a : b;
}

function earlier(a: Addr, b: Addr): Addr {
  return a.compare(b) <= 0 ? a : b;
}
