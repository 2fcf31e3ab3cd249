import { ParseError } from "../bytes/index.ts";
import { expandV6, fail, formatV6, parsed, readV4, readV6, type Words } from "./addr-text.ts";
import { type MulticastScope, multicastScopeV4, multicastScopeV6 } from "./multicast-scope.ts";
import { isGloballyReachable } from "./special-purpose-lookup.ts";
import { inspectedAsText } from "./inspected.ts";

/**
 * An IP address: version 4, or version 6 with an optional zone. Immutable; its text is canonical (RFC 5952), so that two are equal exactly when
 * their texts are: `toString()`, kept once made, is the key for a Map.
 *
 * @example
 * Addr.parse("2001:DB8::1").toString(); // "2001:db8::1"
 */
export class Addr {
  static {
    inspectedAsText(Addr);
  }

  /**
   * Four words of 32 bits, the first the most significant; a version 4 address stands in the last one. For the hot paths of this room, which
   * read them without the tuple that `words` allocates.
   *
   * @internal
   */
  readonly w0: number;
  /** @internal */
  readonly w1: number;
  /** @internal */
  readonly w2: number;
  /** @internal */
  readonly w3: number;
  /** 4 or 6. */
  readonly version: 4 | 6;
  /** The zone of a version 6 address, such as "eth0"; "" for none. */
  readonly zone: string;
  private text: string | undefined;

  private constructor(version: 4 | 6, w0: number, w1: number, w2: number, w3: number, zone: string) {
    this.version = version;
    this.w0 = w0 >>> 0;
    this.w1 = w1 >>> 0;
    this.w2 = w2 >>> 0;
    this.w3 = w3 >>> 0;
    this.zone = zone;
    this.text = undefined;
  }

  /** 0.0.0.0 */
  static readonly anyV4: Addr = new Addr(4, 0, 0, 0, 0, "");
  /** :: */
  static readonly anyV6: Addr = new Addr(6, 0, 0, 0, 0, "");

  /** Reads an address as strictly as RFC 4291 and Go's netip do. Throws ParseError. */
  static parse(text: string): Addr {
    const addr = Addr.read(text);
    if (typeof addr === "string") throw new ParseError(text, parsed.offset, addr);
    return addr;
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): Addr | undefined {
    const addr = Addr.read(text);
    return typeof addr === "string" ? undefined : addr;
  }

