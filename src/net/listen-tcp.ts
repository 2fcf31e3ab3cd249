import { Addr, AddrPort, splitHostPort, tryParsePort } from "../addr/index.ts";
import { makeListeningSocket, socketAddress } from "../sys/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Listener } from "./listener.ts";
import { NetError } from "./net-error.ts";
import { systemResolver } from "./resolver.ts";
import { threadWheel } from "./runtime.ts";
import { SocketListener } from "./socket-listener.ts";
import type { TcpNetwork } from "./stream-network.ts";

/** Listens for TCP on "host:port". */
export async function listenTcp(network: TcpNetwork, address: string, options: ListenOptions): Promise<Listener> {
  const { backlog, reusePort } = options;
  const { host, port } = portOf(network, address);
  const fd =
    options.fd ?? makeListeningSocket({ network, addr: await addrOf(host, network), port, reusePort, backlog }).fd;
  const bound = socketAddress(fd);
  const local = bound instanceof AddrPort ? bound : new AddrPort(Addr.anyV6, 0);
  return new SocketListener({
    network,
    local,
    fd,
    wheel: options.wheel ?? threadWheel(),
    path: undefined,
    removesFile: false,
  });
}

function portOf(network: string, address: string): { readonly host: string; readonly port: number } {
  const { host, port } = splitHostPort(address);
  const number = port === "" ? 0 : tryParsePort(port);
  if (number !== undefined) return { host, port: number };
  const hint = `the port ${JSON.stringify(port)} is no number from 0 to 65535`;
  throw new NetError({ op: "listen", network, address, code: "EINVAL", hint });
}

/** The address to bind: that of a name is its first one, IPv4 before IPv6 as in Go; undefined for every address of this machine. */
async function addrOf(host: string, network: TcpNetwork): Promise<Addr | undefined> {
  if (host === "") return undefined;
  const literal = Addr.tryParse(host);
  if (literal !== undefined) return literal;
  const found = await systemResolver.resolve(host, network);
  return found.find((addr) => addr.version === 4) ?? found[0];
}
