import {
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  setSocketOption,
  setSocketOptionBytes,
  SO_BINDTODEVICE,
  SO_DOMAIN,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_MARK,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  socketOption,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
} from "./socket-option.ts";
import { allocate } from "./memory.ts";
import { AF_INET, AF_UNIX } from "./socket-address.ts";

/** How TCP finds out that an idle peer is gone: probes that it has to answer. The system counts in seconds: parts of one are made whole ones. */
export interface KeepAlive {
  /** Silence before the first probe, in milliseconds. Default 15,000, as in Go. */
  readonly idleMs?: number | undefined;
  /** From one probe without an answer to the next, in milliseconds. Default 15,000. */
  readonly intervalMs?: number | undefined;
  /** Probes without an answer after which the connection has failed with ETIMEDOUT. Default 9. */
  readonly count?: number | undefined;
}

/** Options of a stream socket. What is absent stays as the system has it. */
export interface StreamSocketOptions {
  /** TCP: small writes leave at once instead of waiting for what is under way to be acknowledged (Nagle's algorithm off). */
  readonly noDelay?: boolean | undefined;
  /** TCP: probes of an idle peer; `true` for KeepAlive's defaults. */
  readonly keepAlive?: KeepAlive | boolean | undefined;
  /** Whether closing drops what has not been sent, and resets the connection. Longer lingering, which blocks the whole thread in the system, is for callers to build. */
  readonly resetOnClose?: boolean | undefined;
  /** Bytes that may wait here to be read (SO_RCVBUF, of which the system makes twice as much). 0: the system's choice, which grows. */
  readonly receiveBufferBytes?: number | undefined;
  /** Bytes that may wait here to be acknowledged (SO_SNDBUF, of which the system makes twice as much). 0: the system's choice, which grows. */
  readonly sendBufferBytes?: number | undefined;
  /** TCP: how long what was sent may stay unacknowledged before the connection has failed with ETIMEDOUT (RFC 5482). 0: the system's own limit, some 15 minutes. */
  readonly userTimeoutMs?: number | undefined;
  /** IP: how many routers a packet may pass, 1 to 255. */
  readonly ttl?: number | undefined;
  /** IP: the byte that holds a packet's class and its congestion bits, 0 to 255 (TOS, traffic class). */
  readonly trafficClass?: number | undefined;
  /** IP: the mark by which the machine's own routing and filters choose. Needs CAP_NET_ADMIN. */
  readonly mark?: number | undefined;
  /** IP: the network interface that packets may use, by its name. */
  readonly interface?: string | undefined;
  /** IP: whether it may be bound to an address whose earlier connections still linger in TIME_WAIT. */
  readonly reuseAddress?: boolean | undefined;
  /** IP: whether others with this option may be bound to the same address and port. */
  readonly reusePort?: boolean | undefined;
}

/** What a socket is for. */
export type SocketFamily = 4 | 6 | "unix";

/** What a socket was made for; one for IPv6 may carry a connection of IPv4. Throws SystemError. */
export function socketFamily(fd: number): SocketFamily {
  const domain = socketOption(fd, SOL_SOCKET, SO_DOMAIN);
  return domain === AF_UNIX ? "unix" : domain === AF_INET ? 4 : 6;
}

/**
 * Sets options of a socket. On one that listens they hold for what it accepts as well, so that nothing is to be done for each connection (but for `noDelay`, which the
 * runtime sets itself). Those for TCP and IP are passed over on a Unix socket. Throws SystemError that names the option, and RangeError for a number that is none for it.
 */
export function applyStreamOptions(fd: number, family: SocketFamily, options: StreamSocketOptions): void {
  checkNumbers(options);
  setBuffers(fd, options);
  if (family === "unix") return;
  setTcp(fd, options);
  setIp(fd, family, options);
}

