import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import type { Words } from "./addr-text.ts";

/** An address block such as 10.0.0.0/8. Immutable; the address keeps its host bits until `masked`. */
export class Prefix {
  readonly addr: Addr;
  /** How many leading bits are the network's: 0 to 32 or 128. */
  readonly bits: number;
  private readonly network: Words;

  /** Throws RangeError on a length out of range or an address with a zone. */
  constructor(addr: Addr, bits: number) {
    if (!Number.isInteger(bits) || bits < 0 || bits > addr.bitLength) {
      throw new RangeError(`a prefix of ${addr.toString()} is 0 to ${addr.bitLength} bits long, not ${bits}`);
    }
    if (addr.zone !== "") throw new RangeError(`a prefix has no zone: ${addr.toString()}`);
    this.addr = addr;
    this.bits = bits;
    this.network = mask(addr, bits);
  }

  /** Reads "10.0.0.0/8". Throws ParseError; leading zeros, signs and zones are refused. */
  static parse(text: string): Prefix {
    const slash = text.lastIndexOf("/");
    if (slash < 0) throw new ParseError(text, text.length, "the length is missing: write address/bits");
    const addr = Addr.parse(text.slice(0, slash));
    const digits = text.slice(slash + 1);
    if (!/^(0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > addr.bitLength) {
      throw new ParseError(text, slash + 1, `the length is a number from 0 to ${addr.bitLength}`);
    }
    if (addr.zone !== "") throw new ParseError(text, text.indexOf("%"), "a prefix has no zone");
    return new Prefix(addr, Number(digits));
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): Prefix | undefined {
    try {
      return Prefix.parse(text);
    } catch {
      return undefined;
    }
  }

  /** The block of exactly one address. */
  static single(addr: Addr): Prefix {
    return new Prefix(addr.withZone(""), addr.bitLength);
  }

  /** Whether the address lies in it. A version 4 block holds no mapped address: `unmap` first where that is meant. An address with a zone is in none. */
  contains(addr: Addr): boolean {
    if (addr.version !== this.addr.version || addr.zone !== "") return false;
    const masked = mask(addr, this.bits);
    const { network } = this;
    return masked[3] === network[3] && masked[2] === network[2] && masked[1] === network[1] && masked[0] === network[0];
  }

  /** Whether the two share an address. */
  overlaps(other: Prefix): boolean {
    return this.bits <= other.bits ? this.contains(other.addr) : other.contains(this.addr);
  }

  /** The same block with its host bits cleared. */
  masked(): Prefix {
    return new Prefix(Addr.fromWords(this.addr.version, this.network), this.bits);
  }

  /** Negative, 0 or positive: by network, then by length. */
  compare(other: Prefix): number {
    return this.masked().addr.compare(other.masked().addr) || this.bits - other.bits || this.addr.compare(other.addr);
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
}

function mask(addr: Addr, bits: number): Words {
  const [w0, w1, w2, w3] = addr.words;
  const from = addr.version === 4 ? bits + 96 : bits;
  return [maskWord(w0, from), maskWord(w1, from - 32), maskWord(w2, from - 64), maskWord(w3, from - 96)];
}

function maskWord(word: number, bits: number): number {
  if (bits >= 32) return word;
  return bits <= 0 ? 0 : (word & (0xffff_ffff << (32 - bits))) >>> 0;
}
