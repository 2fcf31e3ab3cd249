export { Addr } from "./addr.ts";
export { AddrPort, tryParsePort } from "./addr-port.ts";
export type { Words } from "./addr-text.ts";
export { type HostPort, joinHostPort, splitHostPort } from "./host-port.ts";
export { Mac, type MacForm } from "./mac.ts";
export type { MulticastScope } from "./multicast-scope.ts";
export { type PortKind, portKind, PortRange } from "./port-range.ts";
export { Prefix } from "./prefix.ts";
export { PrefixTable } from "./prefix-table.ts";
export {
  registeredServices,
  type Service,
  serviceName,
  servicePort,
  type ServiceProtocol,
  Services,
} from "./services.ts";
export { type SpecialPurpose, specialPurpose, SPECIAL_PURPOSES, specialPurposes } from "./special-purpose.ts";
export { SPECIAL_PURPOSE_DATE } from "./special-purpose-table.ts";
export { UnixAddress } from "./unix-address.ts";
