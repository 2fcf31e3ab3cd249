import { Addr, AddrPort, tryParsePort } from "../addr/index.ts";
import { NetError } from "./net-error.ts";

/** Where to connect from. */
export interface SourceAddress {
  /** undefined: any address of the target's family. */
  readonly addr: Addr | undefined;
  /** 0: any free one. */
  readonly port: number;
}

/** Reads the `localAddress` of a dial: an address, an address and port, or ":port". Throws NetError EINVAL. */
export function sourceAddress(text: string, network: string, address: string): SourceAddress {
  const addr = Addr.tryParse(text);
  if (addr !== undefined) return { addr: addr.unmap(), port: 0 };
  const both = AddrPort.tryParse(text);
  if (both !== undefined) return { addr: both.addr.unmap(), port: both.port };
  const port = text.startsWith(":") ? tryParsePort(text.slice(1)) : undefined;
  if (port !== undefined) return { addr: undefined, port };
  const hint = `the local address ${JSON.stringify(text)} is no IP address of this machine, with or without a port`;
  throw new NetError({ op: "dial", network, address, code: "EINVAL", hint });
}

/** The source for a target of a family. */
export function sourceFor(source: SourceAddress | undefined, family: 4 | 6): AddrPort | undefined {
  if (source === undefined) return undefined;
  return new AddrPort(source.addr ?? (family === 4 ? Addr.anyV4 : Addr.anyV6), source.port);
}
