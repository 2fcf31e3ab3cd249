import { ParseError } from "../bytes/index.ts";
import { Framer, type Framing } from "./framer.ts";
import { PCAP_HEADER, PCAP_MAGIC, PCAP_RECORD } from "./pcap-format.ts";

const DEFAULT_MAX_PACKET = 16 * 1024 * 1024;
const BILLION = 1_000_000_000n;

/** How a file is read. */
export interface PcapReaderOptions {
  /** The longest captured packet that is taken, in bytes. Default 16 MiB. A longer one is an error and never allocated. */
  readonly maxPacket?: number;
}

/** What a pcap file says of all its packets. */
export interface PcapHeader {
  /** A number of LINK_TYPE or another. */
  readonly linkType: number;
  /** The most bytes that were kept of a packet; 0: no limit. */
  readonly snapLength: number;
  /** Whether its times have nanoseconds, and not microseconds. */
  readonly nanoseconds: boolean;
  readonly littleEndian: boolean;
}

/** A packet of a pcap file. */
export interface PcapPacket {
  /** Nanoseconds of Unix time. */
  readonly timestamp: bigint;
  /** What was captured: a view of what was pushed, or owned where it came in pieces. */
  readonly data: Uint8Array;
  /** Its length on the wire. */
  readonly wireLength: number;
}

class PcapFraming implements Framing {
  header: PcapHeader | undefined = undefined;
  packets: PcapPacket[] = [];
  private readonly maxPacket: number;

  constructor(maxPacket: number) {
    this.maxPacket = maxPacket;
  }

  headLength(): number {
    return this.header === undefined ? PCAP_HEADER : PCAP_RECORD;
  }

  frameLength(head: Uint8Array): number {
    if (this.header === undefined) return PCAP_HEADER;
    const captured = viewOf(head).getUint32(8, this.header.littleEndian);
    if (captured <= this.maxPacket) return PCAP_RECORD + captured;
    throw new ParseError(head, 8, `a packet of ${captured} bytes is longer than the limit of ${this.maxPacket}`);
  }

  frame(frame: Uint8Array): void {
    if (this.header === undefined) this.header = decodeHeader(frame);
    else this.packets.push(decodeRecord(frame, this.header));
  }
}

function decodeHeader(bytes: Uint8Array): PcapHeader {
  const view = viewOf(bytes);
  const littleEndian = isMagic(view.getUint32(0, true));
  const magic = view.getUint32(0, littleEndian);
  if (!isMagic(magic)) throw new ParseError(bytes, 0, "this is no pcap file");
  const major = view.getUint16(4, littleEndian);
  if (major !== 2) throw new ParseError(bytes, 4, `version ${major} is not known`);
  return {
    // The upper half may tell the length of a frame check sequence.
    linkType: view.getUint32(20, littleEndian) & 0xffff,
    snapLength: view.getUint32(16, littleEndian),
    nanoseconds: magic === PCAP_MAGIC.NANOSECONDS,
    littleEndian,
  };
}

function decodeRecord(bytes: Uint8Array, header: PcapHeader): PcapPacket {
  const view = viewOf(bytes);
  const fraction = BigInt(view.getUint32(4, header.littleEndian)) * (header.nanoseconds ? 1n : 1000n);
  return {
    timestamp: BigInt(view.getUint32(0, header.littleEndian)) * BILLION + fraction,
    data: bytes.subarray(PCAP_RECORD),
    wireLength: Math.max(bytes.length - PCAP_RECORD, view.getUint32(12, header.littleEndian)),
  };
}

function isMagic(value: number): boolean {
  return value === PCAP_MAGIC.MICROSECONDS || value === PCAP_MAGIC.NANOSECONDS;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Reads the classic pcap format as it comes, with microseconds or nanoseconds, in either byte order. It holds one packet at most, and of that no more than has come. */
export class PcapReader {
  private readonly framing: PcapFraming;
  private readonly framer: Framer;

  constructor(options?: PcapReaderOptions) {
    this.framing = new PcapFraming(options?.maxPacket ?? DEFAULT_MAX_PACKET);
    this.framer = new Framer(this.framing);
  }

  /** Undefined until its 24 bytes have come. */
  get header(): PcapHeader | undefined {
    return this.framing.header;
  }

  /** Takes a piece of a file and returns the packets that are whole with it. Throws ParseError when the file is wrong, at each call after it too; packets before the fault can be had by `rest`. */
  push(chunk: Uint8Array): PcapPacket[] {
    this.framer.push(chunk);
    return this.rest();
  }

  /** The file is over. Throws ParseError when it ends inside a packet, or nothing was in it. */
  end(): void {
    this.framer.end();
  }

  /** After `push` has thrown: the packets that came whole before the fault. */
  rest(): PcapPacket[] {
    const { packets } = this.framing;
    this.framing.packets = [];
    return packets;
  }
}
