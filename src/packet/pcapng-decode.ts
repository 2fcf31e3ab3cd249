import { Addr } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { BLOCK, NAME_RECORD, OPTION, padded } from "./pcapng-format.ts";
import type {
  PacketDirection,
  PcapngBlock,
  PcapngInterface,
  PcapngNames,
  PcapngPacket,
  PcapngSection,
  PcapngStatistics,
} from "./pcapng-block.ts";
import { decodeOptions, optionText, optionU32, optionU64, optionValue, type PcapngOption } from "./pcapng-option.ts";
import { resolutionOf, ticksToNs } from "./timestamp.ts";

const BILLION = 1_000_000_000n;
/** Types and length stand before a block's body, the length once more behind it. */
const HEAD = 8;
const TAIL = 4;

/** The body of a block while it is read. */
class Body {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;

  constructor(block: Uint8Array, littleEndian: boolean) {
    this.bytes = block.subarray(HEAD, block.length - TAIL);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.littleEndian = littleEndian;
  }

  need(length: number, what: string): void {
    if (this.bytes.length < length) throw this.fault(0, `${what} is too short`);
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.littleEndian);
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  /** Two halves of a number of 64 bits, the high one first in either byte order. */
  halves(at: number): bigint {
    return (BigInt(this.u32(at)) << 32n) | BigInt(this.u32(at + 4));
  }

  options(start: number): PcapngOption[] {
    return decodeOptions(this.view, start, this.littleEndian);
  }

  fault(offset: number, reason: string): ParseError {
    return new ParseError(this.bytes, offset + HEAD, reason);
  }
}

/** Decodes a whole block, whose length has been checked; `interfaces` are those of its section so far. Throws ParseError. */
export function decodeBlock(
  block: Uint8Array,
  littleEndian: boolean,
  interfaces: readonly PcapngInterface[],
): PcapngBlock {
  const body = new Body(block, littleEndian);
  const type = new DataView(block.buffer, block.byteOffset, 4).getUint32(0, littleEndian);
  switch (type) {
    case BLOCK.SECTION:
      return section(body);
    case BLOCK.INTERFACE:
      return interfaceOf(body, interfaces.length);
    case BLOCK.ENHANCED_PACKET:
      return enhancedPacket(body, interfaces);
    case BLOCK.SIMPLE_PACKET:
      return simplePacket(body, interfaces);
    case BLOCK.PACKET:
      return obsoletePacket(body, interfaces);
    case BLOCK.NAMES:
      return names(body);
    case BLOCK.STATISTICS:
      return statistics(body, interfaces);
    case BLOCK.SECRETS:
      return secrets(body);
    default:
      return { kind: "unknown", type, body: body.bytes };
  }
}

function section(body: Body): PcapngSection {
  body.need(16, "a section header");
  const major = body.u16(4);
  const minor = body.u16(6);
  if (major !== 1 || (minor !== 0 && minor !== 2)) throw body.fault(4, `version ${major}.${minor} is not known`);
  const length = body.view.getBigInt64(8, body.littleEndian);
  if (length < -1n) throw body.fault(8, `a section has no length of ${length}`);
  const options = body.options(16);
  return {
    kind: "section",
    littleEndian: body.littleEndian,
    major,
    minor,
    length: length === -1n ? undefined : length,
    hardware: optionText(options, OPTION.SECTION_HARDWARE),
    os: optionText(options, OPTION.SECTION_OS),
    application: optionText(options, OPTION.SECTION_APPLICATION),
    options,
  };
}

function interfaceOf(body: Body, id: number): PcapngInterface {
  body.need(8, "an interface description");
  const options = body.options(8);
  return {
    kind: "interface",
    id,
    linkType: body.u16(0),
    snapLength: body.u32(4),
    name: optionText(options, OPTION.INTERFACE_NAME),
    description: optionText(options, OPTION.INTERFACE_DESCRIPTION),
    resolution: resolutionOf(optionValue(options, OPTION.INTERFACE_RESOLUTION)?.[0]),
    offsetSeconds: BigInt.asIntN(64, optionU64(options, OPTION.INTERFACE_OFFSET, body.littleEndian) ?? 0n),
    options,
  };
}

function enhancedPacket(body: Body, interfaces: readonly PcapngInterface[]): PcapngPacket {
  body.need(20, "an enhanced packet");
  return packet(body, interfaceAt(body, interfaces, body.u32(0)), undefined);
}

function obsoletePacket(body: Body, interfaces: readonly PcapngInterface[]): PcapngPacket {
  body.need(20, "a packet");
  const drops = body.u16(2);
  return packet(body, interfaceAt(body, interfaces, body.u16(0)), drops === 0xffff ? undefined : BigInt(drops));
}

