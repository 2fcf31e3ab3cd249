import { internetChecksum } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import type { HeaderBuilder } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, writeU16, writeU32 } from "./layer.ts";

const HEADER = 8;

/** ICMP for IPv4 (RFC 792) or IPv6 (RFC 4443): the first 8 bytes, which all messages have. */
export class Icmp extends Layer {
  readonly kind: "icmp" | "icmpv6";

  constructor(bytes: Uint8Array, start: number, end: number, kind: "icmp" | "icmpv6") {
    super(bytes, start, start + HEADER, end);
    this.kind = kind;
  }

  get type(): number {
    return this.u8(0);
  }

  get code(): number {
    return this.u8(1);
  }

  get checksum(): number {
    return this.u16(2);
  }

  /** Bytes 4 to 7, whose meaning depends on the type: identifier and sequence of an echo, the MTU of a "packet too big". */
  get rest(): number {
    return this.u32(4);
  }

  /** Of an echo. */
  get identifier(): number {
    return this.u16(4);
  }

  /** Of an echo. */
  get sequence(): number {
    return this.u16(6);
  }

  /** Whether the payload is the beginning of the packet that caused it; read that by `decodePacket` with LINK_TYPE.RAW and a `wireLength` of 65,535 or more. */
  get isError(): boolean {
    if (this.kind === "icmpv6") return this.type < 128;
    return this.type === 3 || this.type === 4 || this.type === 5 || this.type === 11 || this.type === 12;
  }
}

/** Reads the header of ICMP for IPv4. Throws ParseError. */
export function decodeIcmp(bytes: Uint8Array, start = 0, end: number = bytes.length): Icmp {
  needHeader(bytes, start, end, HEADER, "an ICMP header");
  return new Icmp(bytes, start, end, "icmp");
}

/** Reads the header of ICMPv6. Throws ParseError. */
export function decodeIcmpv6(bytes: Uint8Array, start = 0, end: number = bytes.length): Icmp {
  needHeader(bytes, start, end, HEADER, "an ICMPv6 header");
  return new Icmp(bytes, start, end, "icmpv6");
}

/** What an ICMP header is made of. */
export interface IcmpInit {
  readonly type: number;
  /** Default 0. */
  readonly code?: number;
  /** Bytes 4 to 7. Default 0. */
  readonly rest?: number;
}

/** A header of ICMP for IPv4, for `encodePacket`. Throws RangeError. */
export function icmp(init: IcmpInit): HeaderBuilder {
  return builder(init, IP_PROTOCOL.ICMP);
}

/** A header of ICMPv6, for `encodePacket`; its checksum covers a pseudo-header. Throws RangeError. */
export function icmpv6(init: IcmpInit): HeaderBuilder {
  return builder(init, IP_PROTOCOL.ICMPV6);
}

function builder(init: IcmpInit, protocol: number): HeaderBuilder {
  return {
    length: HEADER,
    ipProtocol: protocol,
    write(bytes, start, end, { ip }) {
      if (protocol === IP_PROTOCOL.ICMPV6 && ip === undefined)
        throw new RangeError("a checksum needs the IP header in front");
      bytes[start] = checkRange(init.type, 255, "type");
      bytes[start + 1] = checkRange(init.code ?? 0, 255, "code");
      writeU32(bytes, start + 4, checkRange(init.rest ?? 0, 0xffff_ffff, "rest"));
      const sum = protocol === IP_PROTOCOL.ICMPV6 ? ip!.pseudoSum(protocol, end - start) : 0;
      writeU16(bytes, start + 2, internetChecksum(bytes, start, end, sum));
    },
  };
}
