import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { Addr, AddrPort, splitHostPort, UnixAddress } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { type Endpoint, type IpNetwork, ipNetworkOf, lookupAddrs, NetError, portOf } from "../net/index.ts";
import type { EndpointArgument } from "./endpoint-argument.ts";
import { Misuse } from "./misuse.ts";

/** A name that is not found by then is none of this machine's. */
const LOOKUP_MS = 5000;

/** Where a relay passes connections on to: what is known of it before anybody comes. */
export class RelayTarget {
  private readonly argument: EndpointArgument;
  private readonly host: string;
  private readonly port: number;

  private constructor(argument: EndpointArgument, host = "", port = 0) {
    this.argument = argument;
    this.host = host;
    this.port = port;
  }

  /** Throws Misuse for one that can never be reached: without a port, with port 0 or one that is no number and no service. A host may come up later. */
  static async of(argument: EndpointArgument): Promise<RelayTarget> {
    const { address, network } = argument;
    if (network === "unix") return new RelayTarget(argument);
    const protocol = network.startsWith("udp") ? "udp" : "tcp";
    try {
      const { host, port } = splitHostPort(address);
      return new RelayTarget(argument, host, await portOf(port, { op: "dial", network, address, protocol, least: 1 }));
    } catch (error) {
      if (error instanceof ParseError) throw new Misuse(`TARGET: ${error.message}`);
      if (error instanceof NetError) throw new Misuse(`TARGET: ${error.hint ?? error.message}`);
      throw error;
    }
  }

  /** Throws Misuse where what comes to `local` would be passed on to `local` again, for ever. `network`: what listens there. */
  async mustNotBe(local: Endpoint, network: string): Promise<void> {
    if (!(await this.is(local, network))) return;
    const { address } = this.argument;
    throw new Misuse(`TARGET: ${address} is where this relay listens: what comes would go round for ever`);
  }

  private async is(local: Endpoint, network: string): Promise<boolean> {
    const { address } = this.argument;
    if (local instanceof UnixAddress) return this.argument.network === "unix" && samePath(address, local.path);
    if (!(local instanceof AddrPort) || local.port !== this.port) return false;
    const addrs = await this.addrs();
    return addrs.some((addr) => reaches(plain(addr), plain(local.addr), ipNetworkOf(network)));
  }

  /** None where the name has none yet. */
  private async addrs(): Promise<readonly Addr[]> {
    const { argument, host } = this;
    // Where `dial` goes without a host.
    if (host === "") return [argument.network.endsWith("6") ? Addr.parse("::1") : Addr.parse("127.0.0.1")];
    const literal = Addr.tryParse(host);
    if (literal !== undefined) return [literal];
    return lookupAddrs(host, ipNetworkOf(argument.network), { timeoutMs: LOOKUP_MS }).catch(() => []);
  }
}

function samePath(one: string, other: string): boolean {
  return one === other || (!one.startsWith("@") && !other.startsWith("@") && resolve(one) === resolve(other));
}

/** Whether a connection to an address comes to what listens at `local`, at the same port; `network`: which families that hears. */
function reaches(addr: Addr, local: Addr, network: IpNetwork): boolean {
  // The unspecified address is connected to as this machine's loopback.
  if (!local.isUnspecified) return local.equals(addr) || (addr.isUnspecified && local.isLoopback);
  const hears = local.version === addr.version || (local.version === 6 && network === "ip");
  return hears && (addr.isUnspecified || addr.isLoopback || isOurs(addr));
}

function isOurs(addr: Addr): boolean {
  const text = addr.toString();
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === text));
}

/** A zone has several names. */
function plain(addr: Addr): Addr {
  return addr.unmap().withZone("");
}
