import type { Addr } from "./addr.ts";
import { interfaceIdOf } from "./interface-id.ts";
import type { Prefix } from "./prefix.ts";

/** To whom a packet for an address goes: to nobody, this host, one host, the nearest of several, a group, or all on the link. */
export type AddrCategory = "unspecified" | "loopback" | "unicast" | "anycast" | "multicast" | "broadcast";

/** What shows of an anycast address. */
export interface Anycast {
  /** In words, such as "subnet-router anycast". */
  readonly name: string;
  readonly rfc: string;
}

/**
 * An address's category (RFC 4291 section 2). Most anycast addresses look like any other: only those set aside by standards are told. With the
 * subnet that the address is in, also its subnet-router anycast address and its broadcast address are. A mapped address has that of the one inside.
 */
export function addrCategory(addr: Addr, subnet?: Prefix): AddrCategory {
  const inner = addr.unmap();
  if (inner.isUnspecified) return "unspecified";
  if (inner.isLoopback) return "loopback";
  if (inner.isMulticast) return "multicast";
  if (inner.isBroadcast || isSubnetBroadcast(inner, subnet)) return "broadcast";
  return anycast(inner, subnet) === undefined ? "unicast" : "anycast";
}

/** Which anycast address of the standards it is: a service's own, one of a subnet's reserved ones (RFC 2526), or with the subnet its routers'. */
export function anycast(addr: Addr, subnet?: Prefix): Anycast | undefined {
  const text = addr.toString();
  const known = Object.hasOwn(KNOWN, text) ? KNOWN[text] : undefined;
  if (known !== undefined) return known;
  if (addr.version === 4 || addr.isMulticast) return undefined;
  if (subnet !== undefined && isSubnetRouter(addr, subnet))
    return { name: "subnet-router anycast", rfc: "RFC 4291, section 2.6.1" };
  return reservedSubnetAnycast(addr);
}

/** The anycast addresses of services. */
const KNOWN: Readonly<Record<string, Anycast>> = {
  "192.0.0.9": { name: "Port Control Protocol anycast", rfc: "RFC 7723" },
  "192.0.0.10": { name: "TURN anycast", rfc: "RFC 8155" },
  "192.88.99.1": { name: "6to4 relay anycast, deprecated", rfc: "RFC 7526" },
  "192.88.99.2": { name: "6a44 relay anycast", rfc: "RFC 6751" },
  "192.52.193.1": { name: "AMT relay discovery anycast", rfc: "RFC 7450" },
  "192.31.196.1": { name: "AS112 anycast", rfc: "RFC 7535" },
  "192.175.48.1": { name: "AS112 anycast", rfc: "RFC 7534" },
  "192.175.48.6": { name: "AS112 anycast", rfc: "RFC 7534" },
  "192.175.48.42": { name: "AS112 anycast", rfc: "RFC 7534" },
  "2001:1::1": { name: "Port Control Protocol anycast", rfc: "RFC 7723" },
  "2001:1::2": { name: "TURN anycast", rfc: "RFC 8155" },
  "2001:1::3": { name: "DNS-SD service registration anycast", rfc: "RFC 9665" },
  "2001:3::1": { name: "AMT relay discovery anycast", rfc: "RFC 7450" },
  "2001:4:112::1": { name: "AS112 anycast", rfc: "RFC 7535" },
  "2620:4f:8000::1": { name: "AS112 anycast", rfc: "RFC 7534" },
  "2620:4f:8000::6": { name: "AS112 anycast", rfc: "RFC 7534" },
  "2620:4f:8000::42": { name: "AS112 anycast", rfc: "RFC 7534" },
};

/** On a /127 both addresses are hosts' (RFC 6164), on a /128 there is no other. */
function isSubnetRouter(addr: Addr, subnet: Prefix): boolean {
  return subnet.bits < 127 && subnet.contains(addr.withZone("")) && subnet.masked().addr.equals(addr.withZone(""));
}

/** On a /31 both addresses are hosts' (RFC 3021). */
function isSubnetBroadcast(addr: Addr, subnet: Prefix | undefined): boolean {
  if (addr.version === 6 || subnet === undefined || subnet.bits > 30 || !subnet.contains(addr)) return false;
  const hostBits = 0xffff_ffff >>> subnet.bits;
  return (addr.w3 & hostBits) >>> 0 === hostBits;
}

/** The highest 128 identifiers of a subnet whose identifiers have the form of EUI-64: fdff:ffff:ffff:ff80 and up (RFC 2526 section 2). */
function reservedSubnetAnycast(addr: Addr): Anycast | undefined {
  const id = interfaceIdOf(addr);
  const isReserved = id[0] === 0xfd && id.subarray(1, 7).every((byte) => byte === 0xff) && id[7]! >= 0x80;
  if (!isReserved) return undefined;
  const number = id[7]! & 0x7f;
  const name = number === 126 ? "Mobile IPv6 home agents" : `number ${number}`;
  return { name: `reserved subnet anycast, ${name}`, rfc: "RFC 2526" };
}
