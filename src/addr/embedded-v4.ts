import { Addr } from "./addr.ts";
import type { Prefix } from "./prefix.ts";

/** In which way a version 6 address holds one of version 4. */
export type EmbeddedV4Kind = "mapped" | "compatible" | "translated" | "nat64" | "6to4" | "teredo" | "isatap";

/** A version 4 address inside one of version 6. */
export interface EmbeddedV4 {
  readonly kind: EmbeddedV4Kind;
  /** Teredo: the client's address as its server saw it. */
  readonly addr: Addr;
  /** Teredo only. */
  readonly teredo?: {
    readonly server: Addr;
    /** The client's port as its server saw it. */
    readonly port: number;
    readonly flags: number;
  };
}

/**
 * The version 4 address that a version 6 address shows by its form: ::ffff:0:0/96, ::/96 and ::ffff:0:0:0/96 (RFC 4291 section 2.5.5, RFC 2765),
 * 64:ff9b::/96 (RFC 6052), 2002::/16 (RFC 3056), 2001::/32 (RFC 4380) and ISATAP's interface identifiers (RFC 5214). Undefined where there is none.
 * An address in 64:ff9b:1::/48 or in a network's own NAT64 prefix shows none without that prefix: see `extractNat64`.
 */
export function embeddedV4(addr: Addr): EmbeddedV4 | undefined {
  if (addr.version === 4) return undefined;
  const { w0, w1, w2, w3 } = addr;
  if (addr.is4in6) return { kind: "mapped", addr: v4(w3) };
  if (addr.is6to4) return { kind: "6to4", addr: v4((w0 << 16) | (w1 >>> 16)) };
  if (addr.isTeredo)
    return { kind: "teredo", addr: v4(~w3), teredo: { server: v4(w1), flags: w2 >>> 16, port: ~w2 & 0xffff } };
  if (w0 === 0x64_ff9b && w1 === 0 && w2 === 0) return { kind: "nat64", addr: v4(w3) };
  if (w0 === 0 && w1 === 0 && w2 === 0) return w3 <= 1 ? undefined : { kind: "compatible", addr: v4(w3) };
  if (w0 === 0 && w1 === 0 && w2 === 0xffff_0000) return { kind: "translated", addr: v4(w3) };
  // The U/L bit of an ISATAP identifier says whether the address inside is unique (RFC 5214 section 6.1).
  if (!addr.isMulticast && (w2 === 0x5efe || w2 === 0x0200_5efe)) return { kind: "isatap", addr: v4(w3) };
  return undefined;
}

/** ::ffff:a.b.c.d for a version 4 address, the form in which a socket of version 6 sees it; a version 6 address as it is. */
export function mapToV6(addr: Addr): Addr {
  return addr.version === 6 ? addr : Addr.fromWords(6, [0, 0, 0xffff, addr.w3]);
}

/**
 * The version 6 address under which a NAT64 with this prefix reaches a version 4 address (RFC 6052 section 2.2). Throws RangeError unless the
 * prefix is of version 6 and 32, 40, 48, 56, 64 or 96 bits long, with bits 64 to 71 clear, and the address is of version 4.
 */
export function embedNat64(prefix: Prefix, addr: Addr): Addr {
  if (addr.version === 6) throw new RangeError(`a NAT64 address holds an IPv4 address, not ${addr.toString()}`);
  const bytes = prefix.masked().addr.toBytes();
  const places = nat64Places(prefix);
  addr.toBytes().forEach((byte, i) => {
    bytes[places[i]!] = byte;
  });
  return Addr.fromBytes(bytes);
}

/** The version 4 address inside an address of a NAT64 with this prefix; undefined for an address of another. Throws RangeError as `embedNat64` does. */
export function extractNat64(prefix: Prefix, addr: Addr): Addr | undefined {
  const places = nat64Places(prefix);
  const bytes = addr.toBytes();
  if (!prefix.contains(addr) || bytes[8] !== 0) return undefined;
  return Addr.fromBytes(Uint8Array.from(places, (place) => bytes[place]!));
}

/** Where the four bytes stand: right behind the prefix, but never in byte 8. */
function nat64Places(prefix: Prefix): readonly number[] {
  const { bits, addr } = prefix;
  if (addr.version === 4 || !(bits === 96 || (bits % 8 === 0 && bits >= 32 && bits <= 64)))
    throw new RangeError(`a NAT64 prefix is of IPv6 and 32, 40, 48, 56, 64 or 96 bits long, not ${prefix.toString()}`);
  if (bits === 96 && addr.w2 >>> 24 !== 0)
    throw new RangeError(`bits 64 to 71 of a NAT64 prefix are clear, not as in ${prefix.toString()}`);
  const start = bits / 8;
  return [0, 1, 2, 3].map((i) => (start <= 8 && start + i >= 8 ? start + i + 1 : start + i));
}

function v4(word: number): Addr {
  return Addr.fromWords(4, [0, 0, 0, word]);
}
