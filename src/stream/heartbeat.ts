import { type Clock, realClock, type Timer } from "../clock/index.ts";

/** How a Heartbeat beats. */
export interface HeartbeatOptions {
  /** How long after the last beat, or the last reset, the next one comes, in milliseconds. 0, negative or absent: 30,000. */
  readonly intervalMs?: number;
  /** What is written. Default: "ping". */
  readonly payload?: Uint8Array;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Stops it, cleanly. */
  readonly signal?: AbortSignal;
}

/** 30 s. */
export const HEARTBEAT_INTERVAL_MS = 30_000;

/**
 * Writes a ping each interval, to whatever a function writes to. It begins at once with a whole interval; a write that fails stops it, and one that is still going on when
 * the next is due puts that off by an interval. It does not keep the process alive.
 *
 * @example
 * const heartbeat = new Heartbeat((ping) => conn.write(ping), { intervalMs: 10_000 });
 * heartbeat.reset();       // there was other traffic: a whole interval from now
 * heartbeat.reset(60_000); // and from now on a minute
 */
export class Heartbeat {
  private readonly write: (payload: Uint8Array) => unknown;
  private readonly payload: Uint8Array;
  private readonly clock: Clock;
  private readonly signal: AbortSignal | undefined;
  private readonly finished: PromiseWithResolvers<unknown> = Promise.withResolvers();
  private interval: number;
  private timer: Timer | undefined = undefined;
  private writing = false;
  private isStopped = false;

  /** `write` may return a promise; a beat has failed when it throws or rejects. The payload is borrowed until then. */
  constructor(write: (payload: Uint8Array) => unknown, options: HeartbeatOptions = {}) {
    const { intervalMs = 0, payload = new TextEncoder().encode("ping"), clock = realClock, signal } = options;
    this.write = write;
    this.payload = payload;
    this.clock = clock;
    this.signal = signal;
    this.interval = intervalMs > 0 ? intervalMs : HEARTBEAT_INTERVAL_MS;
    signal?.addEventListener("abort", this.stop, { once: true });
    if (signal?.aborted === true) this.stop();
    else this.schedule();
  }

  /** The interval that holds now, in milliseconds. */
  get intervalMs(): number {
    return this.interval;
  }

  get stopped(): boolean {
    return this.isStopped;
  }

  /** Resolves once it has stopped, to what the write failed with; undefined when it was stopped. */
  get done(): Promise<unknown> {
    return this.finished.promise;
  }

  /** Begins a whole interval anew: of `intervalMs` from now on, or as long as before when that is 0, negative or absent. */
  reset(intervalMs = 0): void {
    if (this.isStopped) return;
    if (intervalMs > 0) this.interval = intervalMs;
    this.schedule();
  }

  /** Stops it. Idempotent. */
  readonly stop = (): void => {
    this.end(undefined);
  };

  private schedule(): void {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = this.clock.setTimer(() => this.beat(), this.interval, { idle: true });
  }

  private beat(): void {
    this.schedule();
    if (!this.writing) void this.ping();
  }

  private async ping(): Promise<void> {
    this.writing = true;
    try {
      await this.write(this.payload);
    } catch (error) {
      this.end(error);
    }
    this.writing = false;
  }

  private end(error: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.signal?.removeEventListener("abort", this.stop);
    this.finished.resolve(error);
  }
}
