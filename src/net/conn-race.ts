import type { TimerWheel } from "../clock/index.ts";
import { allOf } from "./dial-failure.ts";
import { NetError } from "./net-error.ts";
import { failedBefore, Pending, type WaitFailure } from "./pending.ts";
import { fromSystemError } from "./system-error.ts";
import type { StepLimits } from "./wait-limits.ts";

/** Made once: the reason that a signal makes by itself takes 5 µs. */
const OVER = new Error("the race is over");

/** What a race is run for, for its errors, and within. */
export interface RaceInit {
  readonly network: string;
  readonly address: string;
  readonly limits: StepLimits;
  readonly wheel: TimerWheel;
}

/** What is raced for, such as a Conn. */
export interface Closable {
  /** Closes what came in late. */
  close(): Promise<void>;
}

/**
 * Attempts to connect of which the first that succeeds wins. The others are then cancelled, and what connects nevertheless is closed; the race's limits end all of
 * them. It ends once.
 */
export class ConnRace<Won extends Closable> {
  /** The winner. */
  readonly promise: Promise<Won>;
  /** What failed so far. */
  readonly errors: NetError[] = [];
  /** What the attempts are to run within. */
  readonly limits: StepLimits;
  private readonly init: RaceInit;
  private readonly stop = new AbortController();
  private readonly pending: Pending<Won>;

  constructor(init: RaceInit) {
    this.init = init;
    this.limits = { ...init.limits, signal: this.stop.signal };
    this.pending = new Pending(init.limits, init.wheel, (why) => this.giveUp(why));
    this.promise = this.pending.promise;
  }

  /** Whether it has been won or lost; aborts then. */
  get over(): AbortSignal {
    return this.stop.signal;
  }

  /** Runs an attempt; `failed` is called when it has failed and the race goes on. */
  add(attempt: Promise<Won>, failed: () => void): void {
    attempt.then(
      (conn) => this.won(conn),
      (error: unknown) => this.lost(error, failed),
    );
  }

  /** Ends it: nobody has won. A limit that has passed by now is the reason, whatever failed because of it. */
  fail(error: NetError): void {
    if (this.over.aborted) return;
    const passed = failedBefore(this.init.limits, this.init.wheel);
    if (passed === undefined) this.end(error);
    else this.giveUp(passed);
  }

  private won(conn: Won): void {
    if (this.over.aborted) {
      void conn.close();
      return;
    }
    this.pending.resolve(conn);
    this.stop.abort(OVER);
  }

  private lost(error: unknown, failed: () => void): void {
    if (this.over.aborted) return;
    const { address, network } = this.init;
    const netError = error instanceof NetError ? error : fromSystemError(error, { op: "dial", network, address });
    // The limits are those of all of them: the attempt only noticed first.
    if (netError.limit !== undefined) this.giveUp({ code: "ETIMEDOUT", limit: netError.limit });
    else {
      this.errors.push(netError);
      failed();
    }
  }

  private giveUp(why: WaitFailure): void {
    const { address, network } = this.init;
    this.end(new NetError({ op: "dial", network, address, ...why, cause: why.cause ?? allOf(this.errors) }));
  }

  private end(error: NetError): void {
    this.pending.reject(error);
    this.stop.abort(OVER);
  }
}
