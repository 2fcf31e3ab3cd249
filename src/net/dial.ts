import type { Conn } from "./conn.ts";
import type { DialOptions } from "./dial-options.ts";
import { dialTcp } from "./dial-tcp.ts";
import { dialUdp } from "./dial-udp.ts";
import { dialUnix } from "./dial-unix.ts";
import { dialUnixPackets } from "./dial-unix-packets.ts";
import type { PacketConn } from "./packet-conn.ts";
import type { StreamNetwork } from "./stream-network.ts";
import type { UdpConn } from "./udp-conn.ts";
import type { UdpDialOptions, UdpNetwork } from "./udp-options.ts";
import type { UnixDialOptions, UnixPacketNetwork } from "./unix-options.ts";
import { unknownNetwork } from "./unknown-network.ts";

/**
 * Connects a stream: "tcp" to "host:port" (an empty host is this machine, the port may be the name of a service), "unix" to a path or an abstract "@name". The addresses of a name race as in
 * RFC 8305, IPv6 first: none is given up for another, and the first that answers wins.
 *
 * Throws NetError: ETIMEDOUT for a limit that passed, with `limit` to tell which, ECANCELED for the caller's signal, which ends it wherever it stands; when no address connects, the failure
 * that tells most, with the others as its cause. Throws ParseError for an address that is none.
 *
 * @example
 * const conn = await dial("tcp", "example.com:http", { timeoutMs: 5000 });
 */
export async function dial(network: StreamNetwork, address: string, options?: DialOptions): Promise<Conn>;
/**
 * Connects UDP to "host:port": it then sends to this peer, hears nobody else, and learns by ECONNREFUSED from its next operation that nobody listens there. Throws NetError.
 *
 * @example
 * const conn = await dial("udp", "127.0.0.1:7");
 * await conn.send(new TextEncoder().encode("ping"));
 * const answer = await conn.recv({ timeoutMs: 1000 });
 */
export async function dial(network: UdpNetwork, address: string, options?: UdpDialOptions): Promise<UdpConn>;
/**
 * Connects "unixgram" or "unixpacket" to a path or an abstract "@name". A unixgram can be answered if it is bound itself: `localAddress`. Throws NetError.
 *
 * @example
 * const conn = await dial("unixgram", "/run/log.sock", { localAddress: "@" });
 */
export async function dial(network: UnixPacketNetwork, address: string, options?: UnixDialOptions): Promise<PacketConn>;
export async function dial(
  network: StreamNetwork | UdpNetwork | UnixPacketNetwork,
  address: string,
  options: DialOptions & UdpDialOptions & UnixDialOptions = {},
): Promise<Conn | PacketConn> {
  switch (network) {
    case "tcp":
    case "tcp4":
    case "tcp6":
      return dialTcp(network, address, options);
    case "udp":
    case "udp4":
    case "udp6":
      return dialUdp(network, address, options);
    case "unix":
      return dialUnix(address, options);
    case "unixgram":
    case "unixpacket":
      return dialUnixPackets(network, address, options);
    default:
      throw unknownNetwork("dial", network, address);
  }
}
