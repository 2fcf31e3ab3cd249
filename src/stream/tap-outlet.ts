/** Something was thrown away because whoever it was for is too slow. */
export class TapOverflow extends Error {
  override readonly name = "TapOverflow";
}

/** How an outlet treats its receiver. */
export interface OutletOptions {
  /** Bytes that may wait for a slow receiver; what comes beyond them is dropped. Default 1 MiB. */
  readonly maxQueued?: number | undefined;
  /** Hears once of the first thing that went wrong: what the receiver threw, or a TapOverflow. Must not throw; what it throws is lost. */
  readonly onFailure?: ((reason: unknown) => void) | undefined;
}

interface Waiting {
  readonly size: number;
  readonly run: () => void | Promise<void>;
}

const DEFAULT_MAX_QUEUED = 1024 * 1024;
/** What a waiting entry costs besides its bytes. */
const ENTRY = 64;

/**
 * Calls a receiver that may fail, or be slow, in a way that nobody else feels: what it throws is kept from the caller, and what comes while it is busy (its promise has not settled) waits, up to a
 * bound. In order, one at a time.
 */
export class TapOutlet {
  /** Bytes that were dropped. */
  dropped = 0;
  /** How often the receiver failed. */
  failures = 0;
  private readonly maxQueued: number;
  private readonly onFailure: ((reason: unknown) => void) | undefined;
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** How many of the first in `waiting` have run. */
  private done = 0;
  private busy = false;
  private reported = false;
  private idle: PromiseWithResolvers<void> | undefined = undefined;

  constructor(options: OutletOptions) {
    this.maxQueued = options.maxQueued ?? DEFAULT_MAX_QUEUED;
    this.onFailure = options.onFailure;
  }

  /**
   * Calls `run` now or later, for so many bytes; false when they are dropped. What has no bytes never is: ends, of which a Conn has three. `reserve`: bytes beyond the bound that it may
   * use, because it matters more than others.
   */
  push(size: number, run: () => void | Promise<void>, reserve = 0): boolean {
    if (!this.busy && this.waiting.length === 0) {
      this.call(run);
      return true;
    }
    if (size > 0 && this.waitingBytes + size + ENTRY > this.maxQueued + reserve) {
      this.dropped += size;
      this.report(new TapOverflow(`the receiver is too slow: more than ${this.maxQueued} bytes wait for it`));
      return false;
    }
    this.waitingBytes += size + ENTRY;
    this.waiting.push({ size, run });
    return true;
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    if (!this.busy) return;
    this.idle ??= Promise.withResolvers();
    await this.idle.promise;
  }

  private call(run: () => void | Promise<void>): void {
    try {
      const result: unknown = run();
      // A callback of type `() => void` may return anything.
      if (!isThenable(result)) return;
      this.busy = true;
      Promise.resolve(result).then(
        () => this.next(),
        (reason: unknown) => {
          this.fail(reason);
          this.next();
        },
      );
    } catch (error) {
      this.fail(error);
    }
  }

  /** The receiver is free again. */
  private next(): void {
    this.busy = false;
    while (!this.busy && this.waiting.length > 0) {
      // It is taken out after it ran: what comes while it runs must come behind it.
      const { size, run } = this.waiting[this.done]!;
      this.call(run);
      this.waitingBytes -= size + ENTRY;
      this.forget();
    }
    if (this.busy) return;
    this.idle?.resolve();
    this.idle = undefined;
  }

  /** Drops what has run from the queue, in pieces, so that no entry moves often. */
  private forget(): void {
    this.done++;
    if (this.done < this.waiting.length && this.done < 64) return;
    this.waiting.splice(0, this.done);
    this.done = 0;
  }

  private fail(reason: unknown): void {
    this.failures++;
    this.report(reason);
  }

  private report(reason: unknown): void {
    if (this.reported) return;
    this.reported = true;
    try {
      this.onFailure?.(reason);
    } catch {
      // Whoever hears of failures must not make another one.
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
