import { Addr, AddrPort } from "../addr/index.ts";
import type { Endpoint } from "../net/index.ts";

/** Addresses for ends that have none (RFC 5737, "for documentation"), and where their ports begin. */
const LOCAL = Addr.parse("192.0.2.1");
const REMOTE = Addr.parse("192.0.2.2");
const FIRST_PORT = 49_152;
const PORTS = 16_384;
const DEFAULT_PORT = 80;

/** How ends without addresses are told apart. */
export interface MadeUpEnds {
  /** Whether the local side opened the connection. */
  readonly dialed: boolean;
  /** By which the port of the side that dialed is chosen. */
  readonly number: number;
  /** The port of the other side. Default 80. */
  readonly port: number | undefined;
}

/** Two ends as IP addresses of one version: the true ones where there are, else made-up ones. */
export function ipEnds(
  local: Endpoint,
  remote: Endpoint,
  madeUp: MadeUpEnds,
): { readonly local: AddrPort; readonly remote: AddrPort } {
  const ends = [unmapped(local), unmapped(remote)] as const;
  if (ends[0] !== undefined && ends[1] !== undefined && ends[0].addr.version === ends[1].addr.version) {
    return { local: ends[0], remote: ends[1] };
  }
  const ports = [FIRST_PORT + (madeUp.number % PORTS), madeUp.port ?? DEFAULT_PORT] as const;
  const [localPort, remotePort] = madeUp.dialed ? ports : [ports[1], ports[0]];
  return { local: new AddrPort(LOCAL, localPort), remote: new AddrPort(REMOTE, remotePort) };
}

function unmapped(end: Endpoint): AddrPort | undefined {
  return end instanceof AddrPort ? end.unmap() : undefined;
}
