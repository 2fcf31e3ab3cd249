import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import { hostOf, inverse, lastOf, maskLength, maskOf, networkOf, sameNetwork } from "./prefix-mask.ts";
import { parseBits, splitPrefixText } from "./prefix-text.ts";
import { inspectedAsText } from "./inspected.ts";

/** How many parts a split gives out unless it is told otherwise. */
const SPLIT_LIMIT = 2 ** 24;

/**
 * An address block such as 10.0.0.0/8. Immutable; the address keeps its host bits until `masked`.
 *
 * Version 4 and 6 never mix: a version 4 block holds no mapped address and a version 6 block, ::/0 too, no version 4 address. `unmap` turns the one into the
 * other where that is meant.
 *
 * @example
 * const office = Prefix.parse("10.1.0.0/16");
 * office.contains(Addr.parse("10.1.2.3")); // true
 * [...office.subnets(18)].join(" "); // "10.1.0.0/18 10.1.64.0/18 10.1.128.0/18 10.1.192.0/18"
 */
export class Prefix {
  static {
    inspectedAsText(Prefix);
  }

  readonly addr: Addr;
  /** How many leading bits are the network's: 0 to 32 or 128. */
  readonly bits: number;

  /** Throws RangeError on a length out of range or an address with a zone. */
  constructor(addr: Addr, bits: number) {
    if (!Number.isInteger(bits) || bits < 0 || bits > addr.bitLength) {
      throw new RangeError(`a prefix of ${addr.toString()} is 0 to ${addr.bitLength} bits long, not ${bits}`);
    }
    if (addr.zone !== "") throw new RangeError(`a prefix has no zone: ${addr.toString()}`);
    this.addr = addr;
    this.bits = bits;
  }

  /** Reads "10.0.0.0/8". Throws ParseError; leading zeros, signs, zones and masks are refused. Host bits are kept. */
  static parse(text: string): Prefix {
    const { addr, rest, slash } = splitPrefixText(text);
    const bits = parseBits(rest);
    if (bits < 0 || bits > addr.bitLength) {
      throw new ParseError(text, slash + 1, `the length is a number from 0 to ${addr.bitLength}`);
    }
    return new Prefix(addr, bits);
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): Prefix | undefined {
    const slash = text.lastIndexOf("/");
    const addr = slash < 0 ? undefined : Addr.tryParse(text.slice(0, slash));
    const bits = parseBits(text.slice(slash + 1));
    if (addr === undefined || addr.zone !== "" || bits < 0 || bits > addr.bitLength) return undefined;
    return new Prefix(addr, bits);
  }

  /** The same as `parse`, and refuses host bits: what was written may not be the block that was meant. The ParseError says which block it would be. */
  static parseMasked(text: string): Prefix {
    const prefix = Prefix.parse(text);
    if (prefix.isMasked) return prefix;
    const meant = `${prefix.masked().toString()} for the block, ${Prefix.single(prefix.addr).toString()} for the address`;
    throw new ParseError(text, 0, `host bits are set: write ${meant}`);
  }

  /**
   * Reads an address with a mask, "10.0.0.0/255.0.0.0", or with a wildcard as access lists have it, "10.0.0.0/0.255.255.255". What reads as both, all ones or
   * all zeros, is a mask. Throws ParseError on a mask with holes.
   */
  static parseWithMask(text: string): Prefix {
    const { addr, rest, slash } = splitPrefixText(text);
    const mask = Addr.tryParse(rest);
    if (mask === undefined || mask.version !== addr.version || mask.zone !== "") {
      throw new ParseError(text, slash + 1, `the mask is written like ${maskOf(addr.version, 8).toString()}`);
    }
    const bits = maskLength(mask) ?? maskLength(inverse(mask));
    if (bits === undefined) throw new ParseError(text, slash + 1, "the ones of the mask do not stand together");
    return new Prefix(addr, bits);
  }

  /** The block of exactly one address. Its zone is dropped. */
  static single(addr: Addr): Prefix {
    return new Prefix(addr.withZone(""), addr.bitLength);
  }

  /** Whether it has no host bits. */
  get isMasked(): boolean {
    return this.addr.equals(this.first);
  }

  /** The first address, which names the network: its host bits are zero. */
  get first(): Addr {
    return networkOf(this.addr, this.bits);
  }

  /** The last address; in version 4 the broadcast address, unless the block is a /31 or /32. */
  get last(): Addr {
    return lastOf(this.addr, this.bits);
  }

  /** The bits of the address that are not the network's. */
  get hostPart(): Addr {
    return hostOf(this.addr, this.bits);
  }

  /** The mask, such as 255.0.0.0. */
  get netmask(): Addr {
    return maskOf(this.addr.version, this.bits);
  }

  /** The mask's complement, such as 0.255.255.255. */
  get wildcard(): Addr {
    return hostOf(lastOf(this.addr, 0), this.bits);
  }

  /** How many addresses it has. */
  get count(): bigint {
    return 1n << BigInt(this.addr.bitLength - this.bits);
  }

  /**
   * The first address for a host. In version 4 the network's own is none, but in a /31 (RFC 3021) and a /32; in version 6 the first one is the routers'
   * anycast address (RFC 4291 section 2.6.1), but in a /127 (RFC 6164) and a /128.
   */
  get firstHost(): Addr {
    return this.isPair ? this.first : this.first.next()!;
  }

  /** The last address for a host: the last one, but in version 4 the one before it unless the block is a /31 or /32. */
  get lastHost(): Addr {
    return this.isPair || this.addr.version === 6 ? this.last : this.last.previous()!;
  }

