import { Addr } from "../addr/index.ts";
import { addToChecksum, ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import { type IpBuilder, nextNumber } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, readU16, writeU16, writeU32 } from "./layer.ts";

const HEADER = 40;

/** IPv6 (RFC 8200). Its extension headers are layers of their own. */
export class Ipv6 extends Layer {
  readonly kind = "ipv6";

  get source(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 8, this.start + 24));
  }

  get destination(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 24, this.start + 40));
  }

  /** The differentiated services code point (RFC 2474), 0 to 63. */
  get dscp(): number {
    return (this.u16(0) >>> 6) & 63;
  }

  /** Explicit congestion notification (RFC 3168), 0 to 3. */
  get ecn(): number {
    return (this.u16(0) >>> 4) & 3;
  }

  get flowLabel(): number {
    return this.u32(0) & 0xf_ffff;
  }

  /** What the first header behind this one is: a number of IP_PROTOCOL or another. */
  get nextHeader(): number {
    return this.u8(6);
  }

  get hopLimit(): number {
    return this.u8(7);
  }

  /** The sum of the pseudo-header for what it carries. A routing header with segments left has its own idea of the destination. */
  pseudoSum(protocol: number, length: number): number {
    return addToChecksum(protocol + (length >>> 16) + (length & 0xffff), this.bytes, this.start + 8, this.start + 40);
  }
}

/** Reads an IPv6 header. `end` is where the packet ends on the wire. Throws ParseError. */
export function decodeIpv6(bytes: Uint8Array, start = 0, end: number = bytes.length): Ipv6 {
  needHeader(bytes, start, end, HEADER, "an IPv6 header");
  const version = bytes[start]! >>> 4;
  if (version !== 6) throw new ParseError(bytes, start, `an IPv6 header has version 6, not ${version}`);
  const payload = readU16(bytes, start + 4);
  // A jumbogram (RFC 2675), or a capture of what the network card was to segment, says 0.
  if (payload === 0 && bytes[start + 6] !== IP_PROTOCOL.NO_NEXT_HEADER) {
    return new Ipv6(bytes, start, start + HEADER, end);
  }
  if (start + HEADER + payload > end) {
    throw new ParseError(
      bytes,
      start + 4,
      `the payload length is ${payload}, and ${end - start - HEADER} bytes are there`,
    );
  }
  return new Ipv6(bytes, start, start + HEADER, start + HEADER + payload);
}

/** What an IPv6 header is made of. */
export interface Ipv6Init {
  readonly source: Addr;
  readonly destination: Addr;
  /** Default: what the next header says. */
  readonly nextHeader?: number;
  /** Default 64. */
  readonly hopLimit?: number;
  readonly dscp?: number;
  readonly ecn?: number;
  /** Default 0. */
  readonly flowLabel?: number;
}

/** An IPv6 header for `encodePacket`. Throws RangeError. */
export function ipv6(init: Ipv6Init): IpBuilder {
  if (init.source.version !== 6 || init.destination.version !== 6) throw new RangeError("both addresses must be IPv6");
  const traffic = (checkRange(init.dscp ?? 0, 63, "dscp") << 2) | checkRange(init.ecn ?? 0, 3, "ecn");
  const source = init.source.toBytes();
  const destination = init.destination.toBytes();
  return {
    length: HEADER,
    etherType: ETHER_TYPE.IPV6,
    ipProtocol: IP_PROTOCOL.IPV6,
    pseudoSum: (protocol, bytes) =>
      addToChecksum(addToChecksum(protocol + (bytes >>> 16) + (bytes & 0xffff), source), destination),
    write(bytes, start, end, { next }) {
      writeU32(bytes, start, (6 << 28) | (traffic << 20) | checkRange(init.flowLabel ?? 0, 0xf_ffff, "flowLabel"));
      writeU16(bytes, start + 4, checkRange(end - start - HEADER, 65_535, "the payload length"));
      bytes[start + 6] = nextNumber(init.nextHeader, next, "ipProtocol", 255);
      bytes[start + 7] = checkRange(init.hopLimit ?? 64, 255, "hopLimit");
      bytes.set(source, start + 8);
      bytes.set(destination, start + 24);
    },
  };
}
