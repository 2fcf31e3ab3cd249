import { UnixAddress } from "../addr/index.ts";
import {
  decodeTcpInfo,
  type InetSocketState,
  inetSockets,
  type SocketOwner,
  socketOwners,
  TCP_STATES,
  type TcpInfo,
  type TcpState,
  unixSockets,
  type UnixSocketState,
} from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { fromSystemError } from "./system-error.ts";

/** What a listed socket is. */
export type SocketNetwork = "tcp" | "udp" | "unix" | "unixgram" | "unixpacket";

/** What a socket waits for in time. */
export type SocketTimer = "none" | "retransmit" | "keep-alive" | "time-wait" | "zero-window probe";

/** A socket of this machine, as the system lists it. */
export interface SocketEntry {
  readonly network: SocketNetwork;
  /** Of TCP by RFC 9293; of the others "ESTABLISHED" for a connected one, "LISTEN" or "UNCONNECTED". */
  readonly state: TcpState | "UNCONNECTED";
  readonly local: Endpoint;
  /** Undefined where it is not connected. */
  readonly remote: Endpoint | undefined;
  /** Bytes that came and were not read; of one that listens: connections that wait to be accepted. */
  readonly receiveQueue: number;
  /** Bytes that were sent and not acknowledged; of one that listens: how many connections may wait. */
  readonly sendQueue: number;
  readonly timer: SocketTimer;
  /** When the timer is due. */
  readonly timerMs: number;
  /** Of TCP: how often what waits for an acknowledgement was sent again, or a closed window probed. */
  readonly retransmits: number;
  /** The user it belongs to; undefined where the system does not tell. */
  readonly uid: number | undefined;
  /** The processes that have it open, as far as this one may see. None for one in TIME_WAIT. */
  readonly owners: readonly SocketOwner[];
  /** Of a TCP connection; undefined for one that waits out its time, and for what listens: the system tells zeros of it. */
  readonly info: TcpInfo | undefined;
}

/** Which sockets are listed. */
export interface SocketListOptions {
  /** Default: all. */
  readonly networks?: readonly SocketNetwork[] | undefined;
  /** Whether those in TIME_WAIT are listed, which belong to nobody. Default true. */
  readonly timeWait?: boolean | undefined;
  /** Whether their processes are looked up, which takes most of the time. Default true. */
  readonly owners?: boolean | undefined;
}

const TIMERS: readonly SocketTimer[] = ["none", "retransmit", "keep-alive", "time-wait", "zero-window probe"];
const UNIX_NETWORKS: Readonly<Record<number, SocketNetwork>> = { 1: "unix", 2: "unixgram", 5: "unixpacket" };
const IPPROTO = { tcp: 6, udp: 17 } as const;
const ALL_STATES = 0xffff_ffff;
const TIME_WAIT = 6;
const EVERY: readonly SocketNetwork[] = ["tcp", "udp", "unix", "unixgram", "unixpacket"];

type Owners = ReadonlyMap<number, readonly SocketOwner[]>;

/**
 * Lists the sockets of this network namespace: of TCP with what the system knows of each connection. Linux only. Throws NetError.
 *
 * @example
 * for (const socket of listSockets({ networks: ["tcp"] })) if (socket.state === "CLOSE_WAIT") console.log(socket.remote, socket.owners);
 */
export function listSockets(options: SocketListOptions = {}): SocketEntry[] {
  const { networks = EVERY } = options;
  const owners: Owners = options.owners === false ? new Map<number, readonly SocketOwner[]>() : socketOwners();
  const states = options.timeWait === false ? ALL_STATES & ~(1 << TIME_WAIT) : ALL_STATES;
  try {
    return [
      ...(["tcp", "udp"] as const)
        .filter((network) => networks.includes(network))
        .flatMap((network) =>
          inetSockets(IPPROTO[network], states >>> 0).map((state) => inetEntry(network, state, owners)),
        ),
      ...(networks.some((network) => network.startsWith("unix")) ? unixSockets() : [])
        .map((state) => unixEntry(state, owners))
        .filter((entry) => networks.includes(entry.network)),
    ];
  } catch (error) {
    throw fromSystemError(error, { op: "list", network: networks.join(",") });
  }
}

function inetEntry(network: "tcp" | "udp", socket: InetSocketState, owners: Owners): SocketEntry {
  const state = TCP_STATES[socket.state - 1] ?? "CLOSED";
  return {
    network,
    // The system calls a UDP socket without a peer closed.
    state: network === "udp" && state === "CLOSED" ? "UNCONNECTED" : state,
    local: socket.local,
    remote: socket.remote.port === 0 ? undefined : socket.remote,
    receiveQueue: socket.receiveQueue,
    sendQueue: socket.sendQueue,
    timer: TIMERS[socket.timer] ?? "none",
    timerMs: socket.timerMs,
    retransmits: socket.retransmits,
    uid: socket.uid,
    owners: owners.get(socket.inode) ?? [],
    info:
      network === "tcp" && state !== "LISTEN" && socket.tcpInfo !== undefined
        ? decodeTcpInfo(socket.tcpInfo)
        : undefined,
  };
}

function unixEntry(socket: UnixSocketState, owners: Owners): SocketEntry {
  const state = TCP_STATES[socket.state - 1];
  return {
    network: UNIX_NETWORKS[socket.type] ?? "unix",
    state: state === "LISTEN" || state === "ESTABLISHED" ? state : "UNCONNECTED",
    local: new UnixAddress(socket.path),
    remote: socket.peerInode === 0 ? undefined : new UnixAddress(""),
    receiveQueue: socket.receiveQueue,
    sendQueue: socket.sendQueue,
    timer: "none",
    timerMs: 0,
    retransmits: 0,
    uid: socket.uid,
    owners: owners.get(socket.inode) ?? [],
    info: undefined,
  };
}
