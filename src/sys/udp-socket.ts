import { AddrPort } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { libc } from "./libc.ts";
import { makeSocket, SOCKET_TYPE } from "./make-socket.ts";
import { AF_INET, AF_INET6, encodeIpAddress, socketAddress } from "./socket-address.ts";
import {
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  setSocketOption,
  SO_BROADCAST,
  SOL_SOCKET,
  socketOption,
} from "./socket-option.ts";
import { applyStreamOptions, type StreamSocketOptions } from "./stream-options.ts";
import { check } from "./system-error.ts";

const IP_MTU_DISCOVER = 10;
const IPV6_MTU_DISCOVER = 23;
const IP_MTU = 14;
const IPV6_MTU = 24;
const IP_PKTINFO = 8;
const IPV6_RECVPKTINFO = 49;
/** By PathMtu. */
const DISCOVER = { never: 0, fragment: 1, refuse: 2, probe: 3 } as const;

/**
 * What becomes of a datagram that is longer than the path takes. "fragment": the system cuts it into fragments to what it knows the path to take (the system's usual default).
 * "refuse": don't-fragment is set, and it is refused with EMSGSIZE. "probe": don't-fragment is set, and it goes out whatever the system knows, if the
 * interface takes it: for whoever finds out the path's limit by trying. "never": don't-fragment is never set, routers may cut it.
 */
export type PathMtu = keyof typeof DISCOVER;

/** Options of a UDP socket that is to be made. What is absent stays as the system has it. */
export interface UdpSocketOptions extends Pick<
  StreamSocketOptions,
  | "interface"
  | "mark"
  | "receiveBufferBytes"
  | "reuseAddress"
  | "reusePort"
  | "sendBufferBytes"
  | "trafficClass"
  | "ttl"
> {
  /** Whether a socket for IPv6 leaves IPv4 alone. */
  readonly ipv6Only?: boolean | undefined;
  /** Whether it may send to broadcast addresses. */
  readonly broadcast?: boolean | undefined;
  readonly pathMtu?: PathMtu | undefined;
}

const symbols = libc({
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
});

/** Makes a UDP socket with all its options set, to be bound: non-blocking, not inherited by programs that are started. Throws SystemError that names the option. */
export function makeUdpSocket(family: 4 | 6, options: UdpSocketOptions = {}): number {
  const domain = family === 4 ? AF_INET : AF_INET6;
  const fd = makeSocket(domain, SOCKET_TYPE.datagram);
  try {
    prepare(fd, family, options);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function prepare(fd: number, family: 4 | 6, options: UdpSocketOptions): void {
  const { broadcast, ipv6Only, pathMtu } = options;
  applyStreamOptions(fd, family, options);
  if (family === 6 && ipv6Only !== undefined)
    setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, ipv6Only ? 1 : 0, "IPV6_V6ONLY");
  if (broadcast !== undefined) setSocketOption(fd, SOL_SOCKET, SO_BROADCAST, broadcast ? 1 : 0, "SO_BROADCAST");
  if (pathMtu === undefined) return;
  setSocketOption(fd, IPPROTO_IP, IP_MTU_DISCOVER, DISCOVER[pathMtu], "IP_MTU_DISCOVER");
  if (family === 6) setSocketOption(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, DISCOVER[pathMtu], "IPV6_MTU_DISCOVER");
}

/** Binds a socket of either family; port 0 is any free one. Throws SystemError: EADDRINUSE, EADDRNOTAVAIL, EACCES. */
export function bindIpSocket(fd: number, { addr, port }: AddrPort): void {
  const address = encodeIpAddress(addr, port);
  check("bind", () => symbols().bind(fd, address, address.length));
}

/** Connects a datagram socket: it sends to this peer, and hears no other. Nothing goes over the network for it. Throws SystemError: ENETUNREACH, EACCES for a broadcast address … */
export function connectUdpSocket(fd: number, { addr, port }: AddrPort): void {
  const address = encodeIpAddress(addr, port);
  check("connect", () => symbols().connect(fd, address, address.length));
}

/** Makes a UDP socket tell the local address that each datagram was sent to. Throws SystemError. */
export function receiveDestinations(fd: number, family: 4 | 6): void {
  if (family === 6) setSocketOption(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
  // A socket for both families is told by it, of what comes by IPv4, where an answer leaves from.
  setSocketOption(fd, IPPROTO_IP, IP_PKTINFO, 1, "IP_PKTINFO");
}

/** What the path from a connected UDP socket to its peer takes, as far as the system knows: whole packets in bytes, heads of IP and UDP included. Throws SystemError ENOTCONN. */
export function knownPathMtu(fd: number, family: 4 | 6): number {
  return family === 4 ? socketOption(fd, IPPROTO_IP, IP_MTU) : socketOption(fd, IPPROTO_IPV6, IPV6_MTU);
}

/** The same for a peer that no socket of ours is connected to. Throws SystemError. */
export function pathMtuTo(peer: AddrPort): number {
  const family = peer.addr.version;
  const fd = makeUdpSocket(family);
  try {
    connectUdpSocket(fd, peer);
    return knownPathMtu(fd, family);
  } finally {
    closeDescriptor(fd);
  }
}

/** Where a UDP socket is bound. Throws SystemError. */
export function udpAddress(fd: number): AddrPort {
  const bound = socketAddress(fd);
  if (!(bound instanceof AddrPort)) throw new TypeError("the descriptor is no IP socket");
  return bound;
}
