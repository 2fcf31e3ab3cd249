import type { Addr } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import { NetError } from "./net-error.ts";
import { failedBefore, Pending } from "./pending.ts";
import { familiesOf, type IpNetwork, type Resolver, systemResolver } from "./resolver.ts";
import { threadWheel } from "./runtime.ts";
import { fromSystemError } from "./system-error.ts";

const OVER = new Error("the lookup is over");

/** How the addresses of a name are looked up. */
export interface LookupOptions extends WaitOptions {
  /** Default: the system's. */
  readonly resolver?: Resolver | undefined;
  /** The wheel that the limits run on. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}

/**
 * All addresses of a name, those of IPv6 first, each family in its resolver's order. Throws NetError: ENOTFOUND when there is none, ETIMEDOUT, ECANCELED; a lookup
 * that was given up on is let go, whether its resolver can stop or not.
 */
export async function lookupAddrs(host: string, network: IpNetwork, options: LookupOptions = {}): Promise<Addr[]> {
  const { resolver = systemResolver, wheel = threadWheel() } = options;
  const refusal = { op: "resolve", network, address: host };
  const before = failedBefore(options, wheel);
  if (before !== undefined) throw new NetError({ ...refusal, ...before });
  const stop = new AbortController();
  const pending = new Pending<Addr[]>(options, wheel, (why) => pending.reject(new NetError({ ...refusal, ...why })));
  collect(resolver, host, network, stop.signal).then(
    (addrs) => pending.resolve(addrs),
    (error: unknown) => pending.reject(fromSystemError(error, refusal)),
  );
  try {
    return await pending.promise;
  } finally {
    stop.abort(OVER);
  }
}

async function collect(resolver: Resolver, host: string, network: IpNetwork, signal: AbortSignal): Promise<Addr[]> {
  const found: Record<4 | 6, Addr[]> = { 4: [], 6: [] };
  let failure: unknown;
  try {
    for await (const { addrs, error, family } of resolver.lookup(host, network, { signal })) {
      found[family].push(...addrs);
      failure ??= error;
    }
  } catch (error) {
    failure ??= error;
  }
  const addrs = familiesOf(network).flatMap((family) => found[family]);
  if (addrs.length > 0) return addrs;
  throw failure ?? new NetError({ op: "resolve", network, address: host, code: "ENOTFOUND" });
}
