import type { WaitOptions } from "./conn.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import type { UnixControl } from "./unix-control.ts";

/** One datagram that came. */
export interface Packet {
  /** Its bytes, owned by the receiver. An empty datagram has none. */
  readonly data: Uint8Array;
  /** Who sent it. A Unix peer that did not bind has an empty path. */
  readonly from: Endpoint;
  /** The local address that it was sent to, where the socket tells (`localAddress` of a UDP socket on all addresses). */
  readonly to?: Endpoint | undefined;
  /** Whether it was longer than what could be received, so that its end is lost. */
  readonly truncated: boolean;
}

/** One datagram to send. */
export interface OutgoingPacket {
  /** Its bytes, borrowed until the send is over. */
  readonly data: Uint8Array;
  /** Where to; absent on a connected PacketConn. */
  readonly to?: Endpoint | undefined;
  /**
   * The local address to send from. The `to` of the packet that it answers will do, the object that came, with that packet's `from` as `to`: where many were sent to, a group or a broadcast address,
   * the answer leaves from an address of this machine's own. Absent: what came with `to`, else the system's choice.
   */
  readonly from?: Endpoint | undefined;
}

/** What came into a buffer of the caller. */
export interface ReceivedInto {
  /** Bytes that stand in the buffer. */
  readonly length: number;
  readonly from: Endpoint;
  /** Whether the datagram was longer than the buffer: its end is lost. */
  readonly truncated: boolean;
}

/** Counts that every PacketConn keeps. */
export interface PacketTraffic {
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Datagrams that had come but were dropped here, because nobody received them in time. What the system drops before is not in it. */
  readonly packetsDropped: number;
}

/** Receives a PacketConn's events in push mode, without promises. */
export interface PacketSink {
  /** A datagram came. Its `data` is borrowed until the callback returns. */
  packet(packet: Packet): void;
  /** The system has room again after `trySend` returned false. */
  drain(): void;
  /** A send before was refused (ECONNREFUSED, EMSGSIZE …), or a receive failed; the PacketConn lives on. */
  error(error: NetError): void;
  /** It is gone: exactly once and last. */
  close(error?: NetError): void;
  /** The read deadline passed; it is now unset. */
  timeout(): void;
}

/**
 * Datagrams: UDP, unixgram, unixpacket. Each send is one packet for the peer, each receive gives one, whole or marked as truncated.
 *
 * A connected one (`dial`) has a `remote`, hears nobody else and learns that nobody listens there (ECONNREFUSED from the next operation); one that listens
 * hears everybody and sends with an address. It is born in pull mode; what comes while nobody receives is kept up to a bound, and counted in
 * `traffic.packetsDropped` beyond it.
 *
 * @example
 * await using server = await listen("udp", "127.0.0.1:0");
 * for await (const { data, from } of server) await server.send(data, from);
 */
export interface PacketConn extends AsyncIterable<Packet>, AsyncDisposable {
  /** "udp", "unixgram" or "unixpacket". */
  readonly network: string;
  readonly local: Endpoint;
  /** The one peer of a connected PacketConn. */
  readonly remote: Endpoint | undefined;
  readonly traffic: PacketTraffic;
  readonly closed: boolean;
  /** Whether it is in push mode. */
  readonly attached: boolean;
  /** Absolute deadline for receiving, in milliseconds of the injected monotonic clock; 0: none (the default). May be moved while a receive waits. */
  readDeadline: number;

  /** Resolves to the next packet, or null once it is closed or, for a unixpacket, the peer has closed. One receive at a time. Throws NetError. */
  recv(options?: WaitOptions): Promise<Packet | null>;
  /** Resolves to the packets that are there, 1 to `max`, waiting for the first; none once it is closed. */
  recvBatch(max: number, options?: WaitOptions): Promise<readonly Packet[]>;
  /** Receives into the caller's buffer; what does not fit is lost, and said. Null as in `recv`. */
  recvInto(buffer: Uint8Array, options?: WaitOptions): Promise<ReceivedInto | null>;
  /**
   * Sends one packet, waiting while the system has no room for it. `to` is needed exactly where there is no `remote`. Throws NetError: EMSGSIZE for one too
   * large, ECONNREFUSED when an earlier one was refused, EINVAL for a missing or superfluous `to`.
   */
  send(data: Uint8Array, to?: Endpoint, options?: WaitOptions): Promise<void>;
  /** Sends packets in order, in as few calls of the system as it has. Throws NetError whose `packetsSent` says how many went out. */
  sendBatch(packets: readonly OutgoingPacket[], options?: WaitOptions): Promise<void>;

  /** Enters push mode; packets kept so far are delivered in a microtask. Throws while a receive is pending. */
  attach(sink: PacketSink): void;
  /** Back to pull mode, also from inside `packet`; no callback follows. */
  detach(): void;
  /** Sends one packet without waiting. False when the system had no room and the packet was not sent; `drain` follows in push mode. Throws NetError as `send`. */
  trySend(data: Uint8Array, to?: Endpoint): boolean;

  /** Closes it. Pending operations end: a receive with null, a send with ECANCELED. Idempotent; never throws. */
  close(): Promise<void>;

  /** A unixpacket: who the peer is. */
  readonly unix?: UnixControl | undefined;
  /** The descriptor, for socket options. Borrowed. */
  readonly fd?: number;
  /** Lets the process end although it is open, until `ref`. */
  unref?(): void;
  ref?(): void;
}

/** Accepts connected PacketConns: a unixpacket socket that listens. */
export interface PacketListener extends AsyncIterable<PacketConn>, AsyncDisposable {
  readonly network: string;
  readonly local: Endpoint;
  /** Resolves to the next PacketConn, or null once closed. */
  accept(): Promise<PacketConn | null>;
  /** Push mode: calls `onConn` for each. */
  serve(onConn: (conn: PacketConn) => void): void;
  /** Stops listening; what was accepted lives on. Idempotent; never throws. */
  close(): Promise<void>;
}
