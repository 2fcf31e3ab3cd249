import { Mac } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { checkRange } from "./check-range.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import { type HeaderBuilder, nextNumber } from "./header-builder.ts";
import { Layer, needHeader, readU16, writeU16 } from "./layer.ts";

const HEADER = 14;
const TAG = 4;
/** Below it, the field is IEEE 802.3's length and not a type. */
const LEAST_TYPE = 0x0600;

/** An Ethernet header: Ethernet II, or IEEE 802.3 whose field is a length. */
export class Ethernet extends Layer {
  readonly kind = "ethernet";

  get destination(): Mac {
    return Mac.fromBytes(this.bytes.subarray(this.start, this.start + 6));
  }

  get source(): Mac {
    return Mac.fromBytes(this.bytes.subarray(this.start + 6, this.start + 12));
  }

  /** What it carries: a number of ETHER_TYPE or another; undefined in an IEEE 802.3 frame, whose payload is LLC. */
  get etherType(): number | undefined {
    const field = this.u16(12);
    return field < LEAST_TYPE ? undefined : field;
  }
}

/** Reads an Ethernet header. Padding behind an IEEE 802.3 payload is left out. Throws ParseError. */
export function decodeEthernet(bytes: Uint8Array, start = 0, end: number = bytes.length): Ethernet {
  needHeader(bytes, start, end, HEADER, "an Ethernet header");
  const field = readU16(bytes, start + 12);
  if (field >= LEAST_TYPE) return new Ethernet(bytes, start, start + HEADER, end);
  if (start + HEADER + field > end) {
    throw new ParseError(
      bytes,
      start + 12,
      `the frame's length is ${field}, and ${end - start - HEADER} bytes are there`,
    );
  }
  return new Ethernet(bytes, start, start + HEADER, start + HEADER + field);
}

/** A VLAN tag (IEEE 802.1Q), behind an Ethernet header or another tag. */
export class VlanTag extends Layer {
  readonly kind = "vlan";

  /** The VLAN's number, 0 to 4,095. */
  get vlan(): number {
    return this.u16(0) & 0xfff;
  }

  /** Priority code point, 0 to 7. */
  get priority(): number {
    return this.u8(0) >>> 5;
  }

  get dropEligible(): boolean {
    return (this.u8(0) & 0x10) !== 0;
  }

  /** What follows it; undefined where an IEEE 802.3 length stands. */
  get etherType(): number | undefined {
    const field = this.u16(2);
    return field < LEAST_TYPE ? undefined : field;
  }
}

/** Reads a VLAN tag. Throws ParseError. */
export function decodeVlanTag(bytes: Uint8Array, start = 0, end: number = bytes.length): VlanTag {
  needHeader(bytes, start, end, TAG, "a VLAN tag");
  return new VlanTag(bytes, start, start + TAG, end);
}

/** What an Ethernet header is made of. */
export interface EthernetInit {
  readonly source: Mac;
  readonly destination: Mac;
  /** Default: what the next header says. */
  readonly etherType?: number;
}

/** An Ethernet header for `encodePacket`: no padding to 60 bytes and no frame check sequence, as in a capture. Throws RangeError. */
export function ethernet(init: EthernetInit): HeaderBuilder {
  const source = init.source.toBytes();
  const destination = init.destination.toBytes();
  if (source.length !== 6 || destination.length !== 6) throw new RangeError("Ethernet addresses have 6 bytes");
  return {
    length: HEADER,
    write(bytes, start, _end, { next }) {
      bytes.set(destination, start);
      bytes.set(source, start + 6);
      writeU16(bytes, start + 12, nextNumber(init.etherType, next, "etherType", 65_535));
    },
  };
}

/** What a VLAN tag is made of. */
export interface VlanInit {
  /** 0 to 4,095. */
  readonly vlan: number;
  /** Default 0. */
  readonly priority?: number;
  readonly dropEligible?: boolean;
  /** Whether it is the outer tag of QinQ (IEEE 802.1ad). Default false. */
  readonly service?: boolean;
  /** What follows. Default: what the next header says. */
  readonly etherType?: number;
}

/** A VLAN tag for `encodePacket`. Throws RangeError. */
export function vlan(init: VlanInit): HeaderBuilder {
  const priority = checkRange(init.priority ?? 0, 7, "priority") << 13;
  const field = priority | (init.dropEligible === true ? 0x1000 : 0) | checkRange(init.vlan, 4095, "vlan");
  return {
    length: TAG,
    etherType: init.service === true ? ETHER_TYPE.SERVICE_VLAN : ETHER_TYPE.VLAN,
    write(bytes, start, _end, { next }) {
      writeU16(bytes, start, field);
      writeU16(bytes, start + 2, nextNumber(init.etherType, next, "etherType", 65_535));
    },
  };
}
