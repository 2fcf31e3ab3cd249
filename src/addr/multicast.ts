import { Addr } from "./addr.ts";
import { Mac } from "./mac.ts";

/** ff02::1:ff00:0/104 and the last 24 bits of an address: the group of everyone whose address ends so, whom neighbour discovery asks (RFC 4291 section 2.7.1). Throws RangeError on version 4 and on multicast. */
export function solicitedNode(addr: Addr): Addr {
  if (addr.version === 4 || addr.isMulticast)
    throw new RangeError(`only an IPv6 unicast or anycast address has a solicited-node group, not ${addr.toString()}`);
  return Addr.fromWords(6, [0xff02_0000, 0, 1, 0xff00_0000 | (addr.w3 & 0xff_ffff)], addr.zone);
}

/** Whether it is the solicited-node group of some address: ff02::1:ff00:0/104. */
export function isSolicitedNode(addr: Addr): boolean {
  return addr.version === 6 && addr.w0 === 0xff02_0000 && addr.w1 === 0 && addr.w2 === 1 && addr.w3 >>> 24 === 0xff;
}

/** The hardware address that packets to a group go to: 01:00:5e and 23 bits of it (RFC 1112 section 6.4), or 33:33 and 32 (RFC 2464 section 7). Throws RangeError on what is no multicast. */
export function multicastMac(addr: Addr): Mac {
  const group = addr.unmap();
  if (!group.isMulticast) throw new RangeError(`${addr.toString()} is no multicast address`);
  const [, b1 = 0, b2 = 0, b3 = 0] = group.toBytes().subarray(-4);
  if (group.version === 4) return Mac.fromBytes(Uint8Array.of(1, 0, 0x5e, b1 & 0x7f, b2, b3));
  return Mac.fromBytes(Uint8Array.of(0x33, 0x33, ...group.toBytes().subarray(-4)));
}

/** Groups that standards and systems use, by their text; in IPv6 with the scopes that they are found in. */
const GROUPS: Readonly<Record<string, string>> = {
  "224.0.0.1": "all systems on this subnet",
  "224.0.0.2": "all routers on this subnet",
  "224.0.0.5": "OSPF routers",
  "224.0.0.6": "OSPF designated routers",
  "224.0.0.9": "RIPv2 routers",
  "224.0.0.13": "PIM routers",
  "224.0.0.18": "VRRP",
  "224.0.0.22": "IGMPv3 reports",
  "224.0.0.251": "mDNS",
  "224.0.0.252": "LLMNR",
  "224.0.1.1": "NTP",
  "224.0.1.129": "PTP",
  "239.255.255.250": "SSDP",
  "ff01::1": "all nodes",
  "ff02::1": "all nodes",
  "ff01::2": "all routers",
  "ff02::2": "all routers",
  "ff05::2": "all routers",
  "ff02::5": "OSPF routers",
  "ff02::6": "OSPF designated routers",
  "ff02::9": "RIPng routers",
  "ff02::c": "SSDP",
  "ff02::d": "PIM routers",
  "ff02::12": "VRRP",
  "ff02::16": "MLDv2 reports",
  "ff02::fb": "mDNS",
  "ff02::1:2": "DHCP relays and servers",
  "ff02::1:3": "LLMNR",
  "ff05::1:3": "DHCP servers",
};

/** What a well-known multicast group is for, such as "mDNS" for ff02::fb; undefined for any other. */
export function multicastGroupName(addr: Addr): string | undefined {
  const text = addr.unmap().withZone("").toString();
  if (Object.hasOwn(GROUPS, text)) return GROUPS[text];
  return isSolicitedNode(addr) ? "solicited node" : undefined;
}
