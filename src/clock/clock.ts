/** A timer that was set; opaque. */
export interface Timer {
  readonly timer: unknown;
}

/** Time as it is passed in wherever a test would want to hold it. */
export interface Clock {
  /** Monotonic milliseconds with a fraction, from an arbitrary origin. */
  now(): number;
  /** Milliseconds of Unix time; it may jump. */
  wallNow(): number;
  /** Calls `callback` once, not before `delayMs` have passed; Infinity: never. An `idle` timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number, options?: { readonly idle?: boolean }): Timer;
  /** Forgets a timer; one that has fired or was cleared is ignored. */
  clearTimer(timer: Timer): void;
}
