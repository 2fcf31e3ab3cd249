import { Addr } from "../addr/index.ts";
import { ERRNO, freeDescriptors, SystemError } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import { HostsFile } from "./hosts-file.ts";

/** Which families of addresses are asked for: both, or one. */
export type IpNetwork = "ip" | "ip4" | "ip6";

/** What a resolver found of one family. */
export interface AddressAnswer {
  readonly family: 4 | 6;
  /** In the order in which they should be tried; none when the name has none of this family, or it could not be found out. */
  readonly addrs: readonly Addr[];
  /** Why it could not be found out. */
  readonly error?: unknown;
}

/**
 * Finds the addresses of names.
 *
 * @example
 * const fixed: Resolver = {
 *   async *lookup() {
 *     yield { family: 4, addrs: [Addr.parse("192.0.2.1")] };
 *   },
 * };
 * await dial("tcp", "anything:80", { resolver: fixed });
 */
export interface Resolver {
  /**
   * Yields the answer for each family that was asked for as soon as it is there, so that a slow one holds nothing up: a dial connects meanwhile. Ending without an answer for a
   * family says that there is none. It may throw for what is left; what came before holds. The caller may stop asking at any time, by the signal or by leaving the loop: a
   * resolver that cannot stop its question then lets its answer go.
   */
  lookup(host: string, network: IpNetwork, options?: WaitOptions): AsyncIterable<AddressAnswer>;
}

/** What "tcp4", "udp6" and the like ask a resolver for. */
export function ipNetworkOf(network: string): IpNetwork {
  return network.endsWith("4") ? "ip4" : network.endsWith("6") ? "ip6" : "ip";
}

/** The families of a network. */
export function familiesOf(network: IpNetwork): readonly (4 | 6)[] {
  return network === "ip" ? [6, 4] : [network === "ip4" ? 4 : 6];
}

/**
 * The system's resolver: /etc/hosts, then DNS, as the system is configured. The families are asked for at the same time, each on its own; but a name in /etc/hosts is that
 * file's alone, so that the family which it does not have there is not looked for elsewhere. A question that was asked cannot be taken back: it ends by itself, unheard.
 */
export const systemResolver: Resolver = {
  async *lookup(host, network) {
    const families = familiesOf(network);
    if (hostsFile.has(host)) {
      yield* ofHosts(host, families);
      return;
    }
    const asked = new Map(families.map((family) => [family, askSystem(host, family)]));
    while (asked.size > 0) {
      const answer = await Promise.race(asked.values());
      asked.delete(answer.family);
      yield answer;
    }
  },
};

const hostsFile = new HostsFile("/etc/hosts");

/** The system answers from the file for both families at once, without asking anybody. */
async function* ofHosts(host: string, families: readonly (4 | 6)[]): AsyncGenerator<AddressAnswer> {
  const addrs = await addrsOf(host, 0);
  for (const family of families) yield { family, addrs: addrs.filter((addr) => addr.version === family) };
}

async function askSystem(host: string, family: 4 | 6): Promise<AddressAnswer> {
  try {
    return { family, addrs: await addrsOf(host, family) };
  } catch (error) {
    return { family, addrs: [], error };
  }
}

async function addrsOf(host: string, family: 0 | 4 | 6): Promise<Addr[]> {
  const { lookup } = await import("node:dns/promises");
  try {
    const found = await lookup(host, { all: true, family });
    return found.flatMap(({ address }) => Addr.tryParse(address) ?? []);
  } catch (error) {
    // The system's resolver does not say why it could not ask.
    throw freeDescriptors(1) === 0 ? new SystemError("socket", ERRNO.EMFILE) : error;
  }
}
