import type { Addr } from "../addr/index.ts";
import { checkRange } from "./check-range.ts";
import type { PacketDirection } from "./pcapng-block.ts";
import { BLOCK, BLOCK_OVERHEAD, BYTE_ORDER_MAGIC, NAME_RECORD, OPTION, padded } from "./pcapng-format.ts";
import { encodeOptions, type PcapngOption, textOption, u32Option, u64Option } from "./pcapng-option.ts";

const NANOSECONDS = 9;

/** How a section is begun. */
export interface PcapngSectionInit {
  readonly hardware?: string;
  readonly os?: string;
  /** The program that writes it. */
  readonly application?: string;
  readonly comment?: string;
  /** Default true. */
  readonly littleEndian?: boolean;
}

/** An interface to write packets of. */
export interface PcapngInterfaceInit {
  /** A number of LINK_TYPE or another. */
  readonly linkType: number;
  readonly name?: string;
  readonly description?: string;
  /** The most bytes that are kept of a packet; 0, the default: no limit. Longer packets are cut here. */
  readonly snapLength?: number;
}

/** A packet to write. */
export interface PcapngPacketInit {
  /** What `addInterface` returned. */
  readonly interface: number;
  /** Nanoseconds of Unix time. */
  readonly timestamp: bigint;
  readonly data: Uint8Array;
  /** Its length on the wire where `data` is less. Default: that of `data`. */
  readonly wireLength?: number;
  readonly comment?: string;
  readonly direction?: PacketDirection;
}

/** Counts of an interface to write. */
export interface PcapngStatisticsInit {
  readonly interface: number;
  /** Nanoseconds of Unix time. */
  readonly timestamp: bigint;
  readonly received?: bigint;
  readonly dropped?: bigint;
}

/**
 * Writes pcapng version 1.0: each call hands one whole block to `emit`, whose bytes are then the receiver's. Times are in nanoseconds. The section's length is left open, so that a file that was
 * cut off between two calls is whole.
 *
 * @example
 * const writer = new PcapngWriter((block) => file.write(block), { application: "netwright" });
 * const id = writer.addInterface({ linkType: LINK_TYPE.RAW, name: "tap" });
 * writer.packet({ interface: id, timestamp: 1_700_000_000_000_000_000n, data });
 */
export class PcapngWriter {
  private readonly emit: (block: Uint8Array) => void;
  private readonly littleEndian: boolean;
  private readonly snapLengths: number[] = [];

  /** Writes the head of the section. */
  constructor(emit: (block: Uint8Array) => void, section?: PcapngSectionInit) {
    this.emit = emit;
    this.littleEndian = section?.littleEndian ?? true;
    this.begin(section);
  }

  /** Describes an interface, before its first packet, and returns its number. Throws RangeError. */
  addInterface(init: PcapngInterfaceInit): number {
    const body = new Uint8Array(8);
    const view = new DataView(body.buffer);
    const snapLength = checkRange(init.snapLength ?? 0, 0xffff_ffff, "snapLength");
    view.setUint16(0, checkRange(init.linkType, 65_535, "linkType"), this.littleEndian);
    view.setUint32(4, snapLength, this.littleEndian);
    this.write(BLOCK.INTERFACE, body, undefined, [
      ...textOption(OPTION.INTERFACE_NAME, init.name),
      ...textOption(OPTION.INTERFACE_DESCRIPTION, init.description),
      { code: OPTION.INTERFACE_RESOLUTION, value: Uint8Array.of(NANOSECONDS) },
    ]);
    return this.snapLengths.push(snapLength) - 1;
  }

  /** Writes a packet (Enhanced Packet Block). Throws RangeError for an interface that was not added. */
  packet(init: PcapngPacketInit): void {
    const data = this.cut(init.interface, init.data);
    const body = new Uint8Array(20);
    const view = new DataView(body.buffer);
    view.setUint32(0, init.interface, this.littleEndian);
    this.setHalves(view, 4, init.timestamp);
    view.setUint32(12, data.length, this.littleEndian);
    view.setUint32(16, Math.max(init.data.length, init.wireLength ?? 0), this.littleEndian);
    const flags = init.direction === undefined ? undefined : init.direction === "inbound" ? 1 : 2;
    this.write(BLOCK.ENHANCED_PACKET, body, data, [
      ...textOption(OPTION.COMMENT, init.comment),
      ...u32Option(OPTION.PACKET_FLAGS, flags, this.littleEndian),
    ]);
  }

  /** Writes a packet of the first interface without a time (Simple Packet Block), the shortest there is. Throws RangeError when no interface was added. */
  simplePacket(data: Uint8Array): void {
    const body = new Uint8Array(4);
    new DataView(body.buffer).setUint32(0, data.length, this.littleEndian);
    this.write(BLOCK.SIMPLE_PACKET, body, this.cut(0, data), []);
  }

