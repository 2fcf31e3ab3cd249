import { checkRange } from "./check-range.ts";
import { type HeaderBuilder, nextNumber } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, writeU16, writeU32 } from "./layer.ts";

const FRAGMENT_HEADER = 8;

/** An extension header of IPv6 (RFC 8200 section 4): hop-by-hop, destination options, routing, authentication, mobility. */
export class Ipv6Extension extends Layer {
  readonly kind = "ipv6-extension";
  /** Which one: the number by which the header before it names it. */
  readonly protocol: number;

  constructor(bytes: Uint8Array, start: number, payloadStart: number, end: number, protocol: number) {
    super(bytes, start, payloadStart, end);
    this.protocol = protocol;
  }

  /** What follows it. */
  get nextHeader(): number {
    return this.u8(0);
  }

  /** What stands behind its first two bytes, borrowed. */
  get content(): Uint8Array {
    return this.bytes.subarray(this.start + 2, this.payloadStart);
  }
}

/** The fragment header of IPv6 (RFC 8200 section 4.5). */
export class Ipv6Fragment extends Layer {
  readonly kind = "ipv6-fragment";

  get nextHeader(): number {
    return this.u8(0);
  }

  /** Where the fragment stands in the whole, in bytes. */
  get fragmentOffset(): number {
    return this.u16(2) & 0xfff8;
  }

  get moreFragments(): boolean {
    return (this.u8(3) & 1) !== 0;
  }

  /** False for an "atomic" fragment, which is the whole packet (RFC 6946). */
  get isFragment(): boolean {
    return this.moreFragments || this.fragmentOffset > 0;
  }

  get identification(): number {
    return this.u32(4);
  }
}

/** Whether a next-header number is one that `decodeIpv6Extension` reads. */
export function isIpv6Extension(protocol: number): boolean {
  return (
    protocol === IP_PROTOCOL.HOP_BY_HOP ||
    protocol === IP_PROTOCOL.ROUTING ||
    protocol === IP_PROTOCOL.FRAGMENT ||
    protocol === IP_PROTOCOL.AUTHENTICATION ||
    protocol === IP_PROTOCOL.DESTINATION ||
    protocol === IP_PROTOCOL.MOBILITY
  );
}

/** Reads the extension header that `protocol` names. Throws ParseError. */
export function decodeIpv6Extension(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
): Ipv6Extension | Ipv6Fragment {
  needHeader(bytes, start, end, 8, "an IPv6 extension header");
  if (protocol === IP_PROTOCOL.FRAGMENT) return new Ipv6Fragment(bytes, start, start + FRAGMENT_HEADER, end);
  const units = bytes[start + 1]!;
  // An authentication header counts in units of 4 bytes, minus 2 (RFC 4302 section 2.2).
  const length = protocol === IP_PROTOCOL.AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
  needHeader(bytes, start, end, length, "an IPv6 extension header");
  return new Ipv6Extension(bytes, start, start + length, end, protocol);
}

/** An extension header for `encodePacket`: `content` is padded with zeros to a whole number of units of 8 bytes. Throws RangeError. */
export function ipv6Extension(protocol: number, content: Uint8Array, nextHeader?: number): HeaderBuilder {
  const length = Math.max(8, Math.ceil((content.length + 2) / 8) * 8);
  checkRange(length, 2048, "the length of an extension header");
  if (protocol === IP_PROTOCOL.FRAGMENT || protocol === IP_PROTOCOL.AUTHENTICATION || !isIpv6Extension(protocol)) {
    throw new RangeError(`${protocol} is no extension header that is counted in units of 8 bytes`);
  }
  return {
    length,
    ipProtocol: protocol,
    write(bytes, start, _end, { next }) {
      bytes[start] = nextNumber(nextHeader, next, "ipProtocol", 255);
      bytes[start + 1] = length / 8 - 1;
      bytes.set(content, start + 2);
    },
  };
}

/** What a fragment header is made of. */
export interface Ipv6FragmentInit {
  readonly identification: number;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  /** What the whole packet carries. Default: what the next header says. */
  readonly nextHeader?: number;
}

/** A fragment header for `encodePacket`. Throws RangeError. */
export function ipv6Fragment(init: Ipv6FragmentInit): HeaderBuilder {
  const offset = checkRange(init.fragmentOffset, 65_528, "fragmentOffset");
  if (offset % 8 !== 0) throw new RangeError(`fragmentOffset is a multiple of 8, not ${offset}`);
  checkRange(init.identification, 0xffff_ffff, "identification");
  return {
    length: FRAGMENT_HEADER,
    ipProtocol: IP_PROTOCOL.FRAGMENT,
    write(bytes, start, _end, { next }) {
      bytes[start] = nextNumber(init.nextHeader, next, "ipProtocol", 255);
      writeU16(bytes, start + 2, offset | (init.moreFragments ? 1 : 0));
      writeU32(bytes, start + 4, init.identification);
    },
  };
}
