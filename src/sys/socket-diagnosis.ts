import { Addr, AddrPort } from "../addr/index.ts";
import { allocate } from "./memory.ts";
import { netlinkAttributes, netlinkDump } from "./netlink.ts";
import { AF_INET, AF_INET6, AF_UNIX } from "./socket-address.ts";

const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const INET_DIAG_INFO = 2;
const INET_MESSAGE = 72;
const UNIX_MESSAGE = 16;
const UDIAG_SHOW = 0x01 | 0x04 | 0x10 | 0x40;
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_PEER = 2;
const UNIX_DIAG_RQLEN = 4;
const UNIX_DIAG_UID = 7;
/** How many 32-bit words the numbers of a socket identify it by. */
const NO_COOKIE = 0xffff_ffff;

/** A socket of IP as the kernel lists it. */
export interface InetSocketState {
  /** The kernel's number of the state: 1 ESTABLISHED … 10 LISTEN. */
  readonly state: number;
  readonly local: AddrPort;
  readonly remote: AddrPort;
  /** Bytes that came and were not read; of a socket that listens: connections that wait to be accepted. */
  readonly receiveQueue: number;
  /** Bytes sent and not acknowledged; of a socket that listens: how many connections may wait. */
  readonly sendQueue: number;
  /** Timer: 0 none, 1 retransmit, 2 keep-alive, 3 TIME_WAIT, 4 zero-window probe. */
  readonly timer: number;
  readonly timerMs: number;
  /** How often what is on its way now was sent again. */
  readonly retransmits: number;
  readonly uid: number;
  /** 0 for one that belongs to no process any more. */
  readonly inode: number;
  /** `struct tcp_info`, for `decodeTcpInfo`; TCP only. */
  readonly tcpInfo: Uint8Array | undefined;
}

/** A Unix socket as the kernel lists it. */
export interface UnixSocketState {
  /** SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5. */
  readonly type: number;
  readonly state: number;
  /** A path, "@" and an abstract name, or "" for none. */
  readonly path: string;
  readonly inode: number;
  /** The inode of the other end; 0 for none. */
  readonly peerInode: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly uid: number | undefined;
}

/** Lists the sockets of IP of this network namespace, IPv4 first. `protocol`: 6 TCP, 17 UDP. `states`: a bit for each state number. Throws SystemError. */
export function inetSockets(protocol: number, states = 0xffff_ffff): InetSocketState[] {
  return [AF_INET, AF_INET6].flatMap((family) => {
    const { payloads } = netlinkDump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, inetRequest(family, protocol, states));
    return payloads.filter((payload) => payload.length >= INET_MESSAGE).map(inetSocket);
  });
}

function inetRequest(family: number, protocol: number, states: number): Uint8Array {
  const bytes = allocate(56);
  const view = new DataView(bytes.buffer);
  bytes.set([family, protocol, 1 << (INET_DIAG_INFO - 1)]);
  view.setUint32(4, states, true);
  view.setUint32(48, NO_COOKIE, true);
  view.setUint32(52, NO_COOKIE, true);
  return bytes;
}

function inetSocket(bytes: Uint8Array): InetSocketState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    state: bytes[1]!,
    timer: bytes[2]!,
    retransmits: bytes[3]!,
    local: end(bytes, view, 8, 4),
    remote: end(bytes, view, 24, 6),
    timerMs: view.getUint32(52, true),
    receiveQueue: view.getUint32(56, true),
    sendQueue: view.getUint32(60, true),
    uid: view.getUint32(64, true),
    inode: view.getUint32(68, true),
    tcpInfo: netlinkAttributes(bytes, INET_MESSAGE).get(INET_DIAG_INFO),
  };
}

function end(bytes: Uint8Array, view: DataView, addressAt: number, portAt: number): AddrPort {
  const size = bytes[0] === AF_INET ? 4 : 16;
  const addr = Addr.fromBytes(bytes.subarray(addressAt, addressAt + size));
  const scope = view.getUint32(40, true);
  const zoned = addr.isLinkLocal && scope !== 0 ? addr.withZone(String(scope)) : addr;
  return new AddrPort(zoned, view.getUint16(portAt));
}

/** Lists the Unix sockets of this network namespace. Throws SystemError. */
export function unixSockets(): UnixSocketState[] {
  const { payloads } = netlinkDump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, unixRequest());
  return payloads.filter((payload) => payload.length >= UNIX_MESSAGE).map(unixSocket);
}

function unixRequest(): Uint8Array {
  const bytes = allocate(24);
  const view = new DataView(bytes.buffer);
  bytes[0] = AF_UNIX;
  view.setUint32(4, 0xffff_ffff, true);
  view.setUint32(12, UDIAG_SHOW, true);
  return bytes;
}

function unixSocket(bytes: Uint8Array): UnixSocketState {
  const attributes = netlinkAttributes(bytes, UNIX_MESSAGE);
  const queues = attributes.get(UNIX_DIAG_RQLEN);
  return {
    type: bytes[1]!,
    state: bytes[2]!,
    inode: number32(bytes, 4),
    path: pathOf(attributes.get(UNIX_DIAG_NAME)),
    peerInode: number32(attributes.get(UNIX_DIAG_PEER), 0) ?? 0,
    receiveQueue: number32(queues, 0) ?? 0,
    sendQueue: number32(queues, 4) ?? 0,
    uid: number32(attributes.get(UNIX_DIAG_UID), 0),
  };
}

function number32(bytes: Uint8Array, at: number): number;
function number32(bytes: Uint8Array | undefined, at: number): number | undefined;
function number32(bytes: Uint8Array | undefined, at: number): number | undefined {
  if (bytes === undefined || bytes.length < at + 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

function pathOf(name: Uint8Array | undefined): string {
  if (name === undefined || name.length === 0) return "";
  if (name[0] === 0) return `@${Buffer.from(name.subarray(1)).toString()}`;
  const nul = name.indexOf(0);
  return Buffer.from(nul < 0 ? name : name.subarray(0, nul)).toString();
}
