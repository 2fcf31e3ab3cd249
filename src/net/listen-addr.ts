import { Addr } from "../addr/index.ts";
import { lookupAddrs } from "./lookup-addrs.ts";
import { ipNetworkOf } from "./resolver.ts";

/**
 * The address to listen on for the host of an address: that of a name is its first one, IPv4 before IPv6 as in Go. Undefined for an empty host, which is every
 * address of this machine. `network`: "tcp", "udp4" and the like, which says what a name is asked for. Throws NetError ENOTFOUND …
 */
export async function listenAddr(host: string, network: string): Promise<Addr | undefined> {
  if (host === "") return undefined;
  const literal = Addr.tryParse(host);
  if (literal !== undefined) return literal;
  const found = await lookupAddrs(host, ipNetworkOf(network));
  return found.find((addr) => addr.version === 4) ?? found[0];
}