  /** Writes names of addresses (Name Resolution Block). */
  names(names: readonly { readonly addr: Addr; readonly names: readonly string[] }[]): void {
    const records = names.map(({ addr, names }) => this.nameRecord(addr, names));
    const body = new Uint8Array(records.reduce((sum, record) => sum + record.length, 4));
    let at = 0;
    for (const record of records) {
      body.set(record, at);
      at += record.length;
    }
    this.write(BLOCK.NAMES, body, undefined, []);
  }

  /** Writes what an interface counted (Interface Statistics Block). */
  statistics(init: PcapngStatisticsInit): void {
    this.cut(init.interface, new Uint8Array(0));
    const body = new Uint8Array(12);
    const view = new DataView(body.buffer);
    view.setUint32(0, init.interface, this.littleEndian);
    this.setHalves(view, 4, init.timestamp);
    this.write(BLOCK.STATISTICS, body, undefined, [
      ...u64Option(OPTION.STATISTICS_RECEIVED, init.received, this.littleEndian),
      ...u64Option(OPTION.STATISTICS_DROPPED, init.dropped, this.littleEndian),
    ]);
  }

  /** Writes keys (Decryption Secrets Block), with SECRETS_TYPE.TLS_KEY_LOG lines of an NSS key log. They must come before the packets that they decrypt. */
  secrets(secretsType: number, data: Uint8Array): void {
    const body = new Uint8Array(8);
    const view = new DataView(body.buffer);
    view.setUint32(0, checkRange(secretsType, 0xffff_ffff, "secretsType"), this.littleEndian);
    view.setUint32(4, data.length, this.littleEndian);
    this.write(BLOCK.SECRETS, body, data, []);
  }

  /** Writes a block of any type, as a reader gave it in `unknown`; the body is padded to a multiple of 4. */
  block(type: number, body: Uint8Array): void {
    this.write(checkRange(type, 0xffff_ffff, "type"), body, undefined, []);
  }

  private begin(init: PcapngSectionInit | undefined): void {
    const body = new Uint8Array(16);
    const view = new DataView(body.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, this.littleEndian);
    view.setUint16(4, 1, this.littleEndian);
    view.setBigInt64(8, -1n, this.littleEndian);
    this.write(BLOCK.SECTION, body, undefined, [
      ...textOption(OPTION.COMMENT, init?.comment),
      ...textOption(OPTION.SECTION_HARDWARE, init?.hardware),
      ...textOption(OPTION.SECTION_OS, init?.os),
      ...textOption(OPTION.SECTION_APPLICATION, init?.application),
    ]);
  }

  private cut(id: number, data: Uint8Array): Uint8Array {
    const snapLength = this.snapLengths[id];
    if (snapLength === undefined) throw new RangeError(`there is no interface ${id}: add it before`);
    return snapLength > 0 && data.length > snapLength ? data.subarray(0, snapLength) : data;
  }

  private nameRecord(addr: Addr, names: readonly string[]): Uint8Array {
    const text = new TextEncoder().encode(names.map((name) => `${name}\0`).join(""));
    const address = addr.toBytes();
    const length = checkRange(address.length + text.length, 65_535, "the length of a name record");
    const record = new Uint8Array(4 + padded(length));
    const view = new DataView(record.buffer);
    view.setUint16(0, addr.version === 4 ? NAME_RECORD.IPV4 : NAME_RECORD.IPV6, this.littleEndian);
    view.setUint16(2, length, this.littleEndian);
    record.set(address, 4);
    record.set(text, 4 + address.length);
    return record;
  }

  private setHalves(view: DataView, at: number, value: bigint): void {
    const whole = BigInt.asUintN(64, value);
    view.setUint32(at, Number(whole >> 32n), this.littleEndian);
    view.setUint32(at + 4, Number(whole & 0xffff_ffffn), this.littleEndian);
  }

  private write(type: number, fixed: Uint8Array, data: Uint8Array | undefined, options: readonly PcapngOption[]): void {
    const tail = encodeOptions(options, this.littleEndian);
    const dataAt = 8 + padded(fixed.length);
    const tailAt = dataAt + padded(data?.length ?? 0);
    const total = tailAt + tail.length + BLOCK_OVERHEAD - 8;
    const block = new Uint8Array(total);
    const view = new DataView(block.buffer);
    view.setUint32(0, type, this.littleEndian);
    view.setUint32(4, total, this.littleEndian);
    block.set(fixed, 8);
    if (data !== undefined) block.set(data, dataAt);
    block.set(tail, tailAt);
    view.setUint32(total - 4, total, this.littleEndian);
    this.emit(block);
  }
}
