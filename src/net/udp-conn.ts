import { Addr, AddrPort } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  BATCH_MAX,
  changeMembership,
  type DatagramToSend,
  ERRNO,
  interfaceIndex,
  knownPathMtu,
  type MulticastOptions,
  pathMtuTo,
  sendDatagram,
  sendDatagrams,
  setMulticast,
  SystemError,
  threadBatch,
  udpAddress,
  type Readiness,
  watchReadiness,
} from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import type { OutgoingPacket } from "./packet-conn.ts";
import { PacketSocket } from "./packet-socket.ts";
import { fromSystemError } from "./system-error.ts";
import { UdpPeers } from "./udp-peers.ts";

/** How many calls of the system are made for one socket before others have their turn. */
const ROUNDS = 8;
/** After a batch of one, so many datagrams are received one by one, which costs 0.4 µs less each; under load the batches then come back at once. */
const SINGLE = 8;
/** What a datagram of UDP carries at most: IPv4 counts its own head, too, among 65,535 bytes, IPv6 does not. */
const DATA_MAX = { 4: 65_507, 6: 65_527 } as const;
const UDP_HEAD = 8;
const IP_HEAD = { 4: 20, 6: 40 } as const;

/** Which group, and where. */
export interface GroupOptions {
  /** The interface by name or index. Default: that of the group's zone, else the system's choice by its routes. */
  readonly interface?: string | number | undefined;
  /** Only what this sender sends to the group (source-specific multicast). Default: anybody. */
  readonly source?: Addr | string | undefined;
}

/** What a UdpConn is made of. */
export interface UdpConnInit {
  readonly network: string;
  /** A bound UDP socket. The UdpConn owns it. */
  readonly fd: number;
  readonly family: 4 | 6;
  readonly wheel: TimerWheel;
  /** The peer that it is connected to. */
  readonly remote: AddrPort | undefined;
  /** Whether the socket was made to tell the local address that packets were sent to (`receiveDestinations`), which answers to them then leave from. */
  readonly tellsDestination: boolean;
}

/** A UDP socket. */
export class UdpConn extends PacketSocket {
  readonly network: string;
  readonly local: AddrPort;
  readonly remote: AddrPort | undefined;
  private readonly family: 4 | 6;
  private readonly tells: boolean;
  /** What packets were sent to, where the socket is bound to one address. */
  private readonly to: AddrPort | undefined;
  private readonly peers: UdpPeers;
  /** Datagrams to be received one by one. */
  private single = 0;

  /** Throws SystemError; the descriptor is then still the caller's. */
  constructor(init: UdpConnInit) {
    super(init.fd, init.wheel, watchLevel);
    this.network = init.network;
    this.family = init.family;
    this.remote = init.remote;
    // A socket for both families that is connected over IPv4 has mapped addresses.
    this.local = udpAddress(init.fd).unmap();
    this.tells = init.tellsDestination;
    this.to = this.local.addr.isUnspecified ? undefined : this.local;
    this.peers = new UdpPeers(init.family, this.local.port);
  }

  /** Becomes a member of a multicast group, to hear what is sent to it at the socket's port. Throws NetError: EINVAL for an address that is no group, EADDRINUSE for a member already. */
  join(group: Addr | string, options: GroupOptions = {}): void {
    this.change("join", group, options);
  }

  /** Ends a membership, named as it was joined. Throws NetError EADDRNOTAVAIL for none. */
  leave(group: Addr | string, options: GroupOptions = {}): void {
    this.change("leave", group, options);
  }

  /** Changes how it sends to multicast groups. Throws NetError. */
  setMulticast(options: MulticastOptions): void {
    this.ask("setMulticast", () => setMulticast(this.fd, this.family, options));
  }

  /**
   * What the path to the peer takes as far as the system knows now, in bytes of data in one datagram: the path's MTU without the heads of IP and UDP. `to` is needed where
   * there is no `remote`. Throws NetError.
   */
  pathMtu(to?: AddrPort): number {
    return this.ask("pathMtu", () => {
      const peer = to ?? this.remote;
      if (peer === undefined) throw new SystemError("getsockopt IP_MTU", ERRNO.ENOTCONN);
      const mtu = to === undefined ? knownPathMtu(this.fd, this.family) : pathMtuTo(peer);
      return mtu - IP_HEAD[peer.addr.version] - UDP_HEAD;
    });
  }

