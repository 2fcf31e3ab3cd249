import { ParseError } from "../bytes/index.ts";
import { tryParsePort } from "./addr-port.ts";
import { inspectedAsText } from "./inspected.ts";

/** Who hands a port out: IANA by standards, IANA on request, or the system to whoever asks for any (RFC 6335 section 6). */
export type PortKind = "system" | "user" | "dynamic";

/** In which of RFC 6335's ranges a port lies: system 0 to 1023, user to 49,151, dynamic to 65,535. */
export function portKind(port: number): PortKind {
  if (port < 1024) return "system";
  return port < 49_152 ? "user" : "dynamic";
}

/**
 * Ports from a first to a last one, both included. Immutable.
 *
 * @example
 * PortRange.parse("8000-8010").contains(8005); // true
 */
export class PortRange {
  static {
    inspectedAsText(PortRange);
  }

  /** 0 to 1023: named by standards; to listen on one often takes a privilege. */
  static readonly system: PortRange = new PortRange(0, 1023);
  /** 1024 to 49,151: registered by IANA on request. */
  static readonly user: PortRange = new PortRange(1024, 49_151);
  /** 49,152 to 65,535: never registered, for ports that live as long as a connection. */
  static readonly dynamic: PortRange = new PortRange(49_152, 65_535);
  /** The lowest port. */
  readonly first: number;
  /** The highest port, `first` or above it. */
  readonly last: number;

  /** Throws RangeError on a port out of range, or when the last stands before the first. */
  constructor(first: number, last: number = first) {
    for (const port of [first, last]) {
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new RangeError(`a port is a number from 0 to 65535, not ${port}`);
    }
    if (last < first) throw new RangeError(`a range of ports goes upwards, not from ${first} to ${last}`);
    this.first = first;
    this.last = last;
  }

  /** Reads "8000-8010" or "80". Throws ParseError; signs, spaces and ranges that go down are refused. */
  static parse(text: string): PortRange {
    const dash = text.indexOf("-");
    const first = parsePort(text, 0, dash < 0 ? text.length : dash);
    const last = dash < 0 ? first : parsePort(text, dash + 1, text.length);
    if (last < first) throw new ParseError(text, dash + 1, `the range goes down: ${last} is below ${first}`);
    return new PortRange(first, last);
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): PortRange | undefined {
    try {
      return PortRange.parse(text);
    } catch {
      return undefined;
    }
  }

  /** How many ports it has, at least 1. */
  get size(): number {
    return this.last - this.first + 1;
  }

  contains(port: number): boolean {
    return port >= this.first && port <= this.last;
  }

  /** Whether the two share a port. */
  overlaps(other: PortRange): boolean {
    return this.first <= other.last && other.first <= this.last;
  }

  /** Negative, 0 or positive: by the first port, then by the last. */
  compare(other: PortRange): number {
    return this.first - other.first || this.last - other.last;
  }

  equals(other: PortRange): boolean {
    return this.compare(other) === 0;
  }

  /** Its ports, upwards. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let port = this.first; port <= this.last; port++) yield port;
  }

  toString(): string {
    return this.first === this.last ? `${this.first}` : `${this.first}-${this.last}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

function parsePort(text: string, start: number, end: number): number {
  const port = tryParsePort(text.slice(start, end));
  if (port === undefined)
    throw new ParseError(
      text,
      start,
      `the port ${JSON.stringify(text.slice(start, end))} is no number from 0 to 65535`,
    );
  return port;
}
