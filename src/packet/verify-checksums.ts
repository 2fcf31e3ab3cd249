import { internetChecksum } from "../bytes/index.ts";
import type { Icmp } from "./icmp.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import type { Ipv4 } from "./ipv4.ts";
import type { Ipv6 } from "./ipv6.ts";
import type { AnyLayer, Packet } from "./packet.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";

/**
 * What a checksum is:
 * - "good" or "bad";
 * - "absent": a UDP sender over IPv4 computed none;
 * - "offloaded": it holds only the sum of the pseudo-header, as the sender's system leaves it for the network card to finish. Packets captured on the machine that sent them look so;
 * - "unknown": not everything that it covers is here, because the capture was cut, or a routing header hides the final destination.
 */
export type ChecksumState = "absent" | "bad" | "good" | "offloaded" | "unknown";

/** A layer's checksum that is wrong. */
export interface ChecksumFault {
  readonly layer: Icmp | Ipv4 | Tcp | Udp;
  readonly state: "bad" | "offloaded";
}

/** What `verifyChecksums` lets pass. */
export interface VerifyOptions {
  /** Whether to take what the sender left for its network card as right. Default false. */
  readonly allowOffloaded?: boolean;
}

/** The checksums of a packet that are wrong; none when all are right, absent or can't be known. */
export function verifyChecksums(packet: Packet, options?: VerifyOptions): readonly ChecksumFault[] {
  const faults: ChecksumFault[] = [];
  packet.layers.forEach((layer, index) => {
    const state = checksumState(packet, index);
    if (state !== "bad" && (state !== "offloaded" || options?.allowOffloaded === true)) return;
    faults.push({ layer: layer as Icmp | Ipv4 | Tcp | Udp, state });
  });
  return faults;
}

/** What the checksum of the packet's layer at `index` is; undefined when that kind of layer has none. */
export function checksumState(packet: Packet, index: number): ChecksumState | undefined {
  const layer = packet.layers[index];
  switch (layer?.kind) {
    case "ipv4":
      return internetChecksum(layer.bytes, layer.start, layer.payloadStart) === 0 ? "good" : "bad";
    case "icmp":
      return overPayload(layer, 0);
    case "icmpv6":
      return withPseudo(packet, index, layer, IP_PROTOCOL.ICMPV6);
    case "tcp":
      return withPseudo(packet, index, layer, IP_PROTOCOL.TCP);
    case "udp":
      return udpState(packet, index, layer);
    default:
      return undefined;
  }
}

function udpState(packet: Packet, index: number, layer: Udp): ChecksumState {
  if (layer.checksum !== 0) return withPseudo(packet, index, layer, IP_PROTOCOL.UDP);
  return ipBefore(packet.layers, index)?.kind === "ipv4" ? "absent" : "bad";
}

function withPseudo(packet: Packet, index: number, layer: Icmp | Tcp | Udp, protocol: number): ChecksumState {
  const ip = ipBefore(packet.layers, index);
  if (ip === undefined || isRouted(packet.layers, index)) return "unknown";
  const pseudo = ip.pseudoSum(protocol, layer.end - layer.start);
  const state = overPayload(layer, pseudo);
  return state === "bad" && layer.checksum === folded(pseudo) ? "offloaded" : state;
}

function overPayload(layer: Icmp | Tcp | Udp, sum: number): ChecksumState {
  if (layer.truncated) return "unknown";
  return internetChecksum(layer.bytes, layer.start, layer.end, sum) === 0 ? "good" : "bad";
}

function folded(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}

function ipBefore(layers: readonly AnyLayer[], index: number): Ipv4 | Ipv6 | undefined {
  for (let i = index - 1; i >= 0; i--) {
    const layer = layers[i]!;
    if (layer.kind === "ipv4" || layer.kind === "ipv6") return layer;
  }
  return undefined;
}

/** Whether a routing header with segments left stands between the layer and its IP header. */
function isRouted(layers: readonly AnyLayer[], index: number): boolean {
  for (let i = index - 1; i >= 0; i--) {
    const layer = layers[i]!;
    if (layer.kind === "ipv4" || layer.kind === "ipv6") return false;
    if (layer.kind === "ipv6-extension" && layer.protocol === IP_PROTOCOL.ROUTING && layer.content[1] !== 0)
      return true;
  }
  return false;
}
