import { internetChecksum, ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import type { HeaderBuilder } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, readU16, writeU16 } from "./layer.ts";

const HEADER = 8;

/** UDP (RFC 768). */
export class Udp extends Layer {
  readonly kind = "udp";

  get sourcePort(): number {
    return this.u16(0);
  }

  get destinationPort(): number {
    return this.u16(2);
  }

  /** Header and payload, as the header says; 0 in a jumbogram. */
  get length(): number {
    return this.u16(4);
  }

  /** 0 when the sender computed none, which only IPv4 allows. */
  get checksum(): number {
    return this.u16(6);
  }
}

/** Reads a UDP header. `end` is where the IP payload ends on the wire. Throws ParseError. */
export function decodeUdp(bytes: Uint8Array, start = 0, end: number = bytes.length): Udp {
  needHeader(bytes, start, end, HEADER, "a UDP header");
  const length = readU16(bytes, start + 4);
  if (length === 0) return new Udp(bytes, start, start + HEADER, end);
  if (length < HEADER) throw new ParseError(bytes, start + 4, `the UDP length ${length} is less than the header's`);
  if (start + length > end) {
    throw new ParseError(bytes, start + 4, `the UDP length is ${length}, and ${end - start} bytes are there`);
  }
  return new Udp(bytes, start, start + HEADER, start + length);
}

/** What a UDP header is made of. */
export interface UdpInit {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** False: none is computed, and the field is 0. IPv4 only. Default true. */
  readonly checksum?: boolean;
}

/** A UDP header for `encodePacket`. Throws RangeError. */
export function udp(init: UdpInit): HeaderBuilder {
  const source = checkRange(init.sourcePort, 65_535, "sourcePort");
  const destination = checkRange(init.destinationPort, 65_535, "destinationPort");
  return {
    length: HEADER,
    ipProtocol: IP_PROTOCOL.UDP,
    write(bytes, start, end, { ip }) {
      const length = checkRange(end - start, 65_535, "the UDP length");
      writeU16(bytes, start, source);
      writeU16(bytes, start + 2, destination);
      writeU16(bytes, start + 4, length);
      if (init.checksum === false) {
        if (ip?.etherType !== ETHER_TYPE.IPV4) throw new RangeError("only over IPv4 may UDP go without a checksum");
        return;
      }
      if (ip === undefined) throw new RangeError("a checksum needs the IP header in front");
      const checksum = internetChecksum(bytes, start, end, ip.pseudoSum(IP_PROTOCOL.UDP, length));
      // 0 says "none", so a checksum that comes to 0 is sent as its other zero.
      writeU16(bytes, start + 6, checksum === 0 ? 0xffff : checksum);
    },
  };
}
