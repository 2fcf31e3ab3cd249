export { Addr } from "./addr.ts";
export { AddrPort, tryParsePort } from "./addr-port.ts";
export { AddrRange } from "./addr-range.ts";
export { AddrSet, type AddrSetMember } from "./addr-set.ts";
export type { Words } from "./addr-text.ts";
export { type AddrCategory, addrCategory, type Anycast, anycast } from "./category.ts";
export { type EmbeddedV4, embeddedV4, type EmbeddedV4Kind, embedNat64, extractNat64, mapToV6 } from "./embedded-v4.ts";
export { type HostPort, joinHostPort, splitHostPort } from "./host-port.ts";
export {
  interfaceIdOf,
  interfaceIdOfMac,
  isReservedInterfaceId,
  macOfInterfaceId,
  withInterfaceId,
} from "./interface-id.ts";
export { Mac, type MacForm } from "./mac.ts";
export { isSolicitedNode, multicastGroupName, multicastMac, solicitedNode } from "./multicast.ts";
export type { MulticastScope } from "./multicast-scope.ts";
export { type PortKind, portKind, PortRange } from "./port-range.ts";
export { Prefix } from "./prefix.ts";
export { PrefixTable } from "./prefix-table.ts";
export { addrOfReverseName, reverseName } from "./reverse-name.ts";
export {
  registeredServices,
  type Service,
  serviceName,
  servicePort,
  type ServiceProtocol,
  Services,
} from "./services.ts";
export { specialPurpose, specialPurposes } from "./special-purpose.ts";
export { type SpecialPurpose, SPECIAL_PURPOSES } from "./special-purpose-lookup.ts";
export { SPECIAL_PURPOSE_DATE } from "./special-purpose-table.ts";
export {
  type StableInterfaceId,
  stableInterfaceId,
  type StableInterfaceIdInput,
  temporaryInterfaceId,
} from "./stable-interface-id.ts";
export { UnixAddress } from "./unix-address.ts";
