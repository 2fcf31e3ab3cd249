import type { Origin } from "../../../http/client/index.ts";

/** Where an upstream listens. */
export interface DialAddress extends Origin {
  /** The host without brackets; the path of a socket. */
  readonly host: string;
  /** 0 for a socket's path. */
  readonly port: number;
}

/**
 * Reads Caddy's form of one upstream's address: `host:port`, `tcp/host:port`, `unix//run/app.sock`. A host without a port is refused, as is a
 * range of ports and what would need TLS or HTTP/2. Throws TypeError saying why.
 */
export function parseDialAddress(text: string): DialAddress {
  const slash = text.indexOf("/");
  const network = slash < 0 ? "tcp" : text.slice(0, slash);
  const rest = slash < 0 ? text : text.slice(slash + 1);
  if (text.includes("://")) throw wrong(text, "it is a host and port or unix//path, without a scheme");
  if (network === "unix") {
    if (rest === "") throw wrong(text, "the path of the socket is missing");
    return { network, address: rest, key: `unix ${rest}`, host: rest, port: 0 };
  }
  if (network !== "tcp" && network !== "tcp4" && network !== "tcp6") {
    throw wrong(text, `the network ${network} is not known here; use tcp, tcp4, tcp6 or unix`);
  }
  const at = hostAndPort(text, rest);
  return { network, key: `${network} ${at.address}`, ...at };
}

function hostAndPort(text: string, rest: string): { address: string; host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(rest);
  if (match === null) throw wrong(text, "write it as host:port, [IPv6]:port or unix//path");
  const port = Number(match[3]);
  if (port < 1 || port > 65535) throw wrong(text, "its port is not between 1 and 65535");
  const named = match[1] ?? match[2] ?? "";
  const host = named === "" ? "localhost" : named;
  return { address: match[1] === undefined ? `${host}:${port}` : `[${host}]:${port}`, host, port };
}

function wrong(text: string, reason: string): TypeError {
  return new TypeError(`the upstream address ${JSON.stringify(text)} cannot be used: ${reason}`);
}
