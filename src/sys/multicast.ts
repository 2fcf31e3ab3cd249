import type { Addr } from "../addr/index.ts";
import { interfaceIndex } from "./interface-index.ts";
import { allocate } from "./memory.ts";
import { encodeIpAddress } from "./socket-address.ts";
import { IPPROTO_IP, IPPROTO_IPV6, setSocketOption, setSocketOptionBytes } from "./socket-option.ts";

const IP_MULTICAST_IF = 32;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_LOOP = 34;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
/** Protocol-independent options of RFC 3678. */
const GROUP = { join: 42, leave: 45, joinSource: 46, leaveSource: 47 } as const;
/** Within `group_req` and `group_source_req`: the interface's index, then addresses of 128 bytes each. */
const GROUP_AT = 8;
const ADDRESS_BYTES = 128;

/** A multicast group, as one socket is a member of it. */
export interface GroupMembership {
  readonly group: Addr;
  /** The interface's index; 0: the system's choice. */
  readonly interfaceIndex: number;
  /** Only what this sender sends (source-specific multicast, RFC 4607). */
  readonly source?: Addr | undefined;
}

/** Makes a socket a member of a group, or ends that. Throws SystemError: ENODEV, EADDRINUSE for a member already, EADDRNOTAVAIL for no member, EINVAL for an address that is no group. */
export function changeMembership(fd: number, action: "join" | "leave", membership: GroupMembership): void {
  const { group, source } = membership;
  const level = group.version === 4 ? IPPROTO_IP : IPPROTO_IPV6;
  const request = allocate(GROUP_AT + ADDRESS_BYTES * (source === undefined ? 1 : 2));
  new DataView(request.buffer).setUint32(0, membership.interfaceIndex, true);
  request.set(encodeIpAddress(group.withZone(""), 0), GROUP_AT);
  if (source !== undefined) request.set(encodeIpAddress(source, 0), GROUP_AT + ADDRESS_BYTES);
  const option = source === undefined ? GROUP[action] : GROUP[`${action}Source`];
  setSocketOptionBytes(fd, level, option, request, `${action} ${group.toString()}`);
}

/** How a socket sends to groups. What is absent stays as it is. */
export interface MulticastOptions {
  /** How many routers a packet may pass; 0 keeps it on this machine. The system's default is 1: this network. */
  readonly ttl?: number | undefined;
  /** Whether members on this machine hear it, too. The system's default is true. */
  readonly loop?: boolean | undefined;
  /** The interface to send through, by name or index. The system's default is by its routes. */
  readonly interface?: string | number | undefined;
}

/** Sets how a socket sends to groups; one for IPv6 is set for IPv4 as well. Throws SystemError that names the option. */
export function setMulticast(fd: number, family: 4 | 6, { interface: through, loop, ttl }: MulticastOptions): void {
  if (ttl !== undefined) setSocketOption(fd, IPPROTO_IP, IP_MULTICAST_TTL, ttl, "IP_MULTICAST_TTL");
  if (loop !== undefined) setSocketOption(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loop ? 1 : 0, "IP_MULTICAST_LOOP");
  const index = through === undefined ? undefined : interfaceIndex(through);
  if (index !== undefined) setInterfaceV4(fd, index);
  if (family === 4) return;
  if (ttl !== undefined) setSocketOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, ttl, "IPV6_MULTICAST_HOPS");
  if (loop !== undefined) setSocketOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, loop ? 1 : 0, "IPV6_MULTICAST_LOOP");
  if (index !== undefined) setSocketOption(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index, "IPV6_MULTICAST_IF");
}

/** `struct ip_mreqn`: group, local address, and the index at 8, which is what counts. */
function setInterfaceV4(fd: number, index: number): void {
  const request = allocate(12);
  new DataView(request.buffer).setInt32(8, index, true);
  setSocketOptionBytes(fd, IPPROTO_IP, IP_MULTICAST_IF, request, "IP_MULTICAST_IF");
}
