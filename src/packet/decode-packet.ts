import { ParseError } from "../bytes/index.ts";
import { decodeArp } from "./arp.ts";
import { ETHER_TYPE } from "./ether-type.ts";
import { decodeEthernet, decodeVlanTag } from "./ethernet.ts";
import { decodeIcmp, decodeIcmpv6 } from "./icmp.ts";
import { IP_PROTOCOL } from "./ip-protocol.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { decodeIpv6Extension, isIpv6Extension } from "./ipv6-extension.ts";
import { TruncatedError } from "./layer.ts";
import { LINK_TYPE } from "./link-type.ts";
import { decodeLinuxCooked } from "./linux-cooked.ts";
import { type AnyLayer, Packet } from "./packet.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeUdp } from "./udp.ts";

/** A packet may be nothing but headers of 4 bytes; no honest one has so many. */
const MOST_LAYERS = 32;

/** How a packet is decoded. */
export interface DecodeOptions {
  /** Its length on the wire, where the capture may have been cut (`wireLength` of a packet in a file). Default: the bytes given. */
  readonly wireLength?: number;
}

/**
 * Decodes a packet, layer by layer, as far as it goes. It never throws on what came from a network: a packet that is wrong has an `error` and the layers before it, one that was cut by
 * the capture is `truncated`. Fragments are not decoded beyond IP. The bytes are borrowed, not copied.
 *
 * @example
 * const packet = decodePacket(bytes, LINK_TYPE.ETHERNET);
 * console.log(packet.tcp?.destinationPort, packet.payload.length);
 */
export function decodePacket(bytes: Uint8Array, linkType: number, options?: DecodeOptions): Packet {
  const layers: AnyLayer[] = [];
  const end = Math.max(bytes.length, options?.wireLength ?? 0);
  let error: ParseError | undefined;
  let truncated = false;
  try {
    for (let next = first(bytes, linkType, end); next !== undefined; next = following(next)) {
      layers.push(next);
      if (layers.length === MOST_LAYERS)
        throw new ParseError(bytes, next.payloadStart, `more than ${MOST_LAYERS} layers`);
    }
  } catch (thrown) {
    if (thrown instanceof TruncatedError) truncated = true;
    else if (thrown instanceof ParseError) error = thrown;
    else throw thrown;
  }
  return new Packet(bytes, end, layers, truncated || (layers.at(-1)?.truncated ?? end > bytes.length), error);
}

function first(bytes: Uint8Array, linkType: number, end: number): AnyLayer | undefined {
  switch (linkType) {
    case LINK_TYPE.ETHERNET:
      return decodeEthernet(bytes, 0, end);
    case LINK_TYPE.LINUX_SLL:
      return decodeLinuxCooked(bytes, 1, 0, end);
    case LINK_TYPE.LINUX_SLL2:
      return decodeLinuxCooked(bytes, 2, 0, end);
    case LINK_TYPE.IPV4:
      return decodeIpv4(bytes, 0, end);
    case LINK_TYPE.IPV6:
      return decodeIpv6(bytes, 0, end);
    case LINK_TYPE.RAW:
      return (bytes[0] ?? 0) >>> 4 === 6 ? decodeIpv6(bytes, 0, end) : decodeIpv4(bytes, 0, end);
    default:
      return undefined;
  }
}

function following(layer: AnyLayer): AnyLayer | undefined {
  switch (layer.kind) {
    case "ethernet":
    case "vlan":
    case "linux-cooked":
      return byEtherType(layer, layer.etherType);
    case "ipv4":
      return layer.isFragment ? undefined : byProtocol(layer, layer.protocol);
    case "ipv6":
    case "ipv6-extension":
      return byProtocol(layer, layer.nextHeader);
    case "ipv6-fragment":
      return layer.isFragment ? undefined : byProtocol(layer, layer.nextHeader);
    default:
      return undefined;
  }
}

function byEtherType({ bytes, payloadStart, end }: AnyLayer, etherType: number | undefined): AnyLayer | undefined {
  switch (etherType) {
    case ETHER_TYPE.IPV4:
      return decodeIpv4(bytes, payloadStart, end);
    case ETHER_TYPE.IPV6:
      return decodeIpv6(bytes, payloadStart, end);
    case ETHER_TYPE.ARP:
      return decodeArp(bytes, payloadStart, end);
    case ETHER_TYPE.VLAN:
    case ETHER_TYPE.SERVICE_VLAN:
      return decodeVlanTag(bytes, payloadStart, end);
    default:
      return undefined;
  }
}

function byProtocol({ bytes, payloadStart, end, kind }: AnyLayer, protocol: number): AnyLayer | undefined {
  switch (protocol) {
    case IP_PROTOCOL.TCP:
      return decodeTcp(bytes, payloadStart, end);
    case IP_PROTOCOL.UDP:
      return decodeUdp(bytes, payloadStart, end);
    case IP_PROTOCOL.ICMP:
      return decodeIcmp(bytes, payloadStart, end);
    case IP_PROTOCOL.ICMPV6:
      return decodeIcmpv6(bytes, payloadStart, end);
    case IP_PROTOCOL.IPV4:
      return decodeIpv4(bytes, payloadStart, end);
    case IP_PROTOCOL.IPV6:
      return decodeIpv6(bytes, payloadStart, end);
    default:
      return kind !== "ipv4" && isIpv6Extension(protocol)
        ? decodeIpv6Extension(bytes, payloadStart, end, protocol)
        : undefined;
  }
}
