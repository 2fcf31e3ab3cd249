import { CallbackTimer } from "../clock/index.ts";
import { type Conn, NetError, type Sink } from "../net/index.ts";

/** How a relay is run. */
export interface RelayOptions {
  /** Ends it after this long without a byte in either direction, in milliseconds. Default 0: never. */
  readonly idleTimeoutMs?: number | undefined;
  /** Aborts both sides. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a relay is over: both directions ended, a side failed, nothing moved for too long, or the caller's signal. */
export type RelayEnd = "ended" | "failed" | "idle" | "canceled";

/** What a relay did. */
export interface RelayResult {
  /** Bytes taken from the first side for the second. */
  readonly aToB: number;
  /** Bytes taken from the second side for the first. */
  readonly bToA: number;
  readonly end: RelayEnd;
  /** What failed first, and on which side; there exactly when `end` is "failed". */
  readonly failure: RelayFailure | undefined;
}

export interface RelayFailure {
  readonly side: "a" | "b";
  readonly error: NetError;
}

/**
 * Passes bytes both ways between two Conns until both directions have ended, and closes both: whatever happens, neither is left open. It takes them over, in
 * push mode; what they have buffered goes first. Rejects with EBUSY when one is attached or has a read or write pending; what goes wrong later is in the result.
 *
 * An end of stream is passed on as such while the other direction goes on (half-close). The slower side holds the faster one back: no more waits in memory than
 * `highWaterMark` and one chunk a direction. When a side fails, the other is aborted, as a reset where its kind has one: a cut never looks like a clean end.
 *
 * @example
 * const { aToB, bToA } = await relay(client, await dial("tcp", "127.0.0.1:9000"), { idleTimeoutMs: 60_000 });
 */
export async function relay(a: Conn, b: Conn, options: RelayOptions = {}): Promise<RelayResult> {
  const { promise, resolve } = Promise.withResolvers<RelayResult>();
  new Relay(a, b, options, resolve).begin();
  return promise;
}

/** One direction, and the sink of the Conn that it comes from. */
class Flow implements Sink {
  readonly side: "a" | "b";
  readonly from: Conn;
  readonly to: Conn;
  private readonly relay: Relay;
  passed = 0;
  ended = false;
  gone = false;
  /** Held back until `to` has taken what is queued for it. */
  waits = false;

  constructor(side: "a" | "b", from: Conn, to: Conn, relay: Relay) {
    this.side = side;
    this.from = from;
    this.to = to;
    this.relay = relay;
  }

  data(chunk: Uint8Array): void {
    this.passed += chunk.length;
    if (!this.to.send(chunk)) this.holdBack();
    if (this.relay.watchesIdle) this.relay.moved();
  }

  /** What the other direction had queued has gone out. */
  drain(): void {
    this.relay.other(this).waits = false;
    if (this.relay.watchesIdle) this.relay.moved();
    this.to.resume();
  }

  end(): void {
    this.ended = true;
    void this.to.closeWrite();
    this.relay.directionEnded();
  }

  close(error?: NetError): void {
    // `done` tells failures too, and also while the Conn is paused. Without an end before it, somebody else closed the Conn.
    if (error === undefined && !this.ended) this.relay.closedByOther(this);
  }

  timeout(): void {
    // A deadline that somebody left on the Conn; the relay has a timer of its own.
  }

  private holdBack(): void {
    if (this.to.closed) {
      this.relay.nowhere(this);
      return;
    }
    this.from.pause();
    this.waits = true;
  }
}

class Relay {
  readonly watchesIdle: boolean;
  private readonly forth: Flow;
  private readonly back: Flow;
  private readonly idleMs: number;
  private readonly idleTimer: CallbackTimer;
  private readonly signal: AbortSignal | undefined;
  private readonly resolve: (result: RelayResult) => void;
  private readonly canceled: () => void;
  private lastMove = 0;
  private lastQueued = 0;
  private end: RelayEnd | undefined = undefined;
  private failure: RelayFailure | undefined = undefined;

  constructor(a: Conn, b: Conn, options: RelayOptions, resolve: (result: RelayResult) => void) {
    this.forth = new Flow("a", a, b, this);
    this.back = new Flow("b", b, a, this);
    this.idleMs = options.idleTimeoutMs ?? 0;
    this.watchesIdle = this.idleMs > 0;
    this.idleTimer = new CallbackTimer(() => this.checkIdle());
    this.signal = options.signal;
    this.resolve = resolve;
    this.canceled = () => this.cut("canceled");
  }

  begin(): void {
    const { forth, back, signal } = this;
    forth.from.attach(forth);
    try {
      back.from.attach(back);
    } catch (error) {
      forth.from.detach();
      throw error;
    }
    for (const flow of [forth, back]) void flow.from.done.then((error) => this.sideGone(flow, error));
    if (this.watchesIdle) {
      this.moved();
      forth.from.wheel.set(this.idleTimer, this.lastMove + this.idleMs);
    }
    signal?.addEventListener("abort", this.canceled, { once: true });
    if (signal?.aborted === true) this.canceled();
  }

  /** Bytes moved: only called where idleness is watched, as reading the clock for each chunk costs. */
  moved(): void {
    this.lastMove = this.forth.from.wheel.clock.now();
    this.lastQueued = this.forth.waits || this.back.waits ? this.queued : 0;
  }

  private get queued(): number {
    return this.forth.from.queued + this.back.from.queued;
  }

  directionEnded(): void {
    if (this.end !== undefined || !this.forth.ended || !this.back.ended) return;
    this.end = "ended";
    void this.forth.from.close();
    void this.back.from.close();
  }

  /** A direction has bytes, and the Conn that they should go to is closed. */
  nowhere(flow: Flow): void {
    const { network, local, remote } = flow.to;
    const error = new NetError({ op: "write", network, code: "EPIPE", local, remote });
    this.fail({ side: flow.side === "a" ? "b" : "a", error });
  }

  closedByOther(flow: Flow): void {
    const { network, local, remote } = flow.from;
    this.fail({ side: flow.side, error: new NetError({ op: "read", network, code: "ECONNABORTED", local, remote }) });
  }

  private sideGone(flow: Flow, error: NetError | undefined): void {
    flow.gone = true;
    if (error !== undefined) this.fail({ side: flow.side, error });
    this.finishIfGone();
  }

  other(flow: Flow): Flow {
    return flow === this.forth ? this.back : this.forth;
  }

  private fail(failure: RelayFailure): void {
    if (this.end !== undefined && this.end !== "ended") return;
    this.failure = failure;
    this.cut("failed");
  }

  private cut(end: RelayEnd): void {
    this.end = end;
    this.forth.from.abort();
    this.back.from.abort();
  }

  private finishIfGone(): void {
    const { forth, back } = this;
    if (!forth.gone || !back.gone || this.end === undefined) return;
    forth.from.wheel.remove(this.idleTimer);
    this.signal?.removeEventListener("abort", this.canceled);
    this.resolve({ aToB: forth.passed, bToA: back.passed, end: this.end, failure: this.failure });
  }

  /** A queue that gets shorter is a move, too: a slow reader of a large chunk is not idle. */
  private checkIdle(): void {
    if (this.queued < this.lastQueued) this.moved();
    const { wheel } = this.forth.from;
    const deadline = this.lastMove + this.idleMs;
    if (deadline <= wheel.clock.now()) this.cut("idle");
    else wheel.set(this.idleTimer, deadline);
  }
}
