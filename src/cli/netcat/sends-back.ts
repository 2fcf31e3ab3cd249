import { AddrPort } from "../../addr/index.ts";
import type { Endpoint } from "../../net/index.ts";

/** echo, daytime, quote of the day, character generator, time: who listens there answers every datagram (RFC 862 to 865, 867, 868). */
const ANSWERING_PORTS: ReadonlySet<number> = new Set([7, 13, 17, 19, 37]);

/**
 * Whether a datagram's sender looks like one that sends everything back, so that the two would keep a datagram with a forged sender between them for ever: by its port, which is that of a service that does, or our own.
 */
export function sendsBack(from: Endpoint, local: Endpoint): boolean {
  if (!(from instanceof AddrPort) || !(local instanceof AddrPort)) return false;
  return from.port === local.port || ANSWERING_PORTS.has(from.port);
}
