import type { AddrPort } from "../addr/index.ts";
import { encodePacket, type HeaderBuilder } from "./header-builder.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import type { PacketDirection } from "./pcapng-block.ts";
import { tcp, TCP_FLAGS } from "./tcp.ts";
import type { TcpOption } from "./tcp-option.ts";

/** Bytes of a segment at most: with headers less than the 65,535 that an IP packet may have. */
const SEGMENT = 32_768;
const MSS = 65_440;
const WINDOW_SHIFT = 7;

/** The ends of a stream. */
export interface TcpStreamInit {
  /** This side: what it sends is "outbound". Both addresses are of one version. */
  readonly local: AddrPort;
  readonly remote: AddrPort;
  /** Whether this side opened the connection. Default true. */
  readonly dialed?: boolean;
  /** The first sequence numbers of both sides. Default 0. */
  readonly sequences?: { readonly local: number; readonly remote: number };
}

/** One side of the stream. */
interface Side {
  readonly direction: PacketDirection;
  readonly from: AddrPort;
  readonly to: AddrPort;
  /** The next sequence number that it sends. */
  next: number;
  ended: boolean;
}

/**
 * Makes IP packets that could have carried a stream: handshake, segments that the other side acknowledges one by one, FIN or RST, with right numbers and checksums. For captures of streams
 * that have no packets of their own, or whose packets are encrypted or out of reach; dissectors follow them as any TCP connection. It has no clock: the caller says when.
 *
 * @example
 * const stream = new TcpStream({ local, remote }, (packet, direction) => file.push({ packet, direction }));
 * stream.open();
 * stream.data("outbound", request);
 * stream.data("inbound", response);
 * stream.end("outbound");
 */
export class TcpStream {
  private readonly emit: (packet: Uint8Array, direction: PacketDirection) => void;
  private readonly outbound: Side;
  private readonly inbound: Side;
  private readonly dialed: boolean;
  private isReset = false;

  /** `emit` gets each packet, without a link layer (LINK_TYPE.RAW), owned. Throws RangeError when the addresses are of two versions. */
  constructor(init: TcpStreamInit, emit: (packet: Uint8Array, direction: PacketDirection) => void) {
    const { local, remote } = init;
    if (local.addr.version !== remote.addr.version) throw new RangeError("both addresses must be of one IP version");
    this.emit = emit;
    this.dialed = init.dialed ?? true;
    const { sequences } = init;
    this.outbound = { direction: "outbound", from: local, to: remote, next: sequences?.local ?? 0, ended: false };
    this.inbound = { direction: "inbound", from: remote, to: local, next: sequences?.remote ?? 0, ended: false };
  }

  /** The handshake: SYN, SYN and ACK, ACK. */
  open(): void {
    const [first, second] = this.dialed ? [this.outbound, this.inbound] : [this.inbound, this.outbound];
    const options: TcpOption[] = [
      { kind: "mss", value: MSS },
      { kind: "windowScale", shift: WINDOW_SHIFT },
    ];
    this.segment(first, TCP_FLAGS.SYN, { options });
    first.next = (first.next + 1) >>> 0;
    this.segment(second, TCP_FLAGS.SYN | TCP_FLAGS.ACK, { options });
    second.next = (second.next + 1) >>> 0;
    this.segment(first, TCP_FLAGS.ACK);
  }

  /** Bytes went this way; they are borrowed. Nothing follows the end of a direction. */
  data(direction: PacketDirection, bytes: Uint8Array): void {
    const side = this.side(direction);
    if (side.ended || this.isReset) return;
    for (let at = 0; at < bytes.length; at += SEGMENT) {
      const payload = bytes.subarray(at, at + SEGMENT);
      const isLast = at + SEGMENT >= bytes.length;
      this.segment(side, TCP_FLAGS.ACK | (isLast ? TCP_FLAGS.PSH : 0), { payload });
      side.next = (side.next + payload.length) >>> 0;
      this.segment(this.other(side), TCP_FLAGS.ACK);
    }
  }

  /** This direction ended: FIN, and the other side's ACK. Once. */
  end(direction: PacketDirection): void {
    const side = this.side(direction);
    if (side.ended || this.isReset) return;
    side.ended = true;
    this.segment(side, TCP_FLAGS.FIN | TCP_FLAGS.ACK);
    side.next = (side.next + 1) >>> 0;
    this.segment(this.other(side), TCP_FLAGS.ACK);
  }

  /** The side that sends this way reset the connection. Once; nothing follows. */
  reset(direction: PacketDirection): void {
    if (this.isReset) return;
    this.isReset = true;
    this.segment(this.side(direction), TCP_FLAGS.RST | TCP_FLAGS.ACK);
  }

  private side(direction: PacketDirection): Side {
    return direction === "outbound" ? this.outbound : this.inbound;
  }

  private other(side: Side): Side {
    return side === this.outbound ? this.inbound : this.outbound;
  }

  private segment(
    side: Side,
    flags: number,
    more?: { readonly options?: readonly TcpOption[]; readonly payload?: Uint8Array },
  ): void {
    const header = tcp({
      sourcePort: side.from.port,
      destinationPort: side.to.port,
      sequence: side.next,
      acknowledgment: (flags & TCP_FLAGS.ACK) === 0 ? 0 : this.other(side).next,
      flags,
      options: more?.options ?? [],
    });
    this.emit(encodePacket([ipHeader(side), header], more?.payload), side.direction);
  }
}

function ipHeader({ from, to }: Side): HeaderBuilder {
  const source = from.addr;
  const destination = to.addr;
  return source.version === 4 ? ipv4({ source, destination }) : ipv6({ source, destination });
}
