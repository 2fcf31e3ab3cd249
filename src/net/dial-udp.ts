import { Addr, AddrPort, splitHostPort } from "../addr/index.ts";
import { closeDescriptor, connectUdpSocket } from "../sys/index.ts";
import { lookupAddrs } from "./lookup-addrs.ts";
import { NetError } from "./net-error.ts";
import { openUdp } from "./open-udp.ts";
import { ipNetworkOf } from "./resolver.ts";
import { threadWheel } from "./runtime.ts";
import { portOf } from "./service-port.ts";
import { type SourceAddress, sourceAddress, sourceFor } from "./source-address.ts";
import { fromSystemError } from "./system-error.ts";
import { UdpConn } from "./udp-conn.ts";
import type { UdpDialOptions, UdpNetwork } from "./udp-options.ts";

/** Connects UDP to "host:port"; an empty host is this machine, the port may be the name of a service. Of a name's addresses the first that has a route is taken. */
export async function dialUdp(network: UdpNetwork, address: string, options: UdpDialOptions): Promise<UdpConn> {
  const { host, port: portText } = splitHostPort(address);
  const port = await portOf(portText, { op: "dial", network, address, protocol: "udp", least: 1 });
  const source = options.localAddress === undefined ? undefined : sourceAddress(options.localAddress, network, address);
  const addrs = (await targets(host, network, source, options)).filter((addr) => fits(addr, network, source));
  if (addrs.length === 0) throw new NetError({ op: "dial", network, address, code: "EAFNOSUPPORT" });
  let first: unknown;
  for (const addr of addrs) {
    try {
      return await connected(network, new AddrPort(addr, port), source, options);
    } catch (error) {
      first ??= error;
    }
  }
  throw fromSystemError(first, { op: "dial", network, address });
}

async function targets(
  host: string,
  network: UdpNetwork,
  source: SourceAddress | undefined,
  options: UdpDialOptions,
): Promise<readonly Addr[]> {
  if (host === "") {
    const isV6 = network === "udp6" || source?.addr?.version === 6;
    return [Addr.parse(isV6 ? "::1" : "127.0.0.1")];
  }
  const literal = Addr.tryParse(host);
  return literal === undefined ? lookupAddrs(host, ipNetworkOf(network), options) : [literal.unmap()];
}

function fits(addr: Addr, network: UdpNetwork, source: SourceAddress | undefined): boolean {
  if (network !== "udp" && network !== `udp${addr.version}`) return false;
  return source?.addr === undefined || source.addr.version === addr.version;
}

async function connected(
  network: UdpNetwork,
  remote: AddrPort,
  source: SourceAddress | undefined,
  options: UdpDialOptions,
): Promise<UdpConn> {
  const family = remote.addr.version;
  const fd = await openUdp(family, sourceFor(source, family), remote, options);
  try {
    connectUdpSocket(fd, remote);
    const { wheel = threadWheel() } = options;
    return new UdpConn({ network, fd, family, wheel, remote, tellsDestination: false });
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}