  /** From 4 or 16 bytes in network order. Throws RangeError on another length. */
  static fromBytes(bytes: Uint8Array, zone = ""): Addr {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 4) return new Addr(4, 0, 0, 0, view.getUint32(0), "");
    if (bytes.length !== 16) throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
    return new Addr(6, view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12), zone);
  }

  /** From words of 32 bits, as `words` gives them. */
  static fromWords(version: 4 | 6, words: Words, zone = ""): Addr {
    return new Addr(version, words[0], words[1], words[2], words[3], zone);
  }

  /** From its number. Throws RangeError on one that has no address. */
  static fromBigInt(version: 4 | 6, number: bigint, zone = ""): Addr {
    const limit = version === 4 ? 1n << 32n : 1n << 128n;
    if (number < 0n || number >= limit) throw new RangeError(`no version ${version} address has the number ${number}`);
    const word = (shift: bigint): number => Number((number >> shift) & 0xffff_ffffn);
    return new Addr(version, word(96n), word(64n), word(32n), word(0n), zone);
  }

  /** Four words of 32 bits, the first the most significant; a version 4 address stands in the last one. */
  get words(): Words {
    return [this.w0, this.w1, this.w2, this.w3];
  }

  /** Its 4 or 16 bytes in network order, owned by the caller. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.version === 4 ? 4 : 16);
    const view = new DataView(bytes.buffer);
    if (this.version === 4) view.setUint32(0, this.w3);
    else this.words.forEach((word, i) => view.setUint32(i * 4, word));
    return bytes;
  }

  /** Its number, without the zone. */
  toBigInt(): bigint {
    return this.words.reduce((number, word) => (number << 32n) | BigInt(word), 0n);
  }

  /** 32 or 128. */
  get bitLength(): 32 | 128 {
    return this.version === 4 ? 32 : 128;
  }

  /** Whether it is a version 4 address written as ::ffff:a.b.c.d. */
  get is4in6(): boolean {
    return this.version === 6 && this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff;
  }

  /** The version 4 address inside a mapped one; any other as it is. */
  unmap(): Addr {
    return this.is4in6 ? new Addr(4, 0, 0, 0, this.w3, "") : this;
  }

  /** The same address with another zone ("" for none). A version 4 address has none. */
  withZone(zone: string): Addr {
    if (this.version === 4 || zone === this.zone) return this;
    return new Addr(6, this.w0, this.w1, this.w2, this.w3, zone);
  }

  get isUnspecified(): boolean {
    return (this.w0 | this.w1 | this.w2 | this.w3) === 0;
  }

  /** 127.0.0.0/8 and ::1, mapped ones too. */
  get isLoopback(): boolean {
    if (this.version === 4 || this.is4in6) return this.w3 >>> 24 === 127;
    return this.w0 === 0 && this.w1 === 0 && this.w2 === 0 && this.w3 === 1;
  }

  /** RFC 1918 and fc00::/7: `isPrivateUse` or `isUniqueLocal`. */
  get isPrivate(): boolean {
    return this.isUniqueLocal || this.isPrivateUse;
  }

  /** 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918), mapped ones too. */
  get isPrivateUse(): boolean {
    if (this.version === 6 && !this.is4in6) return false;
    return this.w3 >>> 24 === 10 || this.w3 >>> 20 === 0xac1 || this.w3 >>> 16 === 0xc0a8;
  }

  /** fc00::/7 (RFC 4193). */
  get isUniqueLocal(): boolean {
    return this.version === 6 && this.w0 >>> 25 === 0x7e;
  }

  /** 100.64.0.0/10, between a provider and its customers (RFC 6598), mapped ones too. */
  get isShared(): boolean {
    return (this.version === 4 || this.is4in6) && this.w3 >>> 22 === 0x191;
  }

  /** The blocks for examples: RFC 5737, 3849 and 9637, and for multicast 233.252.0.0/24 and ff00::db8:0:0/96 in every scope (RFC 5771, RFC 6676). */
  get isDocumentation(): boolean {
    const { w0, w1, w2 } = this;
    if (this.version === 6 && !this.is4in6)
      return w0 === 0x2001_0db8 || w0 >>> 12 === 0x3_fff0 || (this.isMulticast && w1 === 0 && w2 === 0xdb8);
    const network = this.w3 >>> 8;
    return network === 0xc0_0002 || network === 0xc6_3364 || network === 0xcb_0071 || network === 0xe9_fc00;
  }

  /** 255.255.255.255, mapped too. A subnet's own broadcast address is known only with its prefix. */
  get isBroadcast(): boolean {
    return this.w3 === 0xffff_ffff && (this.version === 4 || this.is4in6);
  }

  /** fec0::/10, deprecated by RFC 3879. */
  get isSiteLocal(): boolean {
    return this.version === 6 && this.w0 >>> 22 === 0x3fb;
  }

  /** 64:ff9b::/96 (RFC 6052) and 64:ff9b:1::/48 (RFC 8215). A network's own NAT64 prefix does not show. */
  get isNat64(): boolean {
    if (this.version === 4 || this.w0 !== 0x64_ff9b) return false;
    return this.w1 >>> 16 === 1 || (this.w1 === 0 && this.w2 === 0);
  }

  /** 2002::/16 (RFC 3056). */
  get is6to4(): boolean {
    return this.version === 6 && this.w0 >>> 16 === 0x2002;
  }

  /** 2001::/32 (RFC 4380). */
  get isTeredo(): boolean {
    return this.version === 6 && this.w0 === 0x2001_0000;
  }

  /**
   * Whether a host at this address can be reached from anywhere, by IANA's special-purpose registries: what the most specific entry says, and "no"
   * where it has N/A (6to4, Teredo). Without an entry: unicast of version 4, and of version 6 in 2000::/3. A mapped and a well-known NAT64 address
   * are as reachable as the version 4 address inside, as the packet goes there. Multicast is not. Not for its opposite: what is not private
   * need not be reachable.
   */
  get isGloballyReachable(): boolean {
    return isGloballyReachable(this.version, this.w0, this.w1, this.w2, this.w3);
  }

  /** How far packets to a multicast address go (RFC 7346, RFC 2365); undefined for any other. */
  get multicastScope(): MulticastScope | undefined {
    if (!this.isMulticast) return undefined;
    return this.version === 4 || this.is4in6 ? multicastScopeV4(this.w3) : multicastScopeV6(this.w0);
  }

  /** 169.254.0.0/16 and fe80::/10. */
  get isLinkLocal(): boolean {
    if (this.version === 6 && !this.is4in6) return this.w0 >>> 22 === 0x3fa;
    return this.w3 >>> 16 === 0xa9fe;
  }

  /** 224.0.0.0/4 and ff00::/8. */
  get isMulticast(): boolean {
    if (this.version === 6 && !this.is4in6) return this.w0 >>> 24 === 0xff;
    return this.w3 >>> 28 === 0xe;
  }

  /** Negative, 0 or positive: version 4 before 6, then by number, then by zone. */
  compare(other: Addr): number {
    return (
      this.version - other.version ||
      this.w0 - other.w0 ||
      this.w1 - other.w1 ||
      this.w2 - other.w2 ||
      this.w3 - other.w3 ||
      (this.zone < other.zone ? -1 : this.zone > other.zone ? 1 : 0)
    );
  }

  equals(other: Addr): boolean {
    return this.w3 === other.w3 && this.compare(other) === 0;
  }

  /** The next higher address, or undefined after the last. */
  next(): Addr | undefined {
    return this.step(1);
  }

  /** The next lower address, or undefined before the first. */
  previous(): Addr | undefined {
    return this.step(-1);
  }

  toString(): string {
    this.text ??=
      this.version === 4 ? formatV4(this.w3) : formatV6(this.words) + (this.zone === "" ? "" : `%${this.zone}`);
    return this.text;
  }

  toJSON(): string {
    return this.toString();
  }

  /** All eight groups with their zeros, such as "2001:0db8:0000:0000:0000:0000:0000:0001"; a version 4 address as ever. */
  toExpandedString(): string {
    if (this.version === 4) return this.toString();
    return expandV6(this.words) + (this.zone === "" ? "" : `%${this.zone}`);
  }

  /** The address, or why the text is none, with the place in `parsed.offset`. */
  private static read(text: string): Addr | string {
    for (let i = 0; i < text.length; i++) {
      const char = text.charCodeAt(i);
      if (char === 0x3a) {
        const reason = readV6(text);
        if (reason !== undefined) return reason;
        const zone = parsed.zoneAt < 0 ? "" : text.slice(parsed.zoneAt);
        return new Addr(6, parsed.w0, parsed.w1, parsed.w2, parsed.w3, zone);
      }
      if (char === 0x2e) return readV4(text, 0, text.length) ?? new Addr(4, 0, 0, 0, parsed.w3, "");
      if (char === 0x25) return fail(i, "a zone without an IPv6 address");
    }
    return fail(0, text === "" ? "empty" : "neither IPv4 (a.b.c.d) nor IPv6 (with colons)");
  }

  private step(by: 1 | -1): Addr | undefined {
    const words: [number, number, number, number] = [...this.words];
    const last = by === 1 ? 0xffff_ffff : 0;
    for (let i = 3; i >= (this.version === 4 ? 3 : 0); i--) {
      const carry = words[i] === last;
      words[i] = (words[i]! + by) >>> 0;
      if (!carry) return Addr.fromWords(this.version, words, this.zone);
    }
    return undefined;
  }
}

function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}
