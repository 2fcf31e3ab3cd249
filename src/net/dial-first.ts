import type { Conn } from "./conn.ts";
import { ConnRace } from "./conn-race.ts";
import { dialFailure } from "./dial-failure.ts";
import type { DialOptions } from "./dial-options.ts";
import { dial } from "./dial.ts";
import { NetError } from "./net-error.ts";
import { failedBefore } from "./pending.ts";
import { threadWheel } from "./runtime.ts";
import type { StreamNetwork } from "./stream-network.ts";
import { fromSystemError } from "./system-error.ts";
import { absoluteLimits } from "./wait-limits.ts";

/**
 * Dials several addresses at the same time; the first to connect wins, and the others are cancelled. An address may stand there more than once. Throws NetError when none connects: the
 * failure that tells most, with all of them as its cause; ETIMEDOUT (`limit` says by which) when nobody answered in time; ECANCELED when the caller took it back.
 *
 * @example
 * const conn = await dialFirst("tcp", ["192.0.2.1:443", "192.0.2.2:443"], { timeoutMs: 2000 });
 */
export async function dialFirst(
  network: StreamNetwork,
  addresses: readonly string[],
  options: DialOptions = {},
): Promise<Conn> {
  const { wheel = threadWheel() } = options;
  const limits = absoluteLimits(options, wheel);
  const init = { network, address: addresses.join(", "), limits, wheel };
  const before = failedBefore(limits, wheel);
  const refusal = { op: "dial", network, address: init.address };
  if (before !== undefined) throw new NetError({ ...refusal, ...before });
  if (addresses.length === 0) throw new NetError({ ...refusal, code: "EINVAL", hint: "there is no address to dial" });
  const race = new ConnRace<Conn>(init);
  let left = addresses.length;
  const failed = (): void => {
    left--;
    if (left === 0) race.fail(dialFailure(race.errors) ?? new NetError({ ...refusal, code: "EIO" }));
  };
  for (const address of addresses) {
    race.add(dialOne(network, address, { ...options, ...race.limits, timeoutMs: undefined, wheel }), failed);
  }
  return race.promise;
}

/** What cannot be read is said of the one address, and not of all of them. */
async function dialOne(network: StreamNetwork, address: string, options: DialOptions): Promise<Conn> {
  try {
    return await dial(network, address, options);
  } catch (error) {
    throw error instanceof NetError ? error : fromSystemError(error, { op: "dial", network, address });
  }
}