  /** How many addresses hosts can have. */
  get hostCount(): bigint {
    if (this.isPair) return this.count;
    return this.count - (this.addr.version === 4 ? 2n : 1n);
  }

  /** Whether the address lies in it. A version 4 block holds no mapped address: `unmap` first where that is meant. An address with a zone is in none. */
  contains(addr: Addr): boolean {
    return addr.version === this.addr.version && addr.zone === "" && sameNetwork(addr, this.addr, this.bits);
  }

  /** Whether all of the other block lies in it. */
  containsPrefix(other: Prefix): boolean {
    return this.bits <= other.bits && this.contains(other.addr);
  }

  /** Whether the two share an address. */
  overlaps(other: Prefix): boolean {
    return this.bits <= other.bits ? this.contains(other.addr) : other.contains(this.addr);
  }

  /** The same block with its host bits cleared. */
  masked(): Prefix {
    return new Prefix(this.first, this.bits);
  }

  /** The version 4 block of one inside ::ffff:0:0/96; any other, also one that reaches beyond that, as it is. */
  unmap(): Prefix {
    return this.addr.is4in6 && this.bits >= 96 ? new Prefix(this.addr.unmap(), this.bits - 96) : this;
  }

  /** The block of `bits` that it lies in, by default the one twice as large; undefined above /0. Throws RangeError on a length that is no shorter. */
  supernet(bits: number = this.bits - 1): Prefix | undefined {
    if (bits === -1 && this.bits === 0) return undefined;
    if (!Number.isInteger(bits) || bits < 0 || bits > this.bits) {
      throw new RangeError(`a block that holds ${this.toString()} is 0 to ${this.bits} bits long, not ${bits}`);
    }
    return new Prefix(networkOf(this.addr, bits), bits);
  }

  /** The block of the same size behind it; undefined for the last one. */
  next(): Prefix | undefined {
    const first = this.last.next();
    return first === undefined ? undefined : new Prefix(first, this.bits);
  }

  /** The block of the same size before it; undefined for the first one. */
  previous(): Prefix | undefined {
    const last = this.first.previous();
    return last === undefined ? undefined : new Prefix(networkOf(last, this.bits), this.bits);
  }

  /** The other half of the block twice as large; undefined for /0. */
  sibling(): Prefix | undefined {
    const both = this.supernet();
    if (both === undefined) return undefined;
    return both.first.equals(this.first) ? this.next() : both.subnetAt(this.bits, 0n);
  }

  /**
   * Its parts of `bits`, in order, each made when it is asked for. Throws RangeError at once when there are none, or more than `limit` (by default 2^24): ask
   * for single ones with `subnetAt` then.
   */
  subnets(bits: number, limit: number = SPLIT_LIMIT): IterableIterator<Prefix> {
    this.checkPart(bits);
    const parts = 1n << BigInt(bits - this.bits);
    if (parts > limit) throw new RangeError(`${this.toString()} has ${parts} parts of /${bits}, more than ${limit}`);
    return siblings(new Prefix(this.first, bits), Number(parts));
  }

  /** One of its parts of `bits`, by its place from 0 on. Throws RangeError when there is none. */
  subnetAt(bits: number, index: bigint): Prefix {
    this.checkPart(bits);
    const parts = 1n << BigInt(bits - this.bits);
    if (index < 0n || index >= parts) {
      throw new RangeError(`${this.toString()} has parts 0 to ${parts - 1n} of /${bits}, not ${index}`);
    }
    const first = this.first.toBigInt() + (index << BigInt(this.addr.bitLength - bits));
    return new Prefix(Addr.fromBigInt(this.addr.version, first), bits);
  }

  /**
   * All of it in `count` parts, as even as blocks can be: of a number that is no power of two, the first ones are twice as large as the others. Throws
   * RangeError on a count below 1 or above 2^24, and on more parts than addresses.
   */
  splitInto(count: number): IterableIterator<Prefix> {
    if (!Number.isInteger(count) || count < 1 || count > SPLIT_LIMIT || BigInt(count) > this.count) {
      const most = this.count < SPLIT_LIMIT ? this.count : SPLIT_LIMIT;
      throw new RangeError(`${this.toString()} has 1 to ${most} parts, not ${count}`);
    }
    const bits = this.bits + 31 - Math.clz32(count);
    const blocks = 2 ** (bits - this.bits);
    return unevenParts(this.subnets(bits), blocks * 2 - count);
  }

  /** Negative, 0 or positive: by network, then by length. */
  compare(other: Prefix): number {
    return this.first.compare(other.first) || this.bits - other.bits || this.addr.compare(other.addr);
  }

  equals(other: Prefix): boolean {
    return this.bits === other.bits && this.addr.equals(other.addr);
  }

  toString(): string {
    return `${this.addr.toString()}/${this.bits}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** Whether it has one or two addresses, which are all for hosts. */
  private get isPair(): boolean {
    return this.addr.bitLength - this.bits < 2;
  }

  private checkPart(bits: number): void {
    if (!Number.isInteger(bits) || bits < this.bits || bits > this.addr.bitLength) {
      throw new RangeError(
        `a part of ${this.toString()} is ${this.bits} to ${this.addr.bitLength} bits long, not ${bits}`,
      );
    }
  }
}

function* siblings(first: Prefix, count: number): Generator<Prefix> {
  let part: Prefix | undefined = first;
  for (let i = 0; i < count && part !== undefined; i++) {
    yield part;
    part = part.next();
  }
}

/** The first `whole` blocks as they are, the others in halves. */
function* unevenParts(blocks: Iterable<Prefix>, whole: number): Generator<Prefix> {
  let index = 0;
  for (const block of blocks) {
    if (index++ < whole) yield block;
    else yield* block.subnets(block.bits + 1);
  }
}
