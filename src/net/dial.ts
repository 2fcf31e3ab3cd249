import type { Conn } from "./conn.ts";
import type { DialOptions } from "./dial-options.ts";
import { dialTcp } from "./dial-tcp.ts";
import { dialUnix } from "./dial-unix.ts";
import type { StreamNetwork } from "./stream-network.ts";
import { unknownNetwork } from "./unknown-network.ts";

/**
 * Connects a stream: "tcp" to "host:port" (an empty host is this machine), "unix" to a path or an abstract "@name". Addresses of a name are tried one after
 * the other. Throws NetError: ETIMEDOUT for a limit that passed, ECANCELED for the caller's signal.
 *
 * @example
 * const conn = await dial("tcp", "example.com:80", { timeoutMs: 5000 });
 */
export async function dial(network: StreamNetwork, address: string, options?: DialOptions): Promise<Conn>;
export async function dial(network: StreamNetwork, address: string, options: DialOptions = {}): Promise<Conn> {
  switch (network) {
    case "tcp":
    case "tcp4":
    case "tcp6":
      return dialTcp(network, address, options);
    case "unix":
      return dialUnix(address, options);
    default:
      throw unknownNetwork("dial", network, address);
  }
}
