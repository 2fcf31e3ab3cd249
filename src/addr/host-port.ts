import { ParseError } from "../bytes/index.ts";

/** A host and a port as they stand in a text; neither is checked further. */
export interface HostPort {
  /** A name, an IPv4 address, or an IPv6 address without its brackets; may be empty. */
  readonly host: string;
  /** A number or a service name; may be empty. */
  readonly port: string;
}

/**
 * Splits "host:port", "[host]:port" or ":port" as Go's net.SplitHostPort does. Throws ParseError without a port, with stray brackets or with
 * colons that need them.
 */
export function splitHostPort(text: string): HostPort {
  const colon = text.lastIndexOf(":");
  if (colon < 0) throw new ParseError(text, text.length, "the port is missing: write host:port");
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) throw new ParseError(text, 0, "the bracket [ is not closed");
    if (end + 1 === text.length) throw new ParseError(text, text.length, "the port is missing: write [host]:port");
    if (end + 1 !== colon) throw new ParseError(text, end + 1, "after ] comes a colon and the port, nothing else");
    const host = text.slice(1, end);
    checkBrackets(text, host + text.slice(colon + 1));
    return { host, port: text.slice(colon + 1) };
  }
  const host = text.slice(0, colon);
  if (host.includes(":"))
    throw new ParseError(text, host.indexOf(":"), "too many colons: write an IPv6 address in brackets, [::1]:80");
  checkBrackets(text, text);
  return { host, port: text.slice(colon + 1) };
}

/** Joins a host and a port, with brackets around a host that has colons. */
export function joinHostPort(host: string, port: string | number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function checkBrackets(text: string, part: string): void {
  if (part.includes("[") || part.includes("]")) throw new ParseError(text, 0, "a bracket stands in the wrong place");
}