/** The system takes some of them for other numbers: of a traffic class one byte, for a negative length the longest one. */
const RANGES = {
  receiveBufferBytes: [0, 2 ** 31 - 1],
  sendBufferBytes: [0, 2 ** 31 - 1],
  userTimeoutMs: [0, 2 ** 31 - 1],
  ttl: [1, 255],
  trafficClass: [0, 255],
  mark: [0, 2 ** 32 - 1],
} as const;

function checkNumbers(options: StreamSocketOptions): void {
  for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const value = options[name];
    const [least, most] = RANGES[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
      throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
  }
}

function setBuffers(fd: number, options: StreamSocketOptions): void {
  const { receiveBufferBytes = 0, resetOnClose, sendBufferBytes = 0 } = options;
  if (receiveBufferBytes !== 0) setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes, "SO_RCVBUF");
  if (sendBufferBytes !== 0) setSocketOption(fd, SOL_SOCKET, SO_SNDBUF, sendBufferBytes, "SO_SNDBUF");
  if (resetOnClose !== undefined) setLinger(fd, resetOnClose);
}

/** `struct linger`: on with no time to wait is a reset. */
function setLinger(fd: number, resets: boolean): void {
  const memory = allocate(8);
  new DataView(memory.buffer).setInt32(0, resets ? 1 : 0, true);
  setSocketOptionBytes(fd, SOL_SOCKET, SO_LINGER, memory, "SO_LINGER");
}

function setTcp(fd: number, { keepAlive, noDelay, userTimeoutMs }: StreamSocketOptions): void {
  if (noDelay !== undefined) setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, noDelay ? 1 : 0, "TCP_NODELAY");
  if (keepAlive !== undefined) setKeepAlive(fd, keepAlive);
  if (userTimeoutMs !== undefined)
    setSocketOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutMs, "TCP_USER_TIMEOUT");
}

function setKeepAlive(fd: number, keepAlive: KeepAlive | boolean): void {
  if (keepAlive !== false) {
    const { count = 9, idleMs = 15_000, intervalMs = 15_000 } = keepAlive === true ? {} : keepAlive;
    setSocketOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, Math.ceil(idleMs / 1000), "TCP_KEEPIDLE");
    setSocketOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, Math.ceil(intervalMs / 1000), "TCP_KEEPINTVL");
    setSocketOption(fd, IPPROTO_TCP, TCP_KEEPCNT, count, "TCP_KEEPCNT");
  }
  setSocketOption(fd, SOL_SOCKET, SO_KEEPALIVE, keepAlive === false ? 0 : 1, "SO_KEEPALIVE");
}

function setIp(fd: number, family: 4 | 6, options: StreamSocketOptions): void {
  const { mark, reuseAddress, reusePort, trafficClass, ttl } = options;
  if (ttl !== undefined) setForFamily(fd, family, ttl, [IP_TTL, "IP_TTL"], [IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS"]);
  if (trafficClass !== undefined)
    setForFamily(fd, family, trafficClass, [IP_TOS, "IP_TOS"], [IPV6_TCLASS, "IPV6_TCLASS"]);
  if (mark !== undefined) setSocketOption(fd, SOL_SOCKET, SO_MARK, mark | 0, "SO_MARK");
  if (options.interface !== undefined) {
    setSocketOptionBytes(fd, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(options.interface), "SO_BINDTODEVICE");
  }
  if (reuseAddress !== undefined) setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, reuseAddress ? 1 : 0, "SO_REUSEADDR");
  if (reusePort !== undefined) setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, reusePort ? 1 : 0, "SO_REUSEPORT");
}

/** An IPv6 socket has the options of IPv4 too, for the connections of IPv4 that it accepts. */
function setForFamily(
  fd: number,
  family: 4 | 6,
  value: number,
  [v4, v4Name]: readonly [number, string],
  [v6, v6Name]: readonly [number, string],
): void {
  setSocketOption(fd, IPPROTO_IP, v4, value, v4Name);
  if (family === 6) setSocketOption(fd, IPPROTO_IPV6, v6, value, v6Name);
}
