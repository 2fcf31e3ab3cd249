import { Addr, AddrPort, splitHostPort } from "../addr/index.ts";
import { socketAddress } from "../sys/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Listener } from "./listener.ts";
import { listenAddr } from "./listen-addr.ts";
import { openListening } from "./open-listening.ts";
import { threadWheel } from "./runtime.ts";
import { portOf } from "./service-port.ts";
import { SocketListener } from "./socket-listener.ts";
import { systemOptions } from "./socket-options.ts";
import type { TcpNetwork } from "./stream-network.ts";

/** Listens for TCP on "host:port"; the port may be the name of a service, and none is any free one. */
export async function listenTcp(network: TcpNetwork, address: string, options: ListenOptions): Promise<Listener> {
  const { host, port: portText } = splitHostPort(address);
  const of = { op: "listen", network, address, protocol: "tcp", least: 0 } as const;
  const port = portText === "" ? 0 : await portOf(portText, of);
  const fd = options.fd ?? (await openTcp(network, host, port, options));
  const bound = socketAddress(fd);
  return new SocketListener({
    network,
    local: bound instanceof AddrPort ? bound : new AddrPort(Addr.anyV6, 0),
    fd,
    wheel: options.wheel ?? threadWheel(),
    path: undefined,
    file: undefined,
    backlog: options.backlog,
    lingerMs: options.lingerMs,
    noDelay: options.noDelay,
  });
}

async function openTcp(network: TcpNetwork, host: string, port: number, options: ListenOptions): Promise<number> {
  const { backlog, control, fastOpenQueue, ipv6Only, reusePort } = options;
  const addr = await listenAddr(host, network);
  const socket = { network, addr, port, reusePort, backlog, ipv6Only, fastOpenQueue, options: systemOptions(options) };
  return openListening(socket, control);
}
