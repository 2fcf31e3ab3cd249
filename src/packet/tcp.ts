import { internetChecksum, ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import type { HeaderBuilder } from "./header-builder.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { Layer, needHeader, writeU16, writeU32 } from "./layer.ts";
import { decodeTcpOptions, encodeTcpOptions, type TcpOption } from "./tcp-option.ts";

const MIN_HEADER = 20;

/** The flags of a TCP header as bits. */
export const TCP_FLAGS = {
  FIN: 0x001,
  SYN: 0x002,
  RST: 0x004,
  PSH: 0x008,
  ACK: 0x010,
  URG: 0x020,
  ECE: 0x040,
  CWR: 0x080,
  /** Accurate ECN (RFC 9768), once NS. */
  AE: 0x100,
} as const;

/** TCP (RFC 9293). */
export class Tcp extends Layer {
  readonly kind = "tcp";

  get sourcePort(): number {
    return this.u16(0);
  }

  get destinationPort(): number {
    return this.u16(2);
  }

  get sequence(): number {
    return this.u32(4);
  }

  get acknowledgment(): number {
    return this.u32(8);
  }

  /** Bits of TCP_FLAGS. */
  get flags(): number {
    return this.u16(12) & 0x1ff;
  }

  has(flag: keyof typeof TCP_FLAGS): boolean {
    return (this.flags & TCP_FLAGS[flag]) !== 0;
  }

  /** As the header says, not scaled. */
  get window(): number {
    return this.u16(14);
  }

  get checksum(): number {
    return this.u16(16);
  }

  get urgentPointer(): number {
    return this.u16(18);
  }

  /** Its options, without padding. Throws ParseError where they don't hold together. */
  get options(): readonly TcpOption[] {
    return decodeTcpOptions(this.bytes, this.start + MIN_HEADER, this.payloadStart);
  }
}

/** Reads a TCP header. `end` is where the IP payload ends on the wire. Throws ParseError. */
export function decodeTcp(bytes: Uint8Array, start = 0, end: number = bytes.length): Tcp {
  needHeader(bytes, start, end, MIN_HEADER, "a TCP header");
  const header = (bytes[start + 12]! >>> 4) * 4;
  if (header < MIN_HEADER) throw new ParseError(bytes, start + 12, `a TCP header of ${header} bytes is too short`);
  needHeader(bytes, start, end, header, "a TCP header with options");
  return new Tcp(bytes, start, start + header, end);
}

/** What a TCP header is made of. */
export interface TcpInit {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** Default 0. */
  readonly acknowledgment?: number;
  /** Bits of TCP_FLAGS. Default: none. */
  readonly flags?: number;
  /** Not scaled. Default 65,535. */
  readonly window?: number;
  readonly urgentPointer?: number;
  readonly options?: readonly TcpOption[];
}

/** A TCP header for `encodePacket`. Throws RangeError. */
export function tcp(init: TcpInit): HeaderBuilder {
  const options = encodeTcpOptions(init.options ?? []);
  const length = MIN_HEADER + options.length;
  return {
    length,
    ipProtocol: IP_PROTOCOL.TCP,
    write(bytes, start, end, { ip }) {
      if (ip === undefined) throw new RangeError("a checksum needs the IP header in front");
      writeU16(bytes, start, checkRange(init.sourcePort, 65_535, "sourcePort"));
      writeU16(bytes, start + 2, checkRange(init.destinationPort, 65_535, "destinationPort"));
      writeU32(bytes, start + 4, checkRange(init.sequence, 0xffff_ffff, "sequence"));
      writeU32(bytes, start + 8, checkRange(init.acknowledgment ?? 0, 0xffff_ffff, "acknowledgment"));
      writeU16(bytes, start + 12, ((length / 4) << 12) | checkRange(init.flags ?? 0, 0x1ff, "flags"));
      writeU16(bytes, start + 14, checkRange(init.window ?? 65_535, 65_535, "window"));
      writeU16(bytes, start + 18, checkRange(init.urgentPointer ?? 0, 65_535, "urgentPointer"));
      bytes.set(options, start + MIN_HEADER);
      const sum = ip.pseudoSum(IP_PROTOCOL.TCP, end - start);
      writeU16(bytes, start + 16, internetChecksum(bytes, start, end, sum));
    },
  };
}
