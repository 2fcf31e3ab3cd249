import { Addr, joinHostPort, splitHostPort, tryParsePort } from "../addr/index.ts";
import type { Conn, WaitOptions } from "./conn.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import type { DialOptions } from "./dial-options.ts";
import { NetError } from "./net-error.ts";
import { type Resolver, systemResolver } from "./resolver.ts";
import { threadWheel } from "./runtime.ts";
import type { TcpNetwork } from "./stream-network.ts";
import { fromSystemError } from "./system-error.ts";
import { absoluteLimits } from "./wait-limits.ts";

/** Connects TCP to "host:port"; an empty host is this machine. */
export async function dialTcp(network: TcpNetwork, address: string, options: DialOptions): Promise<Conn> {
  const wheel = options.wheel ?? threadWheel();
  const limits = absoluteLimits(options, wheel);
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
  const addresses = await resolve(host, network, address, options.resolver ?? systemResolver, limits);
  const receiveBufferBytes = options.receiveBufferBytes ?? 0;
  return dialInTurn(addresses, number, address, { network, limits, wheel, receiveBufferBytes });
}

async function resolve(
  host: string,
  network: TcpNetwork,
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
