import { Addr } from "../addr/index.ts";
import { addToChecksum, internetChecksum, ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import { type IpBuilder, nextNumber } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, readU16, writeU16, writeU32 } from "./layer.ts";

const MIN_HEADER = 20;

/** An option of IPv4. */
export interface Ipv4Option {
  /** The whole first byte: copied flag, class and number. */
  readonly type: number;
  /** What follows type and length, borrowed. */
  readonly data: Uint8Array;
}

/** IPv4 (RFC 791). */
export class Ipv4 extends Layer {
  readonly kind = "ipv4";

  get source(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 12, this.start + 16));
  }

  get destination(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 16, this.start + 20));
  }

  /** The differentiated services code point (RFC 2474), 0 to 63. */
  get dscp(): number {
    return this.u8(1) >>> 2;
  }

  /** Explicit congestion notification (RFC 3168), 0 to 3. */
  get ecn(): number {
    return this.u8(1) & 3;
  }

  /** As the header says; 0 in captures of what the network card was to segment. */
  get totalLength(): number {
    return this.u16(2);
  }

  get identification(): number {
    return this.u16(4);
  }

  get dontFragment(): boolean {
    return (this.u8(6) & 0x40) !== 0;
  }

  get moreFragments(): boolean {
    return (this.u8(6) & 0x20) !== 0;
  }

  /** Where a fragment stands in the whole, in bytes. */
  get fragmentOffset(): number {
    return (this.u16(6) & 0x1fff) * 8;
  }

  get isFragment(): boolean {
    return this.moreFragments || this.fragmentOffset > 0;
  }

  get ttl(): number {
    return this.u8(8);
  }

  /** What it carries: a number of IP_PROTOCOL or another. */
  get protocol(): number {
    return this.u8(9);
  }

  get checksum(): number {
    return this.u16(10);
  }

  /** Its options, without padding. Throws ParseError where they don't hold together. */
  get options(): readonly Ipv4Option[] {
    const options: Ipv4Option[] = [];
    for (let at = this.start + MIN_HEADER; at < this.payloadStart;) {
      const type = this.bytes[at]!;
      if (type === 0) break;
      if (type === 1) at++;
      else {
        const length = at + 1 < this.payloadStart ? this.bytes[at + 1]! : 0;
        if (length < 2 || at + length > this.payloadStart) {
          throw new ParseError(this.bytes, at, `the IPv4 option ${type} has a length that cannot be`);
        }
        options.push({ type, data: this.bytes.subarray(at + 2, at + length) });
        at += length;
      }
    }
    return options;
  }

  /** The sum of the pseudo-header for what it carries. */
  pseudoSum(protocol: number, length: number): number {
    return addToChecksum(protocol + length, this.bytes, this.start + 12, this.start + 20);
  }
}

/** Reads an IPv4 header. `end` is where the packet ends on the wire. Throws ParseError. */
export function decodeIpv4(bytes: Uint8Array, start = 0, end: number = bytes.length): Ipv4 {
  needHeader(bytes, start, end, MIN_HEADER, "an IPv4 header");
  const version = bytes[start]! >>> 4;
  if (version !== 4) throw new ParseError(bytes, start, `an IPv4 header has version 4, not ${version}`);
  const header = (bytes[start]! & 15) * 4;
  if (header < MIN_HEADER) throw new ParseError(bytes, start, `an IPv4 header of ${header} bytes is too short`);
  needHeader(bytes, start, end, header, "an IPv4 header with options");
  const total = readU16(bytes, start + 2);
  if (total === 0) return new Ipv4(bytes, start, start + header, end);
  if (total < header) throw new ParseError(bytes, start + 2, `the total length ${total} is less than the header's`);
  if (start + total > end) {
    throw new ParseError(bytes, start + 2, `the total length is ${total}, and ${end - start} bytes are there`);
  }
  return new Ipv4(bytes, start, start + header, start + total);
}

/** What an IPv4 header is made of. */
export interface Ipv4Init {
  readonly source: Addr;
  readonly destination: Addr;
  /** Default: what the next header says. */
  readonly protocol?: number;
  /** Default 64. */
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  /** Default 0. */
  readonly identification?: number;
  /** Default true. */
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** In bytes, a multiple of 8. Default 0. */
  readonly fragmentOffset?: number;
  /** Raw option bytes, at most 40; padded to a multiple of 4 here. */
  readonly options?: Uint8Array;
}

/** An IPv4 header for `encodePacket`. Throws RangeError. */
export function ipv4(init: Ipv4Init): IpBuilder {
  if (init.source.version !== 4 || init.destination.version !== 4) throw new RangeError("both addresses must be IPv4");
  const options = init.options ?? new Uint8Array(0);
  checkRange(options.length, 40, "the length of the options");
  const offset = checkRange(init.fragmentOffset ?? 0, 65_528, "fragmentOffset");
  if (offset % 8 !== 0) throw new RangeError(`fragmentOffset is a multiple of 8, not ${offset}`);
  const flags = ((init.dontFragment ?? true) ? 0x4000 : 0) | (init.moreFragments === true ? 0x2000 : 0);
  const length = MIN_HEADER + Math.ceil(options.length / 4) * 4;
  const source = init.source.toBytes();
  const destination = init.destination.toBytes();
  return {
    length,
    etherType: ETHER_TYPE.IPV4,
    ipProtocol: IP_PROTOCOL.IPV4,
    pseudoSum: (protocol, bytes) => addToChecksum(addToChecksum(protocol + bytes, source), destination),
    write(bytes, start, end, { next }) {
      bytes[start] = 0x40 | (length / 4);
      bytes[start + 1] = (checkRange(init.dscp ?? 0, 63, "dscp") << 2) | checkRange(init.ecn ?? 0, 3, "ecn");
      writeU16(bytes, start + 2, checkRange(end - start, 65_535, "the total length"));
      writeU32(
        bytes,
        start + 4,
        (checkRange(init.identification ?? 0, 65_535, "identification") << 16) | flags | (offset / 8),
      );
      bytes[start + 8] = checkRange(init.ttl ?? 64, 255, "ttl");
      bytes[start + 9] = nextNumber(init.protocol, next, "ipProtocol", 255);
      bytes.set(source, start + 12);
      bytes.set(destination, start + 16);
      bytes.set(options, start + MIN_HEADER);
      writeU16(bytes, start + 10, internetChecksum(bytes, start, start + length));
    },
  };
}
