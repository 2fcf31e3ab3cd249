import type { Clock, Timer } from "./clock.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to go on, so that a test drives hours in microseconds.
 *
 * @example
 * const clock = new SimulatedClock();
 * clock.setTimer(() => console.log("an hour later"), 3_600_000);
 * clock.advance(3_600_000);
 */
export class SimulatedClock implements Clock {
  private time = 0;
  private readonly wallOrigin: number;
  private order = 0;
  private readonly pending = new Set<Pending>();

  /** `wallOrigin`: the Unix time in milliseconds at its beginning (default 2026-01-01). */
  constructor(wallOrigin: number = Date.UTC(2026, 0, 1)) {
    this.wallOrigin = wallOrigin;
  }

  now(): number {
    return this.time;
  }

  wallNow(): number {
    return this.wallOrigin + this.time;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: Pending = { at: this.time + Math.max(0, delayMs), order: this.order++, callback };
    this.pending.add(timer);
    return { timer };
  }

  clearTimer(timer: Timer): void {
    this.pending.delete(timer.timer as Pending);
  }

  get pendingTimers(): number {
    return this.pending.size;
  }

  /** Goes on by `ms`, calling the timers that fall due in their order, each at its own time. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (let next = this.next(end); next !== undefined; next = this.next(end)) this.fire(next);
    this.time = end;
  }

  /** The same, letting promises settle before and after each timer: for code that awaits. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.fire(next);
      await settle();
    }
    this.time = end;
    await settle();
  }

  private next(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.pending) {
      if (timer.at > end) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  private fire(timer: Pending): void {
    this.time = Math.max(this.time, timer.at);
    this.pending.delete(timer);
    timer.callback();
  }
}

/** A promise chain of this many steps is settled between two timers. */
const SETTLE_TURNS = 32;

async function settle(): Promise<void> {
  for (let i = 0; i < SETTLE_TURNS; i++) await Promise.resolve();
}
