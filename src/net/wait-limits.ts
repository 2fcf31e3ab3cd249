import type { TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { TimeLimit } from "./net-error.ts";

/** The limits of an operation of several steps. */
export interface StepLimits extends WaitOptions {
  /** What the deadline was made of. Absent: it was given as one. */
  readonly limit?: TimeLimit;
}

/** One deadline for all the steps of an operation that begins now: the earlier of the two that were given. */
export function absoluteLimits(options: WaitOptions, wheel: TimerWheel): StepLimits {
  const { signal, timeoutMs, deadline = Number.POSITIVE_INFINITY } = options;
  // What is no limit stays as it is, for `failedBefore` to say so.
  if (timeoutMs === undefined || !(timeoutMs > 0)) return options;
  const relative = wheel.clock.now() + timeoutMs;
  return relative < deadline ? { signal, deadline: relative, limit: "timeout" } : { signal, deadline };
}
