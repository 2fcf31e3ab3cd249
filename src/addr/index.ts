export { Addr } from "./addr.ts";
export { AddrPort, tryParsePort } from "./addr-port.ts";
export type { Words } from "./addr-text.ts";
export { type HostPort, joinHostPort, splitHostPort } from "./host-port.ts";
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
export { UnixAddress } from "./unix-address.ts";