  protected override receiveAll(): void {
    const batch = threadBatch();
    if (this.single > 0) {
      this.single--;
      this.deliver(batch.receiveOne(this.fd, this.tells));
      return;
    }
    let count = BATCH_MAX;
    for (let round = 0; round < ROUNDS && count === BATCH_MAX && !this.closed; round++) {
      count = batch.receive(this.fd, this.tells);
      this.deliver(count);
    }
    if (count <= 1) this.single = SINGLE;
  }

  protected override transmit(data: Uint8Array, to: Endpoint | undefined, from: Endpoint | undefined): number {
    // Nothing is allocated where the packet has no address to leave from.
    if (to === undefined && from === undefined) return sendDatagram(this.fd, data);
    const peer = to instanceof AddrPort ? this.peers.peerOf(to) : undefined;
    if (peer !== undefined && peer.control === undefined && from === undefined)
      return sendDatagram(this.fd, data, peer.address);
    const one = this.prepared(data, to, from);
    return typeof one === "number" ? one : sendDatagrams(this.fd, [one]);
  }

  protected override transmitMany(packets: readonly OutgoingPacket[], start: number): number {
    const batch: DatagramToSend[] = [];
    for (let at = start; at < packets.length && batch.length < BATCH_MAX; at++) {
      const { data, from, to } = packets[at]!;
      const one = this.prepared(data, to, from);
      // The ones before it go; the next call finds it in front.
      if (typeof one !== "number") batch.push(one);
      else if (batch.length === 0) return one;
      else break;
    }
    return sendDatagrams(this.fd, batch);
  }

  protected override hintFor(errno: number, to: Endpoint | undefined): string | undefined {
    if (errno !== ERRNO.EMSGSIZE) return undefined;
    const peer = to instanceof AddrPort ? to : this.remote;
    const most = `a datagram carries at most ${DATA_MAX[peer?.addr.unmap().version ?? this.family]} bytes`;
    try {
      return `${most}, and at most ${this.pathMtu(to === undefined ? undefined : peer)} on this path without being fragmented`;
    } catch {
      return most;
    }
  }

  /** What a receive gave: datagrams in the thread's batch, or an error. */
  private deliver(count: number): void {
    if (count < 0 && count !== -ERRNO.EAGAIN) this.failed(count);
    const batch = threadBatch();
    for (let slot = 0; slot < count && !this.closed; slot++) {
      const peer = this.peers.senderOf(batch, slot, this.tells);
      this.arrived(batch.bytes(slot), this.remote ?? peer.endpoint, peer.to ?? this.to, batch.isTruncated(slot));
    }
  }

  /** A datagram with its addresses as the system takes them, or why it cannot be sent, an error number negated. */
  private prepared(data: Uint8Array, to: Endpoint | undefined, from: Endpoint | undefined): DatagramToSend | number {
    const peer = to instanceof AddrPort ? this.peers.peerOf(to) : undefined;
    if (to !== undefined && peer === undefined) return to instanceof AddrPort ? -ERRNO.EAFNOSUPPORT : -ERRNO.EINVAL;
    // The `to` of a packet may be a group's or a broadcast address: what is remembered of its sender says where an answer leaves from.
    const isAnswer = from === undefined || (peer !== undefined && from === (peer.to ?? this.to));
    const control = isAnswer ? peer?.control : this.controlFrom(from);
    return typeof control === "number" ? control : { data, to: peer?.address, control };
  }

  private controlFrom(from: Endpoint): Uint8Array | number {
    if (!(from instanceof AddrPort) || from.port !== this.local.port) return -ERRNO.EINVAL;
    return this.peers.controlFrom(from.addr) ?? -ERRNO.EAFNOSUPPORT;
  }

  private change(action: "join" | "leave", group: Addr | string, options: GroupOptions): void {
    const addr = typeof group === "string" ? Addr.parse(group) : group;
    const source = typeof options.source === "string" ? Addr.parse(options.source) : options.source;
    this.ask(action, () => {
      const through = options.interface ?? (addr.zone === "" ? 0 : addr.zone);
      changeMembership(this.fd, action, { group: addr, interfaceIndex: interfaceIndex(through), source });
    });
  }

  /** Something that is asked of the open socket. Throws NetError. */
  private ask<T>(op: string, act: () => T): T {
    if (this.closed) throw this.fail(op, "EBADF");
    try {
      return act();
    } catch (error) {
      throw this.translated(op, error);
    }
  }

  private translated(op: string, error: unknown): NetError {
    return fromSystemError(error, { op, network: this.network, local: this.local, remote: this.remote });
  }
}

/** The loop tells as long as there is something to receive: it need not be asked until nothing is left. */
function watchLevel(fd: number, ready: () => void): Readiness {
  return watchReadiness(fd, ready, true);
}
