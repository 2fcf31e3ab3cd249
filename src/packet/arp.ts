import { Addr, Mac } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import type { HeaderBuilder } from "./header-builder.ts";
import { Layer, needHeader, readU16, writeU16 } from "./layer.ts";

const LENGTH = 28;
const HARDWARE_ETHERNET = 1;

/** What an ARP packet asks or tells. */
export const ARP_OPERATION = { REQUEST: 1, REPLY: 2 } as const;

/** ARP for IPv4 over Ethernet (RFC 826). */
export class Arp extends Layer {
  readonly kind = "arp";

  /** A number of ARP_OPERATION or another. */
  get operation(): number {
    return this.u16(6);
  }

  get senderMac(): Mac {
    return Mac.fromBytes(this.bytes.subarray(this.start + 8, this.start + 14));
  }

  get sender(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 14, this.start + 18));
  }

  get targetMac(): Mac {
    return Mac.fromBytes(this.bytes.subarray(this.start + 18, this.start + 24));
  }

  get target(): Addr {
    return Addr.fromBytes(this.bytes.subarray(this.start + 24, this.start + 28));
  }
}

/** Reads an ARP packet; it carries nothing, and padding behind it is left out. Throws ParseError, also for other hardware and protocols. */
export function decodeArp(bytes: Uint8Array, start = 0, end: number = bytes.length): Arp {
  needHeader(bytes, start, end, LENGTH, "an ARP packet");
  const hardware = readU16(bytes, start);
  const protocol = readU16(bytes, start + 2);
  if (hardware !== HARDWARE_ETHERNET || protocol !== ETHER_TYPE.IPV4 || readU16(bytes, start + 4) !== 0x0604) {
    throw new ParseError(bytes, start, `this ARP packet is not for IPv4 over Ethernet (${hardware}, ${protocol})`);
  }
  return new Arp(bytes, start, start + LENGTH, start + LENGTH);
}

/** What an ARP packet is made of. */
export interface ArpInit {
  /** A number of ARP_OPERATION. */
  readonly operation: number;
  readonly senderMac: Mac;
  readonly sender: Addr;
  /** Default: zeros, as a request has them. */
  readonly targetMac?: Mac;
  readonly target: Addr;
}

/** An ARP packet for `encodePacket`, behind an Ethernet header. Throws RangeError. */
export function arp(init: ArpInit): HeaderBuilder {
  if (init.sender.version !== 4 || init.target.version !== 4) throw new RangeError("ARP is for IPv4 addresses");
  return {
    length: LENGTH,
    etherType: ETHER_TYPE.ARP,
    write(bytes, start) {
      writeU16(bytes, start, HARDWARE_ETHERNET);
      writeU16(bytes, start + 2, ETHER_TYPE.IPV4);
      writeU16(bytes, start + 4, 0x0604);
      writeU16(bytes, start + 6, checkRange(init.operation, 65_535, "operation"));
      bytes.set(init.senderMac.toBytes(), start + 8);
      bytes.set(init.sender.toBytes(), start + 14);
      if (init.targetMac !== undefined) bytes.set(init.targetMac.toBytes(), start + 18);
      bytes.set(init.target.toBytes(), start + 24);
    },
  };
}
