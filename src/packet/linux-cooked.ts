import { Layer, needHeader } from "./layer.ts";

const SLL = 16;
const SLL2 = 20;

/** The pseudo-header of Linux "cooked" captures, as of `-i any`: version 1 (LINKTYPE_LINUX_SLL) or 2 (LINKTYPE_LINUX_SLL2). */
export class LinuxCooked extends Layer {
  readonly kind = "linux-cooked";
  readonly version: 1 | 2;

  constructor(bytes: Uint8Array, start: number, end: number, version: 1 | 2) {
    super(bytes, start, start + (version === 1 ? SLL : SLL2), end);
    this.version = version;
  }

  /** 0: to this machine, 1: broadcast, 2: multicast, 3: to another machine, 4: sent by this machine. */
  get packetType(): number {
    return this.version === 1 ? this.u16(0) : this.u8(10);
  }

  /** The kind of the device, as Linux numbers it (ARPHRD_…): 1 Ethernet, 772 loopback. */
  get deviceType(): number {
    return this.version === 1 ? this.u16(2) : this.u16(8);
  }

  /** The number of the interface; version 1 does not tell it. */
  get interfaceIndex(): number | undefined {
    return this.version === 1 ? undefined : this.u32(4);
  }

  /** The sender's link-layer address, at most 8 bytes of it; borrowed. */
  get address(): Uint8Array {
    const at = this.start + (this.version === 1 ? 6 : 12);
    const length = this.version === 1 ? this.u16(4) : this.u8(11);
    return this.bytes.subarray(at, at + Math.min(8, length));
  }

  /** What it carries: a number of ETHER_TYPE or another. */
  get etherType(): number {
    return this.version === 1 ? this.u16(14) : this.u16(0);
  }
}

/** Reads the pseudo-header of a Linux cooked capture. Throws ParseError. */
export function decodeLinuxCooked(
  bytes: Uint8Array,
  version: 1 | 2,
  start = 0,
  end: number = bytes.length,
): LinuxCooked {
  needHeader(bytes, start, end, version === 1 ? SLL : SLL2, "a Linux cooked header");
  return new LinuxCooked(bytes, start, end, version);
}
