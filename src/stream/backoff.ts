import type { Random } from "../clock/index.ts";

/** How long to wait between tries. */
export interface BackoffOptions {
  /** Before the second try, in milliseconds. Default 10,000. */
  readonly delayMs?: number;
  /** What each wait is multiplied by for the next one. Default 1: all are alike. */
  readonly factor?: number;
  /** No wait is longer. Default: no limit. */
  readonly maxDelayMs?: number;
  /** How much of a wait is left to chance, from 0 (nothing, the default) to 1: a wait of 10 s with 0.5 takes between 5 and 10 s. So clients that failed together don't come back together. */
  readonly jitter?: number;
}

/** The wait before the try after the `failed`th one (1 for the first), in milliseconds. */
export function backoffMs(failed: number, options: BackoffOptions, random: Random): number {
  const { delayMs = 10_000, factor = 1, maxDelayMs = Number.POSITIVE_INFINITY, jitter = 0 } = options;
  const whole = Math.min(maxDelayMs, delayMs * factor ** (failed - 1));
  return jitter === 0 ? whole : whole * (1 - Math.min(1, jitter) * random.float());
}
