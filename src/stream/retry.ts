import { type Clock, type Random, realClock, realRandom, sleep } from "../clock/index.ts";
import { NetError } from "../net/index.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";

/** How something is tried again. */
export interface RetryOptions extends BackoffOptions {
  /** How often it is tried at most, the first time included. Default 7. */
  readonly tries?: number;
  /** Which errors may be gone the next time. Default: a NetError that `isTemporary`. */
  readonly isTemporary?: (error: unknown) => boolean;
  /** Told of each failure that is followed by another try: which try failed, and how long it waits now. */
  readonly onRetry?: (error: unknown, tried: number, delayMs: number) => void;
  readonly signal?: AbortSignal;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

/**
 * Does something again while it fails with a temporary error: 7 tries, 10 s apart, unless the options say otherwise. Throws what the last try threw, at once for an error that
 * is not temporary; and a NetError ECANCELED when `signal` ends a wait.
 *
 * @example
 * const conn = await retry(() => dial("tcp", "db.internal:5432"), { delayMs: 100, factor: 2, maxDelayMs: 5000, jitter: 0.5 });
 */
export async function retry<Value>(
  attempt: (tried: number) => Value | Promise<Value>,
  options: RetryOptions = {},
): Promise<Value> {
  const { tries = 7, isTemporary = isTemporaryNetError, onRetry, signal } = options;
  const { clock = realClock, random = realRandom } = options;
  if (!(tries >= 1)) throw new RangeError(`retry needs at least one try, not ${tries}`);
  for (let tried = 1; ; tried++) {
    if (signal?.aborted === true) throw canceled(signal.reason);
    try {
      return await attempt(tried);
    } catch (error) {
      if (tried >= tries || !isTemporary(error)) throw error;
      const delayMs = backoffMs(tried, options, random);
      onRetry?.(error, tried, delayMs);
      await sleep(delayMs, clock, signal);
    }
  }
}

function isTemporaryNetError(error: unknown): boolean {
  return error instanceof NetError && error.isTemporary;
}

function canceled(cause: unknown): NetError {
  return new NetError({ op: "retry", network: "any", code: "ECANCELED", cause });
}
