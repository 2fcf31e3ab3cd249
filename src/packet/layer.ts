import { ParseError } from "../bytes/index.ts";

/** Bytes that are missing because the capture was cut at its snapshot length, and not because the packet is wrong. */
export class TruncatedError extends ParseError {}

/**
 * One layer of a packet: a view of its header and what it carries, decoded when asked for. Nothing is copied: the bytes are borrowed from whoever gave them, and a layer is
 * valid as long as they are unchanged.
 */
export abstract class Layer {
  /** The whole packet as captured. */
  readonly bytes: Uint8Array;
  /** Where the header begins. */
  readonly start: number;
  /** Where what it carries begins. */
  readonly payloadStart: number;
  /** Where what it carries ends on the wire: beyond `bytes` in a capture that was cut. Padding behind it is not in it. */
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, payloadStart: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.payloadStart = payloadStart;
    this.end = end;
  }

  /** "ethernet", "ipv4", "tcp" … */
  abstract readonly kind: string;

  /** The header's bytes, borrowed. */
  get header(): Uint8Array {
    return this.bytes.subarray(this.start, this.payloadStart);
  }

  /** What it carries, as far as it was captured; borrowed. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadStart, this.end);
  }

  /** Length on the wire of what it carries. */
  get payloadLength(): number {
    return this.end - this.payloadStart;
  }

  /** Whether the capture ends before the layer does. */
  get truncated(): boolean {
    return this.end > this.bytes.length;
  }

  protected u8(offset: number): number {
    return this.bytes[this.start + offset]!;
  }

  protected u16(offset: number): number {
    return readU16(this.bytes, this.start + offset);
  }

  protected u32(offset: number): number {
    return readU32(this.bytes, this.start + offset);
  }
}

/** Checks that a header of `length` bytes is there. Throws ParseError when the packet has no room for it, TruncatedError when the capture was cut before it. */
export function needHeader(bytes: Uint8Array, start: number, end: number, length: number, name: string): void {
  if (start + length > end) {
    throw new ParseError(bytes, start, `${name} needs ${length} bytes, and ${Math.max(0, end - start)} are left`);
  }
  if (start + length > bytes.length) {
    throw new TruncatedError(bytes, start, `the capture was cut inside ${name}`);
  }
}

/** Two bytes in network order. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Four bytes in network order. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Writes two bytes in network order. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes four bytes in network order. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16);
  writeU16(bytes, at + 2, value & 0xffff);
}
