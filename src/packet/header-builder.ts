import { checkRange } from "./check-range.ts";

/** What a header is told about its neighbours when it is written. */
export interface BuildContext {
  /** The header behind it; absent before the payload. */
  readonly next: HeaderBuilder | undefined;
  /** The IP header that carries it, for checksums over a pseudo-header; absent outside IP. */
  readonly ip: IpBuilder | undefined;
}

/** A header that is to be written: made by `ethernet()`, `ipv4()`, `tcp()` and so on. */
export interface HeaderBuilder {
  /** Bytes of the header. */
  readonly length: number;
  /** What an Ethernet header calls it. */
  readonly etherType?: number;
  /** What an IP header calls it. */
  readonly ipProtocol?: number;
  /** Writes the header at `start` of zeroed bytes; what it carries stands there already, up to `end`. */
  write(bytes: Uint8Array, start: number, end: number, context: BuildContext): void;
}

/** A header of IP. */
export interface IpBuilder extends HeaderBuilder {
  /** The sum of its pseudo-header for what it carries (RFC 9293 section 3.1, RFC 8200 section 8.1). */
  pseudoSum(protocol: number, length: number): number;
}

/**
 * Writes a packet: headers from the outside in, and what the last one carries. Lengths, checksums and the numbers by which a header names the next one are worked out unless they were given.
 * Returns bytes owned by the caller. Throws RangeError where the parts don't fit together, such as a payload that is too long.
 *
 * @example
 * encodePacket([ipv4({ source, destination }), udp({ sourcePort: 5353, destinationPort: 53 })], query);
 */
export function encodePacket(headers: readonly HeaderBuilder[], payload: Uint8Array = EMPTY): Uint8Array {
  const total = headers.reduce((sum, header) => sum + header.length, payload.length);
  const bytes = new Uint8Array(total);
  let at = total - payload.length;
  bytes.set(payload, at);
  for (let i = headers.length - 1; i >= 0; i--) {
    const header = headers[i]!;
    at -= header.length;
    header.write(bytes, at, total, { next: headers[i + 1], ip: ipBefore(headers, i) });
  }
  return bytes;
}

const EMPTY = new Uint8Array(0);

function ipBefore(headers: readonly HeaderBuilder[], index: number): IpBuilder | undefined {
  for (let i = index - 1; i >= 0; i--) {
    const header = headers[i]!;
    if ("pseudoSum" in header) return header as IpBuilder;
  }
  return undefined;
}

/** The number by which a header names the next one: what was given, or what the next one says. Throws RangeError when neither does. */
export function nextNumber(
  given: number | undefined,
  next: HeaderBuilder | undefined,
  field: "etherType" | "ipProtocol",
  most: number,
): number {
  const value = given ?? next?.[field];
  if (value === undefined) throw new RangeError(`${field} must be given: no header that has one follows`);
  return checkRange(value, most, field);
}
