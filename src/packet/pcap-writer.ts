import { checkRange } from "./check-range.ts";
import { PCAP_HEADER, PCAP_MAGIC, PCAP_RECORD } from "./pcap-format.ts";

const BILLION = 1_000_000_000n;
/** As tcpdump writes it. */
const DEFAULT_SNAP_LENGTH = 262_144;

/** How a pcap file is begun. */
export interface PcapWriterInit {
  /** A number of LINK_TYPE or another: one for the whole file. */
  readonly linkType: number;
  /** Whether times have nanoseconds, and not microseconds, which older readers want. Default true. */
  readonly nanoseconds?: boolean;
  /** The most bytes that are kept of a packet. Default 262,144. Longer packets are cut here. */
  readonly snapLength?: number;
}

/** Writes the classic pcap format: each call hands a whole piece to `emit`, whose bytes are then the receiver's. pcapng says more; this one is read by everything. */
export class PcapWriter {
  private readonly emit: (bytes: Uint8Array) => void;
  private readonly nanoseconds: boolean;
  private readonly snapLength: number;

  /** Writes the head of the file. Throws RangeError. */
  constructor(emit: (bytes: Uint8Array) => void, init: PcapWriterInit) {
    this.emit = emit;
    this.nanoseconds = init.nanoseconds ?? true;
    this.snapLength = checkRange(init.snapLength ?? DEFAULT_SNAP_LENGTH, 0xffff_ffff, "snapLength");
    const header = new Uint8Array(PCAP_HEADER);
    const view = new DataView(header.buffer);
    view.setUint32(0, this.nanoseconds ? PCAP_MAGIC.NANOSECONDS : PCAP_MAGIC.MICROSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, this.snapLength, true);
    view.setUint32(20, checkRange(init.linkType, 65_535, "linkType"), true);
    emit(header);
  }

  /** Writes a packet; `timestamp` is in nanoseconds of Unix time. Throws RangeError for a time that the format cannot hold: before 1970, or after 2106. */
  packet(timestamp: bigint, data: Uint8Array, wireLength: number = data.length): void {
    const seconds = checkRange(Number(timestamp / BILLION), 0xffff_ffff, "the seconds of a timestamp");
    const fraction = Number(timestamp % BILLION);
    if (fraction < 0) throw new RangeError("a timestamp lies before 1970");
    const kept = Math.min(data.length, this.snapLength);
    const record = new Uint8Array(PCAP_RECORD + kept);
    const view = new DataView(record.buffer);
    view.setUint32(0, seconds, true);
    view.setUint32(4, this.nanoseconds ? fraction : Math.floor(fraction / 1000), true);
    view.setUint32(8, kept, true);
    view.setUint32(12, Math.max(data.length, wireLength), true);
    record.set(data.subarray(0, kept), PCAP_RECORD);
    this.emit(record);
  }
}
