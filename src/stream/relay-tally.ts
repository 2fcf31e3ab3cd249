import type { RelayResult } from "./relay.ts";

/** What a relay of a listener's connections has done so far. */
export interface RelayStats {
  readonly accepted: number;
  readonly open: number;
  /** Clients whose target could not be reached. */
  readonly unreached: number;
  /** Connections that a side's failure ended. */
  readonly failed: number;
  /** Connections that were idle for too long. */
  readonly idle: number;
  /** Bytes taken from clients, those of open connections included. */
  readonly bytesUp: number;
  /** Bytes taken from targets. */
  readonly bytesDown: number;
}

/** Counts the connections of a relay, and knows those that are open. */
export class RelayTally<Pair> {
  readonly open: Set<Pair> = new Set<Pair>();
  accepted = 0;
  unreached = 0;
  failed = 0;
  private idle = 0;
  private bytesUp = 0;
  private bytesDown = 0;
  private idleWaiter: (() => void) | undefined = undefined;

  /** `passed`: the bytes that an open connection has taken so far, from its client and from its target. */
  stats(passed: (pair: Pair) => readonly [up: number, down: number]): RelayStats {
    const { accepted, failed, idle, unreached } = this;
    let { bytesUp, bytesDown } = this;
    for (const pair of this.open) {
      const [up, down] = passed(pair);
      bytesUp += up;
      bytesDown += down;
    }
    return { accepted, open: this.open.size, unreached, failed, idle, bytesUp, bytesDown };
  }

  /** A connection is open no more; `result`: its bytes, when there were any. May be called again. */
  left(pair: Pair, result?: RelayResult): void {
    if (!this.open.delete(pair)) return;
    this.bytesUp += result?.aToB ?? 0;
    this.bytesDown += result?.bToA ?? 0;
    if (this.open.size === 0) this.idleWaiter?.();
  }

  /** Counts how one that had a target ended. */
  addEnd({ end }: RelayResult): void {
    if (end === "failed") this.failed++;
    if (end === "idle") this.idle++;
  }

  /** Resolves once none is open. */
  async untilNoneIsOpen(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.idleWaiter = resolve));
  }
}
