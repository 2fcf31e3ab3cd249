import type { Clock } from "../clock/index.ts";

/** Between two episodes that are told, unless the owner says otherwise. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Chooses which episodes of a trouble that comes and goes are told, so that it does not fill a log: at most one begins to be told in each interval, and
 * the end is told of those whose beginning was.
 */
export class EpisodeLimit {
  private readonly clock: Clock;
  private readonly intervalMs: number;
  private last = Number.NEGATIVE_INFINITY;
  private telling = false;

  constructor(clock: Clock, intervalMs: number = DEFAULT_INTERVAL_MS) {
    this.clock = clock;
    this.intervalMs = intervalMs;
  }

  /** An episode begins: whether to tell it. */
  began(): boolean {
    const now = this.clock.now();
    this.telling = now - this.last >= this.intervalMs;
    if (this.telling) this.last = now;
    return this.telling;
  }

  /** It is over: whether to tell that. */
  ended(): boolean {
    const told = this.telling;
    this.telling = false;
    return told;
  }
}
