import { Addr } from "../addr/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { TcpNetwork } from "./stream-network.ts";

/** Finds the addresses of a name. */
export interface Resolver {
  /** Addresses of a host in the order in which they should be tried. Throws NetError ENOTFOUND when there is none. */
  resolve(host: string, network: TcpNetwork, options?: WaitOptions): Promise<readonly Addr[]>;
}

/** The system's resolver: /etc/hosts, then DNS. */
export const systemResolver: Resolver = {
  async resolve(host, network) {
    const family = network === "tcp4" ? 4 : network === "tcp6" ? 6 : 0;
    const { lookup } = await import("node:dns/promises");
    const found = await lookup(host, { all: true, family });
    return found.flatMap(({ address }) => Addr.tryParse(address) ?? []);
  },
};
