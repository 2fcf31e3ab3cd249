import { ParseError } from "../bytes/index.ts";
import { ERRNO, socketAddress, SystemError } from "../sys/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import { listenTcp } from "./listen-tcp.ts";
import { listenUdp } from "./listen-udp.ts";
import { listenUnix } from "./listen-unix.ts";
import { listenUnixgram } from "./listen-unixgram.ts";
import { listenUnixpacket } from "./listen-unixpacket.ts";
import type { Listener } from "./listener.ts";
import { NetError } from "./net-error.ts";
import type { PacketConn, PacketListener } from "./packet-conn.ts";
import type { StreamNetwork } from "./stream-network.ts";
import { fromSystemError } from "./system-error.ts";
import type { UdpConn } from "./udp-conn.ts";
import type { UdpListenOptions, UdpNetwork } from "./udp-options.ts";
import type { UnixListenOptions, UnixPacketNetwork } from "./unix-options.ts";
import { unknownNetwork } from "./unknown-network.ts";

/**
 * Listens for streams: "tcp" on "host:port" (port 0 for a free one, or the name of a service), "unix" on a path or an abstract "@name". Without a host, and as in Go with 0.0.0.0 or [::],
 * "tcp" takes IPv4 and IPv6 on every interface. A name listens on its first address. A socket file that nobody answers on any more is replaced. Throws NetError, or ParseError for an address that is none.
 *
 * @example
 * await using listener = await listen("tcp", ":8080");
 * listener.serve((conn) => conn.attach(new Echo(conn)));
 */
export async function listen(network: StreamNetwork, address: string, options?: ListenOptions): Promise<Listener>;
/**
 * Listens for UDP on "host:port" (port 0 for a free one): it hears everybody who sends there, and answers. Without a host, and as in Go with 0.0.0.0 or [::], "udp" takes IPv4
 * and IPv6 on every interface; answers then leave from the address that was asked. Throws NetError, or ParseError for an address that is none.
 *
 * @example
 * await using server = await listen("udp", ":7");
 * for await (const { data, from } of server) await server.send(data, from);
 */
export async function listen(network: UdpNetwork, address: string, options?: UdpListenOptions): Promise<UdpConn>;
/**
 * Receives Unix datagrams at a path or an abstract "@name". Answers go to whoever was bound when sending. Throws NetError.
 *
 * @example
 * await using server = await listen("unixgram", "/run/echo.sock", { mode: 0o622 });
 * for await (const { data, from } of server) await server.send(data, from);
 */
export async function listen(network: "unixgram", address: string, options?: UnixListenOptions): Promise<PacketConn>;
/**
 * Listens for Unix connections that keep their records apart (SOCK_SEQPACKET) on a path or an abstract "@name". Throws NetError.
 *
 * @example
 * await using listener = await listen("unixpacket", "/run/echo.sock", { mode: 0o666 });
 * listener.serve((conn) => void echo(conn));
 */
export async function listen(
  network: "unixpacket",
  address: string,
  options?: UnixListenOptions,
): Promise<PacketListener>;
export async function listen(
  network: StreamNetwork | UdpNetwork | UnixPacketNetwork,
  address: string,
  options: ListenOptions & UdpListenOptions & UnixListenOptions = {},
): Promise<Listener | PacketConn | PacketListener> {
  try {
    return await listenOn(network, address, options);
  } catch (error) {
    if (error instanceof NetError || error instanceof ParseError) throw error;
    throw fromSystemError(error, { op: "listen", network, address, hint: descriptorHint(error, options.fd) });
  }
}

/** What is the matter with a descriptor that the caller gave. */
function descriptorHint(error: unknown, fd: number | undefined): string | undefined {
  if (fd === undefined || !(error instanceof SystemError)) return undefined;
  if (error.errno === ERRNO.EBADF) return `descriptor ${fd} is not open`;
  return error.errno === ERRNO.ENOTSOCK ? `descriptor ${fd} is no socket` : undefined;
}

async function listenOn(
  network: StreamNetwork | UdpNetwork | UnixPacketNetwork,
  address: string,
  options: ListenOptions & UdpListenOptions & UnixListenOptions,
): Promise<Listener | PacketConn | PacketListener> {
  // What is no socket is refused here, and not when it is first used.
  if (options.fd !== undefined) socketAddress(options.fd);
  switch (network) {
    case "tcp":
    case "tcp4":
    case "tcp6":
      return listenTcp(network, address, options);
    case "udp":
    case "udp4":
    case "udp6":
      return listenUdp(network, address, options);
    case "unix":
      return listenUnix(address, options);
    case "unixgram":
      return listenUnixgram(address, options);
    case "unixpacket":
      return listenUnixpacket(address, options);
    default:
      throw unknownNetwork("listen", network, address);
  }
}
