import type { Clock, Timer } from "../clock/index.ts";

/** How soon it is looked whether everything was acknowledged: at first after one, then after ever longer. */
const FIRST_MS = 1;
const LONGEST_MS = 50;

/**
 * Waits until a peer has acknowledged everything that a TCP socket sent. The system can do that itself (SO_LINGER), but then its close stops the whole thread, however
 * the socket is set.
 */
export class Linger {
  private readonly clock: Clock;
  private readonly until: number;
  private readonly isAcknowledged: () => boolean;
  private readonly done: (acknowledged: boolean) => void;
  private wait = FIRST_MS;
  private timer: Timer | undefined = undefined;

  /** `done` is called once: when `isAcknowledged` says so, or after `ms`. */
  constructor(clock: Clock, ms: number, isAcknowledged: () => boolean, done: (acknowledged: boolean) => void) {
    this.clock = clock;
    this.until = clock.now() + ms;
    this.isAcknowledged = isAcknowledged;
    this.done = done;
    this.ask();
  }

  /** Looks no more: the socket is gone. */
  stop(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  private readonly look = (): void => {
    this.timer = undefined;
    if (this.isAcknowledged()) this.done(true);
    else if (this.clock.now() >= this.until) this.done(false);
    else this.ask();
  };

  private ask(): void {
    const left = Math.max(0, this.until - this.clock.now());
    this.timer = this.clock.setTimer(this.look, Math.min(this.wait, left));
    this.wait = Math.min(2 * this.wait, LONGEST_MS);
  }
}
