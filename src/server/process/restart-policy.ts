/** How workers that died are replaced. */
export interface RestartLimits {
  /** A worker that lived this long was sound: its successor starts at once (default 2,000 ms, in which a start fits thirty times). */
  readonly soundAfterMs: number;
  /** The first delay after a worker that was not sound (default 100 ms); it doubles each time. */
  readonly firstDelayMs: number;
  /** The longest delay (default 5,000 ms). */
  readonly longestDelayMs: number;
}

export const DEFAULT_RESTART_LIMITS: RestartLimits = { soundAfterMs: 2000, firstDelayMs: 100, longestDelayMs: 5000 };

/** Says how long to wait before a dead worker's successor starts: none for one that was sound, more and more in a crash loop. */
export class RestartPolicy {
  private readonly limits: RestartLimits;
  private failures = 0;

  constructor(limits: RestartLimits = DEFAULT_RESTART_LIMITS) {
    this.limits = limits;
  }

  /** The delay in milliseconds after a worker that lived for `livedMs`. */
  delayAfter(livedMs: number): number {
    if (livedMs >= this.limits.soundAfterMs) {
      this.failures = 0;
      return 0;
    }
    const delay = Math.min(this.limits.longestDelayMs, this.limits.firstDelayMs * 2 ** this.failures);
    this.failures++;
    // The very first death is answered at once: it says nothing about a loop yet.
    return this.failures === 1 ? 0 : delay;
  }
}
