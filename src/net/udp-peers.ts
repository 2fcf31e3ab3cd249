import { Addr, AddrPort } from "../addr/index.ts";
import {
  type DatagramBatch,
  destinationKeyV6,
  destinationV4,
  destinationV6,
  encodeIpAddress,
  findPacketInfo,
  replySourceV4,
  senderKeyV6,
  senderV4,
  senderV6,
  sourceControlV4,
  sourceControlV6,
} from "../sys/index.ts";

/** Peers that are remembered; when there are more, all are forgotten. */
const MAX_PEERS = 4096;

/** A peer as a socket knows it. */
export interface UdpPeer {
  readonly endpoint: AddrPort;
  /** Its `sockaddr`, in the socket's own family. */
  readonly address: Uint8Array;
  /** The local address that it sent to, where the socket tells. */
  readonly to: AddrPort | undefined;
  /** Makes an answer leave from that address: encoded control messages. */
  readonly control: Uint8Array | undefined;
}

/**
 * The peers of one UDP socket. A peer that sends again is found by its bytes, without making objects; and the endpoint that was given out for it remembers how to answer:
 * its encoded address, and the local address that it had sent to. So each pair of a peer and a local address has an endpoint of its own.
 */
export class UdpPeers {
  private readonly family: 4 | 6;
  private readonly port: number;
  /** By local address (0: not told), then by peer: both as numbers, for IPv4. */
  private readonly v4 = new Map<number, Map<number, UdpPeer>>();
  /** By the bytes of both, for IPv6. */
  private readonly v6 = new Map<string, UdpPeer>();
  private count = 0;
  private known = new WeakMap<AddrPort, UdpPeer>();
  private last: UdpPeer | undefined = undefined;
  private lastPeer = -1;
  private lastLocal = -1;

  /** `port`: the socket's own, for the addresses that packets were sent to. */
  constructor(family: 4 | 6, port: number) {
    this.family = family;
    this.port = port;
  }

  /** Who sent the datagram in a slot of a batch. */
  senderOf(batch: DatagramBatch, slot: number, withControl: boolean): UdpPeer {
    const { control, names } = batch;
    const name = batch.nameAt(slot);
    const info = withControl
      ? findPacketInfo(control, batch.controlAt(slot), batch.controlLength(slot), this.family)
      : -1;
    const peer = senderV4(names, name);
    if (peer < 0) return this.senderV6(names, name, control, info);
    const local = info < 0 ? 0 : destinationV4(control, info, this.family);
    if (peer === this.lastPeer && local === this.lastLocal && this.last !== undefined) return this.last;
    const found =
      this.v4.get(local)?.get(peer) ?? this.addV4(peer, local, info < 0 ? 0 : this.answerFrom(batch, slot, info));
    this.lastPeer = peer;
    this.lastLocal = local;
    this.last = found;
    return found;
  }

  /** How to send to an endpoint: one that came from here by what is remembered of it, any other by its address alone. undefined where this socket cannot reach its family. */
  peerOf(endpoint: AddrPort): UdpPeer | undefined {
    const peer = this.known.get(endpoint);
    if (peer !== undefined) return peer;
    const addr = this.inFamily(endpoint.addr);
    if (addr === undefined) return undefined;
    const made = { endpoint, address: encodeIpAddress(addr, endpoint.port), to: undefined, control: undefined };
    this.known.set(endpoint, made);
    return made;
  }

  /** Control messages that make a datagram leave from a local address. */
  controlFrom(from: Addr): Uint8Array | undefined {
    const addr = this.inFamily(from);
    if (addr === undefined) return undefined;
    if (addr.version === 4) return sourceControlV4(Number(addr.toBigInt()));
    const zone = /^\d+$/.test(addr.zone) ? Number(addr.zone) : 0;
    return sourceControlV6(addr.toBytes(), zone);
  }

  private inFamily(given: Addr): Addr | undefined {
    const addr = given.unmap();
    if (addr.version === this.family) return addr;
    return this.family === 6 ? mapped(addr) : undefined;
  }

  private senderV6(names: DataView, name: number, control: DataView, info: number): UdpPeer {
    const key = senderKeyV6(names, name) + (info < 0 ? "" : destinationKeyV6(control, info));
    const found = this.v6.get(key);
    if (found !== undefined) return found;
    const endpoint = senderV6(names, name);
    const address = encodeIpAddress(endpoint.addr, endpoint.port);
    const peer = { endpoint, address, ...this.localV6(control, info) };
    this.forgetIfMany();
    this.v6.set(key, peer);
    this.known.set(endpoint, peer);
    return peer;
  }

  private localV6(control: DataView, info: number): Pick<UdpPeer, "control" | "to"> {
    if (info < 0) return { to: undefined, control: undefined };
    const { bytes, index } = destinationV6(control, info);
    const plain = Addr.fromBytes(bytes);
    const isLocal = plain.isLinkLocal;
    const to = new AddrPort(isLocal ? plain.withZone(String(index)) : plain, this.port);
    return { to, control: plain.isMulticast ? undefined : sourceControlV6(bytes, isLocal ? index : 0) };
  }

  /** Where an answer to what came by IPv4 leaves from; 0: the system's choice. `info`: as found for this socket's family. */
  private answerFrom(batch: DatagramBatch, slot: number, info: number): number {
    const { control } = batch;
    // A socket for both families is told where IPv4 answers from in a message of its own: the mapped address is the one that was sent to.
    const told =
      this.family === 4 ? info : findPacketInfo(control, batch.controlAt(slot), batch.controlLength(slot), 4);
    return told < 0 ? 0 : replySourceV4(control, told);
  }

  /** `answerFrom`: the local address that answers leave from, which is not `local` when that is a group's or a broadcast address; 0: the system's choice. */
  private addV4(peer: number, local: number, answerFrom: number): UdpPeer {
    const addr = v4(Math.floor(peer / 0x1_0000));
    const endpoint = new AddrPort(addr, peer % 0x1_0000);
    const control = answerFrom === 0 ? undefined : this.answerControl(answerFrom);
    const to = local === 0 ? undefined : new AddrPort(v4(local), this.port);
    const made = { endpoint, address: encodeIpAddress(this.inFamily(addr) ?? addr, endpoint.port), to, control };
    this.forgetIfMany();
    let peers = this.v4.get(local);
    if (peers === undefined) this.v4.set(local, (peers = new Map()));
    peers.set(peer, made);
    this.known.set(endpoint, made);
    return made;
  }

  private answerControl(from: number): Uint8Array {
    return this.family === 4 ? sourceControlV4(from) : sourceControlV6(mapped(v4(from)).toBytes(), 0);
  }

  private forgetIfMany(): void {
    if (++this.count <= MAX_PEERS) return;
    this.count = 1;
    this.v4.clear();
    this.v6.clear();
  }
}

function v4(word: number): Addr {
  return Addr.fromWords(4, [0, 0, 0, word]);
}

/** ::ffff:a.b.c.d */
function mapped(addr: Addr): Addr {
  return Addr.fromWords(6, [0, 0, 0xffff, addr.words[3]]);
}