/** What enhanced and obsolete packets have in common: all but the first four bytes. */
function packet(body: Body, on: PcapngInterface, drops: bigint | undefined): PcapngPacket {
  const captured = body.u32(12);
  if (20 + captured > body.bytes.length) {
    throw body.fault(12, `a packet has ${captured} bytes captured, and ${body.bytes.length - 20} are there`);
  }
  const options = body.options(Math.min(body.bytes.length, 20 + padded(captured)));
  return {
    kind: "packet",
    interface: on,
    timestamp: timeOf(on, body.halves(4)),
    data: body.bytes.subarray(20, 20 + captured),
    wireLength: Math.max(captured, body.u32(16)),
    comments: commentsOf(options),
    direction: directionOf(optionU32(options, OPTION.PACKET_FLAGS, body.littleEndian)),
    dropped: drops ?? optionU64(options, OPTION.PACKET_DROPS, body.littleEndian),
    options,
  };
}

function simplePacket(body: Body, interfaces: readonly PcapngInterface[]): PcapngPacket {
  body.need(4, "a simple packet");
  const on = interfaceAt(body, interfaces, 0);
  const wireLength = body.u32(0);
  const captured = on.snapLength === 0 ? wireLength : Math.min(wireLength, on.snapLength);
  if (4 + captured > body.bytes.length) {
    throw body.fault(0, `a packet has ${captured} bytes captured, and ${body.bytes.length - 4} are there`);
  }
  const data = body.bytes.subarray(4, 4 + captured);
  return {
    kind: "packet",
    interface: on,
    timestamp: undefined,
    data,
    wireLength,
    comments: [],
    direction: undefined,
    dropped: undefined,
    options: [],
  };
}

function names(body: Body): PcapngNames {
  const found: { addr: Addr; names: string[] }[] = [];
  let at = 0;
  for (;;) {
    body.need(at + 4, "a name resolution block");
    const type = body.u16(at);
    const length = body.u16(at + 2);
    const value = body.bytes.subarray(at + 4, at + 4 + length);
    if (value.length < length) throw body.fault(at, "a name record is cut off");
    at += 4 + padded(length);
    if (type === NAME_RECORD.END) break;
    const size = type === NAME_RECORD.IPV4 ? 4 : type === NAME_RECORD.IPV6 ? 16 : undefined;
    if (size === undefined) continue;
    if (length < size) throw body.fault(at, "a name record has no room for its address");
    found.push({ addr: Addr.fromBytes(value.subarray(0, size)), names: namesIn(value.subarray(size)) });
  }
  return { kind: "names", names: found, options: body.options(at) };
}

/** Names that end with a zero byte each. */
function namesIn(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split("\0")
    .filter((name) => name !== "");
}

function statistics(body: Body, interfaces: readonly PcapngInterface[]): PcapngStatistics {
  body.need(12, "interface statistics");
  const on = interfaceAt(body, interfaces, body.u32(0));
  const options = body.options(12);
  return {
    kind: "statistics",
    interface: on,
    timestamp: timeOf(on, body.halves(4)),
    received: optionU64(options, OPTION.STATISTICS_RECEIVED, body.littleEndian),
    dropped: optionU64(options, OPTION.STATISTICS_DROPPED, body.littleEndian),
    options,
  };
}

function secrets(body: Body): PcapngBlock {
  body.need(8, "a decryption secrets block");
  const length = body.u32(4);
  if (8 + length > body.bytes.length) throw body.fault(4, `there are no ${length} bytes of secrets`);
  const options = body.options(Math.min(body.bytes.length, 8 + padded(length)));
  return { kind: "secrets", secretsType: body.u32(0), data: body.bytes.subarray(8, 8 + length), options };
}

function interfaceAt(body: Body, interfaces: readonly PcapngInterface[], id: number): PcapngInterface {
  const found = interfaces[id];
  if (found === undefined) throw body.fault(0, `the interface ${id} was not described before`);
  return found;
}

function timeOf(on: PcapngInterface, ticks: bigint): bigint {
  return ticksToNs(ticks, on.resolution) + on.offsetSeconds * BILLION;
}

function commentsOf(options: readonly PcapngOption[]): string[] {
  return options.filter(({ code }) => code === OPTION.COMMENT).map(({ value }) => new TextDecoder().decode(value));
}

function directionOf(flags: number | undefined): PacketDirection | undefined {
  const bits = (flags ?? 0) & 3;
  return bits === 1 ? "inbound" : bits === 2 ? "outbound" : undefined;
}
