import { Addr, joinHostPort, splitHostPort, tryParsePort } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Conn, WaitOptions } from "./conn.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import { NetError } from "./net-error.ts";
import { threadWheel } from "./runtime.ts";
import { fromSystemError } from "./system-error.ts";

/** What a stream can be dialled over. */
export type DialNetwork = "tcp" | "tcp4" | "tcp6" | "unix";

/** Finds the addresses of a name. */
export interface Resolver {
  /** Addresses of a host in the order in which they should be tried. Throws NetError ENOTFOUND when there is none. */
  resolve(host: string, network: "tcp" | "tcp4" | "tcp6", options?: WaitOptions): Promise<readonly Addr[]>;
}

export interface DialOptions extends WaitOptions {
  /** Default: the system's. */
  readonly resolver?: Resolver;
  /** The wheel that the Conn's deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
  /** TCP: bounds what the system takes from the peer before it is read (SO_RCVBUF), and with it how much comes at a time. Default 0: the system's choice, which grows. */
  readonly receiveBufferBytes?: number;
}

/**
 * Connects a stream: "tcp" to "host:port" (an empty host is this machine), "unix" to a path or an abstract "@name". Addresses of a name are tried one after
 * the other. Throws NetError: ETIMEDOUT for a limit that passed, ECANCELED for the caller's signal.
 *
 * @example
 * const conn = await dial("tcp", "example.com:80", { timeoutMs: 5000 });
 */
export async function dial(network: DialNetwork, address: string, options: DialOptions = {}): Promise<Conn> {
  const wheel = options.wheel ?? threadWheel();
  const how = { network, limits: absolute(options, wheel), wheel, receiveBufferBytes: options.receiveBufferBytes ?? 0 };
  if (network === "unix") {
    return connect({ path: address }, { ...how, address });
  }
  const { host, port } = splitHostPort(address);
  const number = tryParsePort(port);
  if (number === undefined || number === 0) {
    throw new NetError({
      op: "dial",
      network,
      address,
      code: "EINVAL",
      hint: `the port ${JSON.stringify(port)} is no number from 1 to 65535`,
    });
  }
  const addresses = await resolve(host, network, address, options.resolver ?? systemResolver, how.limits);
  return dialInTurn(addresses, number, address, how);
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

/** One deadline for all the steps of a dial. */
function absolute(options: WaitOptions, wheel: TimerWheel): WaitOptions {
  if (options.timeoutMs === undefined || options.timeoutMs === 0) return options;
  const relative = wheel.clock.now() + options.timeoutMs;
  return { signal: options.signal, deadline: Math.min(relative, options.deadline ?? Number.POSITIVE_INFINITY) };
}

async function resolve(
  host: string,
  network: "tcp" | "tcp4" | "tcp6",
  address: string,
  resolver: Resolver,
  limits: WaitOptions,
): Promise<readonly Addr[]> {
  if (host === "") return [Addr.parse(network === "tcp6" ? "::1" : "127.0.0.1")];
  const literal = Addr.tryParse(host);
  if (literal !== undefined) {
    const fits = network === "tcp" || (network === "tcp4") === (literal.version === 4);
    if (!fits) throw new NetError({ op: "dial", network, address, code: "EAFNOSUPPORT" });
    return [literal];
  }
  let found: readonly Addr[];
  try {
    found = await resolver.resolve(host, network, limits);
  } catch (error) {
    throw fromSystemError(error, {
      op: "dial",
      network,
      address,
      hint: `the name ${JSON.stringify(host)} could not be resolved`,
    });
  }
  if (found.length === 0) throw new NetError({ op: "dial", network, address, code: "ENOTFOUND" });
  return found;
}

async function dialInTurn(
  addresses: readonly Addr[],
  port: number,
  address: string,
  how: Omit<ConnectOptions, "address">,
): Promise<Conn> {
  let first: unknown;
  for (const addr of addresses) {
    try {
      return await connect({ addr, port }, { ...how, address: joinHostPort(addr.toString(), port) });
    } catch (error) {
      if (error instanceof NetError && (error.code === "ECANCELED" || error.code === "ETIMEDOUT")) throw error;
      first ??= error;
    }
  }
  throw first ?? new NetError({ op: "dial", network: how.network, address, code: "ENOTFOUND" });
}
