import { AddrPort } from "../../addr/index.ts";
import type { Random } from "../../clock/index.ts";
import type { Packet, PacketConn } from "../../net/index.ts";
import type { DatagramWay } from "./datagram-sender.ts";
import { encodeHandshake, packetKind, packetSecret, packetStream } from "./packet-wire.ts";

/** A stream of datagrams that a client may open. */
export interface DeskStream {
  readonly id: number;
  readonly cookie: string;
  /** It has answered a challenge at its address: datagrams may be sent there. Called once. */
  readonly onOpen: (way: DatagramWay) => void;
  /** A datagram of load came from that address. Borrowed. */
  readonly onData: (view: DataView) => void;
}

interface OpenStream {
  readonly stream: DeskStream;
  /** Who was challenged last, and with what. */
  challenged: AddrPort | undefined;
  token: string;
  peer: AddrPort | undefined;
}

const NO_SECRET = "0".repeat(32);

/**
 * The one UDP socket of a server, shared by all tests. It answers nobody who does not show a cookie that a control connection was given, with no more bytes than came, and tells of
 * an address only once it has sent back a token that was sent there.
 */
export class UdpDesk {
  private readonly socket: PacketConn;
  private readonly random: Random;
  private readonly streams = new Map<number, OpenStream>();

  /** The socket is the caller's; it must be in pull mode. */
  constructor(socket: PacketConn, random: Random) {
    this.socket = socket;
    this.random = random;
    socket.attach({
      packet: (packet) => this.received(packet),
      drain: () => undefined,
      // A datagram to a client that is gone was refused: its control connection tells that as well.
      error: () => undefined,
      close: () => undefined,
      timeout: () => undefined,
    });
  }

  /** A number that no stream has. */
  newId(): number {
    for (;;) {
      const id = this.random.uint32();
      if (!this.streams.has(id)) return id;
    }
  }

  add(stream: DeskStream): void {
    this.streams.set(stream.id, { stream, challenged: undefined, token: NO_SECRET, peer: undefined });
  }

  remove(id: number): void {
    this.streams.delete(id);
  }

  private received(packet: Packet): void {
    const { data, from } = packet;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const kind = packetKind(view);
    const entry = kind === undefined ? undefined : this.streams.get(packetStream(view));
    if (entry === undefined || !(from instanceof AddrPort)) return;
    if (kind === "data") {
      if (isSame(entry.peer, from)) entry.stream.onData(view);
    } else if (kind === "open" && packetSecret(view) === entry.stream.cookie) this.challenge(entry, packet, from);
    else if (kind === "answer" && packetSecret(view) === entry.token && isSame(entry.challenged, from))
      this.accept(entry, packet, from);
  }

  private challenge(entry: OpenStream, packet: Packet, from: AddrPort): void {
    if (entry.peer !== undefined) return;
    entry.challenged = from;
    entry.token = this.random.bytes(16).toHex();
    this.answer(packet, encodeHandshake({ kind: "challenge", id: entry.stream.id, secret: entry.token }));
  }

  /** An answer that comes again means that it was not heard that it was accepted. */
  private accept(entry: OpenStream, packet: Packet, from: AddrPort): void {
    const { id, onOpen } = entry.stream;
    this.answer(packet, encodeHandshake({ kind: "accepted", id, secret: NO_SECRET }));
    if (entry.peer !== undefined) return;
    entry.peer = from;
    onOpen({ socket: this.socket, id, to: from, from: packet.to });
  }

  private answer({ from, to }: Packet, data: Uint8Array): void {
    // What is lost is asked for again.
    void this.socket.sendBatch([{ data, to: from, from: to }]).catch(() => undefined);
  }
}

function isSame(one: AddrPort | undefined, other: AddrPort): boolean {
  return one === other || one?.equals(other) === true;
}
