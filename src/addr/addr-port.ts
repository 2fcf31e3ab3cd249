import { ParseError } from "../bytes/index.ts";
import { Addr } from "./addr.ts";
import { splitHostPort } from "./host-port.ts";
import { inspectedAsText } from "./inspected.ts";

/** An IP address and a port. Immutable. */
export class AddrPort {
  static {
    inspectedAsText(AddrPort);
  }

  readonly addr: Addr;
  /** 0 to 65,535. */
  readonly port: number;

  /** Throws RangeError on a port out of range. */
  constructor(addr: Addr, port: number) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new RangeError(`a port is a number from 0 to 65535, not ${port}`);
    this.addr = addr;
    this.port = port;
  }

  /** Reads "1.2.3.4:80" or "[::1]:80". Throws ParseError. */
  static parse(text: string): AddrPort {
    const { host, port } = splitHostPort(text);
    const number = tryParsePort(port);
    if (number === undefined)
      throw new ParseError(
        text,
        text.length - port.length,
        `the port ${JSON.stringify(port)} is no number from 0 to 65535`,
      );
    const addr = parseHost(text, host);
    if ((addr.version === 6) !== text.startsWith("["))
      throw new ParseError(text, 0, "brackets belong around IPv6 addresses, and only there");
    return new AddrPort(addr, number);
  }

  /** The same, with undefined for what is none. */
  static tryParse(text: string): AddrPort | undefined {
    try {
      return AddrPort.parse(text);
    } catch {
      return undefined;
    }
  }

  /** The same with the IPv4 address inside a mapped one; any other as it is. */
  unmap(): AddrPort {
    return this.addr.is4in6 ? new AddrPort(this.addr.unmap(), this.port) : this;
  }

  /** Negative, 0 or positive: by address, then by port. */
  compare(other: AddrPort): number {
    return this.addr.compare(other.addr) || this.port - other.port;
  }

  equals(other: AddrPort): boolean {
    return this.compare(other) === 0;
  }

  toString(): string {
    return this.addr.version === 4 ? `${this.addr.toString()}:${this.port}` : `[${this.addr.toString()}]:${this.port}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The address in front of the port; what is wrong with it is told by its place in the whole text. */
function parseHost(text: string, host: string): Addr {
  try {
    return Addr.parse(host);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ParseError(text, error.offset + (text.startsWith("[") ? 1 : 0), error.reason);
  }
}

/** A port in decimal digits without sign or spaces, or undefined. */
export function tryParsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
