import type { TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";

/** One deadline for all the steps of an operation that began now. */
export function absoluteLimits(options: WaitOptions, wheel: TimerWheel): WaitOptions {
  if (options.timeoutMs === undefined || options.timeoutMs === 0) return options;
  const relative = wheel.clock.now() + options.timeoutMs;
  return { signal: options.signal, deadline: Math.min(relative, options.deadline ?? Number.POSITIVE_INFINITY) };
}
