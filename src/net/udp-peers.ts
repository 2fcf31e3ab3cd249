import { Addr, AddrPort } from "../addr/index.ts";
import { type DatagramBatch, encodeControl, encodeIpAddress } from "../sys/index.ts";

const AF_INET = 2;
const IPPROTO_IP = 0;
const IP_PKTINFO = 8;
const IPPROTO_IPV6 = 41;
const IPV6_PKTINFO = 50;
/** Length of a control message's head. */
const CONTROL_HEAD = 16;
/** Where 32-bit words of IPv6 addresses begin in `sockaddr_in6`, behind family, port and flow label; the zone follows them. */
const NAME_WORDS = 8;
const NAME_ZONE = 24;
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
    const beside = withControl ? batch.controlAt(slot) + CONTROL_HEAD : -1;
    const isV4 = names.getUint16(name, true) === AF_INET;
    if (!isV4 && !isMapped(names, name + NAME_WORDS)) return this.senderV6(names, name, control, beside);
    const peer = names.getUint32(name + (isV4 ? 4 : NAME_WORDS + 12)) * 0x1_0000 + names.getUint16(name + 2);
    // `in_pktinfo`: index, the address to answer from, the address that it was sent to. `in6_pktinfo`: the address, index.
    const local = beside < 0 ? 0 : control.getUint32(beside + (isV4 ? 8 : 12));
    if (peer === this.lastPeer && local === this.lastLocal && this.last !== undefined) return this.last;
    const found =
      this.v4.get(local)?.get(peer) ??
      this.addV4(peer, local, isV4 && beside >= 0 ? control.getUint32(beside + 4) : local);
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
    if (addr.version === 4) return controlV4(Number(addr.toBigInt()));
    const zone = /^\d+$/.test(addr.zone) ? Number(addr.zone) : 0;
    return controlV6(addr.toBytes(), zone);
  }

  private inFamily(given: Addr): Addr | undefined {
    const addr = given.unmap();
    if (addr.version === this.family) return addr;
    return this.family === 6 ? mapped(addr) : undefined;
  }

  private senderV6(names: DataView, name: number, control: DataView, beside: number): UdpPeer {
    const key = keyOf(names, name + 2, 26) + (beside < 0 ? "" : keyOf(control, beside, 20));
    const found = this.v6.get(key);
    if (found !== undefined) return found;
    const zone = names.getUint32(name + NAME_ZONE, true);
    const addr = Addr.fromBytes(bytesAt(names, name + NAME_WORDS, 16), zone === 0 ? "" : String(zone));
    const endpoint = new AddrPort(addr, names.getUint16(name + 2));
    const peer = { endpoint, address: encodeIpAddress(addr, endpoint.port), ...this.localV6(control, beside) };
    this.forgetIfMany();
    this.v6.set(key, peer);
    this.known.set(endpoint, peer);
    return peer;
  }

  private localV6(control: DataView, beside: number): Pick<UdpPeer, "control" | "to"> {
    if (beside < 0) return { to: undefined, control: undefined };
    const index = control.getUint32(beside + 16, true);
    const bytes = bytesAt(control, beside, 16);
    const plain = Addr.fromBytes(bytes);
    const isLocal = plain.isLinkLocal;
    const to = new AddrPort(isLocal ? plain.withZone(String(index)) : plain, this.port);
    return { to, control: plain.isMulticast ? undefined : controlV6(bytes, isLocal ? index : 0) };
  }

  /** `answerFrom`: the local address that answers leave from, which is not `local` when that is a group's or a broadcast address. */
  private addV4(peer: number, local: number, answerFrom: number): UdpPeer {
    const addr = v4(Math.floor(peer / 0x1_0000));
    const endpoint = new AddrPort(addr, peer % 0x1_0000);
    const control = local === 0 ? undefined : this.answerControl(answerFrom);
    const to = local === 0 ? undefined : new AddrPort(v4(local), this.port);
    const made = { endpoint, address: encodeIpAddress(this.inFamily(addr) ?? addr, endpoint.port), to, control };
    this.forgetIfMany();
    let peers = this.v4.get(local);
    if (peers === undefined) this.v4.set(local, (peers = new Map()));
    peers.set(peer, made);
    this.known.set(endpoint, made);
    return made;
  }

  private answerControl(from: number): Uint8Array | undefined {
    if (this.family === 4) return controlV4(from);
    // Of a socket for both families the system does not say which address answers for a group.
    return v4(from).isMulticast || v4(from).isBroadcast ? undefined : controlV6(mapped(v4(from)).toBytes(), 0);
  }

  private forgetIfMany(): void {
    if (++this.count <= MAX_PEERS) return;
    this.count = 1;
    this.v4.clear();
    this.v6.clear();
  }
}

function isMapped(names: DataView, at: number): boolean {
  return names.getUint32(at) === 0 && names.getUint32(at + 4) === 0 && names.getUint32(at + 8) === 0xffff;
}

function v4(word: number): Addr {
  return Addr.fromWords(4, [0, 0, 0, word]);
}

/** ::ffff:a.b.c.d */
function mapped(addr: Addr): Addr {
  return Addr.fromWords(6, [0, 0, 0xffff, addr.words[3]]);
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
}

function keyOf(view: DataView, at: number, length: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at, length).toString("latin1");
}

function controlV4(from: number): Uint8Array {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(4, from);
  return encodeControl([{ level: IPPROTO_IP, type: IP_PKTINFO, data }]);
}

function controlV6(from: Uint8Array, index: number): Uint8Array {
  const data = new Uint8Array(20);
  data.set(from);
  new DataView(data.buffer).setUint32(16, index, true);
  return encodeControl([{ level: IPPROTO_IPV6, type: IPV6_PKTINFO, data }]);
}
