import type { Clock, Timer } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import { TokenBucket } from "../../stream/index.ts";
import type { SentFigures, TcpFigures, TestPlan } from "./message-wire.ts";

/** Gives the load of one direction. */
export interface LoadSender {
  /** What was sent when the time was over. Rejects when the load could not be given to its end. */
  readonly done: Promise<SentFigures>;
  /** What the system knows of its TCP connections now. */
  state(): TcpFigures | undefined;
  /** Ends it now. */
  stop(): void;
}

/** What a sender is told. */
export interface SenderInit {
  readonly plan: TestPlan;
  readonly clock: Clock;
  /** Bytes to send, again and again: such as no device on the way can compress. */
  readonly block: Uint8Array;
}

/** Writes to one Conn before others have their turn: a peer on this machine may take them as fast as they come. */
const TURN_WRITES = 8;
/** With a rate: how much is sent at a time. */
const TURN_MS = 5;
/** With a rate: what may be sent at once after the process was held up. */
const BURST_MS = 20;
/** A receiver whose clock is a little faster ends this much earlier. */
const EARLY_MS = 500;

/**
 * Fills TCP streams for as long as the plan says, then resets them: what still waits here is dropped, so that a test on a slow path does not last longer than it was asked to.
 */
export class StreamSender implements LoadSender {
  readonly done: Promise<SentFigures>;
  private readonly settled = Promise.withResolvers<SentFigures>();
  private readonly conns: readonly Conn[];
  private readonly init: SenderInit;
  private readonly bucket: TokenBucket | undefined;
  private readonly began: number;
  private readonly limit: Timer;
  private readonly timers = new Set<Timer>();
  private readonly last: TcpFigures[] = [];
  private readonly acked: number[] = [];
  private open: number;
  private isOver = false;

  constructor(conns: readonly Conn[], init: SenderInit) {
    const { clock, plan } = init;
    this.conns = conns;
    this.init = init;
    this.open = conns.length;
    this.done = this.settled.promise;
    this.began = clock.now();
    this.bucket = bucketOf(plan, this.began);
    this.limit = clock.setTimer(() => this.end(), plan.timeMs);
    conns.forEach((conn, i) => this.begin(conn, i));
  }

  state(): TcpFigures | undefined {
    this.conns.forEach((conn, i) => this.look(conn, i));
    return this.last.length === 0 ? undefined : this.sum();
  }

  stop(): void {
    this.end();
  }

  private begin(conn: Conn, place: number): void {
    conn.attach({
      data: () => conn.abort(),
      drain: () => this.pour(conn),
      end: () => undefined,
      close: () => this.closed(),
      timeout: () => undefined,
    });
    this.look(conn, place);
    queueMicrotask(() => this.pour(conn));
  }

  /** Sends until the Conn has enough; `drain` then calls again. */
  private pour(conn: Conn): void {
    const { block } = this.init;
    for (let writes = 0; writes < TURN_WRITES; writes++) {
      if (this.isOver || conn.closed) return;
      const granted = this.bucket === undefined ? block.length : this.bucket.take(block.length, this.init.clock.now());
      if (granted === 0) {
        this.later(() => this.pour(conn), this.waitMs());
        return;
      }
      if (!conn.send(block, 0, granted)) return;
    }
    this.later(() => this.pour(conn), 0);
  }

  /** Until there is a turn's worth of tokens, at a small part of what may be sent at once. */
  private waitMs(): number {
    const { bucket, init } = this;
    if (bucket === undefined) return 0;
    const worth = Math.max(1, (bucket.perSecond * TURN_MS) / 1000);
    return bucket.waitMs(Math.min(init.block.length, worth), init.clock.now());
  }

  private later(act: () => void, ms: number): void {
    if (this.isOver) return;
    const { clock } = this.init;
    const timer = clock.setTimer(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
  }

  /** Notes what the system knows of a Conn, while it can be asked. */
  private look(conn: Conn, place: number): void {
    const info = conn.closed ? undefined : conn.tcp?.info();
    if (info === undefined) return;
    this.acked[place] = info.bytesAcked ?? conn.traffic.bytesWritten;
    this.last[place] = {
      retransmits: info.totalRetransmits,
      rttMs: info.rttMs,
      windowBytes: info.congestionWindow * info.sendMss,
    };
  }

  private sum(): TcpFigures {
    return {
      retransmits: this.last.reduce((sum, { retransmits }) => sum + retransmits, 0),
      rttMs: this.last.reduce((most, { rttMs }) => Math.max(most, rttMs), 0),
      windowBytes: this.last.reduce((sum, { windowBytes }) => sum + windowBytes, 0),
    };
  }

  private closed(): void {
    this.open--;
    if (this.open > 0 || this.isOver) return;
    const lasted = this.init.clock.now() - this.began;
    if (lasted < this.init.plan.timeMs - EARLY_MS) this.fail(lasted);
    else this.end();
  }

  private fail(lasted: number): void {
    this.over();
    this.settled.reject(new Error(`the other side closed its streams after ${(lasted / 1000).toFixed(1)} s`));
  }

  private end(): void {
    if (this.isOver) return;
    const tcp = this.state();
    this.over();
    const bytes = this.acked.reduce((sum, count) => sum + count, 0);
    const ms = this.init.clock.now() - this.began;
    this.settled.resolve({ bytes, ms, ...(tcp === undefined ? undefined : { tcp }) });
  }

  private over(): void {
    this.isOver = true;
    const { clock } = this.init;
    clock.clearTimer(this.limit);
    for (const timer of this.timers) clock.clearTimer(timer);
    for (const conn of this.conns) conn.abort();
  }
}

/** It begins empty, so that a test's beginning is no faster than the rest. */
function bucketOf({ rateBitsPerSecond, lengthBytes }: TestPlan, now: number): TokenBucket | undefined {
  if (rateBitsPerSecond === 0) return undefined;
  const perSecond = rateBitsPerSecond / 8;
  const bucket = new TokenBucket(perSecond, Math.max(1, (perSecond * BURST_MS) / 1000, lengthBytes), now);
  bucket.take(Number.MAX_SAFE_INTEGER, now);
  return bucket;
}
