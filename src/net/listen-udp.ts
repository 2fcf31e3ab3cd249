import { Addr, AddrPort, splitHostPort } from "../addr/index.ts";
import {
  closeDescriptor,
  ERRNO,
  lacksIpv6,
  receiveDestinations,
  socketFamily,
  SystemError,
  udpAddress,
} from "../sys/index.ts";
import { listenAddr } from "./listen-addr.ts";
import { openUdp } from "./open-udp.ts";
import { threadWheel } from "./runtime.ts";
import { portOf } from "./service-port.ts";
import { UdpConn } from "./udp-conn.ts";
import type { UdpListenOptions, UdpNetwork } from "./udp-options.ts";

/** A way to bind. */
interface Binding {
  readonly addr: Addr;
  readonly ipv6Only: boolean | undefined;
}

/** Listens for UDP on "host:port"; the port may be the name of a service, and none is any free one. */
export async function listenUdp(network: UdpNetwork, address: string, options: UdpListenOptions): Promise<UdpConn> {
  const fd = options.fd ?? (await bound(network, address, options));
  try {
    const family = socketFamily(fd);
    if (family === "unix") throw new SystemError("listen", ERRNO.EAFNOSUPPORT);
    return taken(network, fd, family, options);
  } catch (error) {
    if (options.fd === undefined) closeDescriptor(fd);
    throw error;
  }
}

function taken(network: UdpNetwork, fd: number, family: 4 | 6, options: UdpListenOptions): UdpConn {
  const { localAddress = true, wheel = threadWheel() } = options;
  const tellsDestination = localAddress && udpAddress(fd).addr.isUnspecified;
  if (tellsDestination) receiveDestinations(fd, family);
  return new UdpConn({ network, fd, family, wheel, remote: undefined, tellsDestination });
}

async function bound(network: UdpNetwork, address: string, options: UdpListenOptions): Promise<number> {
  const { host, port: portText } = splitHostPort(address);
  const of = { op: "listen", network, address, protocol: "udp", least: 0 } as const;
  const port = portText === "" ? 0 : await portOf(portText, of);
  const [first, second] = bindings(network, await listenAddr(host, network), options.ipv6Only);
  try {
    return await bindTo(first, port, options);
  } catch (error) {
    if (second === undefined || !lacksIpv6(error)) throw error;
    return bindTo(second, port, options);
  }
}

async function bindTo({ addr, ipv6Only }: Binding, port: number, options: UdpListenOptions): Promise<number> {
  return openUdp(addr.version, new AddrPort(addr, port), undefined, { ...options, ipv6Only });
}

/** As for TCP: "udp" is both families where the host names no one address, "udp6" is never IPv4. The second one is for a machine without IPv6. */
function bindings(
  network: UdpNetwork,
  given: Addr | undefined,
  ipv6Only: boolean | undefined,
): readonly [Binding, Binding?] {
  const addr = given?.unmap();
  if (addr !== undefined && !(network === "udp" && addr.isUnspecified)) {
    if (network !== "udp" && network !== `udp${addr.version}`) throw new SystemError("bind", ERRNO.EAFNOSUPPORT);
    return [{ addr, ipv6Only: ipv6Only ?? true }];
  }
  if (network === "udp4") return [{ addr: Addr.anyV4, ipv6Only: undefined }];
  if (network === "udp6" || ipv6Only === true) return [{ addr: Addr.anyV6, ipv6Only: ipv6Only ?? true }];
  return [
    { addr: Addr.anyV6, ipv6Only: false },
    { addr: Addr.anyV4, ipv6Only: undefined },
  ];
}
