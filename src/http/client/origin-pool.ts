import { CallbackTimer, type TimerWheel } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import { ClientConn, ClientContext } from "../h1/index.ts";
import type { OutgoingRequest, ResponseSink, RoundTrip } from "../message/index.ts";
import type { Origin } from "./origin.ts";
import type { PoolOptions } from "./pool-options.ts";
import { PooledTrip, type TripPool } from "./pooled-trip.ts";

/** How often an idle connection is looked at before it has been idle for too long. */
const SWEEPS = 16;
/**
 * How long more connections than may be kept idle are spared: between an answer and the next request they are idle for a moment, all of them, when requests come in bursts. Closing them at
 * once cost a proxy with 64 busy clients and the usual 32 idle ones a dial for every other request (45 µs of CPU each instead of 15).
 */
const SPARE_MS = 1000;

/** What a pool tells of itself to those who keep several. */
export interface PoolKeeper {
  /** Whether one more connection may be kept idle; it counts as kept then. */
  mayRest(): boolean;
  /** A connection is idle no more. */
  rested(): void;
  /** The pool holds nothing any more. */
  emptied(pool: OriginPool): void;
}

/** The connections to one origin: idle ones are used again, the last one first, and requests wait their turn when there are as many as there may be. */
export class OriginPool implements TripPool {
  readonly origin: Origin;
  readonly wheel: TimerWheel;
  private readonly options: PoolOptions;
  private readonly keeper: PoolKeeper;
  private readonly context: ClientContext;
  /** Trips that rest with their connections. */
  private readonly idle: PooledTrip[] = [];
  /** Trips without a connection, first come first. */
  private readonly waiting = new Set<PooledTrip>();
  /** Connections, those that are being made included, and how many those are. */
  private open = 0;
  private dialling = 0;
  private closed = false;
  private readonly sweeper: CallbackTimer = new CallbackTimer(() => this.sweep());
  private sweeping = false;
  private readonly trimmer: CallbackTimer = new CallbackTimer(() => this.trim());
  private trimming = false;
  /** The fewest that were idle since the trimmer was set: so many nobody needed. */
  private fewest = 0;

  constructor(origin: Origin, options: PoolOptions, keeper: PoolKeeper) {
    this.origin = origin;
    this.wheel = options.wheel;
    this.options = options;
    this.keeper = keeper;
    const host = origin.network === "unix" ? "localhost" : origin.address;
    this.context = new ClientContext(options.clock, options.limits, host, options.keepAlive);
  }

  /** Connections, those that are being made included. */
  get size(): number {
    return this.open;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** Sends a request on an idle connection, or when one can be had. Throws a ProtocolError when it can't be sent at all. */
  roundTrip(request: OutgoingRequest, sink: ResponseSink): RoundTrip {
    const { idle } = this;
    const trip = idle[idle.length - 1];
    if (trip !== undefined) {
      if (this.options.unrefIdle) trip.ref();
      trip.begin(request, sink);
      idle.length--;
      if (idle.length < this.fewest) this.fewest = idle.length;
      this.keeper.rested();
      return trip;
    }
    const fresh = new PooledTrip(this);
    fresh.take(request, sink);
    this.queue(fresh);
    return fresh;
  }

  /** Closes idle connections, and those in use behind their answers; whoever waits still gets one. */
  close(): void {
    this.closed = true;
    for (const trip of this.idle.slice()) trip.retire();
  }

  // ── what trips call ────────────────────────────────────────────────────────────────────────────────────────────────
  queue(trip: PooledTrip): void {
    this.waiting.add(trip);
    this.grow();
    const { waitTimeoutMs } = this.options;
    if (waitTimeoutMs > 0 && this.waiting.size > this.dialling) trip.limitWait(waitTimeoutMs);
  }

  giveUp(trip: PooledTrip): void {
    this.waiting.delete(trip);
    this.checkEmpty();
  }

  release(trip: PooledTrip, conn: ClientConn): void {
    if (this.waiting.size > 0 && this.serveNext(conn)) {
      trip.disown();
      return;
    }
    const { maxIdlePerOrigin } = this.options;
    if (this.closed || maxIdlePerOrigin === 0 || !this.keeper.mayRest()) {
      conn.retire();
      return;
    }
    trip.sweeps = 0;
    this.idle.push(trip);
    if (!this.trimming && this.idle.length > maxIdlePerOrigin) this.trimLater();
    if (this.options.unrefIdle) trip.unref();
    if (!this.sweeping) this.sweepLater();
  }

  lost(trip: PooledTrip): void {
    this.open--;
    // The last one first: that is where one is found which has just been left.
    const at = this.idle.lastIndexOf(trip);
    if (at >= 0) {
      this.idle.splice(at, 1);
      this.fewest = Math.min(this.fewest, this.idle.length);
      this.keeper.rested();
    }
    this.grow();
    this.checkEmpty();
  }

  // ── idle connections ───────────────────────────────────────────────────────────────────────────────────────────────
  /** Looks at them now and then, so that a connection that comes and goes needs no clock and no timer of its own. */
  private sweepLater(): void {
    const { idleTimeoutMs } = this.options;
    this.sweeping = idleTimeoutMs > 0;
    if (this.sweeping) this.wheel.set(this.sweeper, this.wheel.clock.now() + idleTimeoutMs / SWEEPS);
  }

  private sweep(): void {
    this.sweeping = false;
    for (const trip of this.idle.slice()) if (++trip.sweeps > SWEEPS) trip.retire();
    if (this.idle.length > 0) this.sweepLater();
  }

  private trimLater(): void {
    this.trimming = true;
    this.fewest = this.idle.length;
    this.wheel.set(this.trimmer, this.wheel.clock.now() + SPARE_MS);
  }

  /** Closes those beyond the limit that nobody needed all the while: they stand in front, where none is taken from. */
  private trim(): void {
    this.trimming = false;
    const most = this.options.maxIdlePerOrigin;
    for (const trip of this.idle.slice(0, Math.max(0, this.fewest - most))) trip.retire();
    if (this.idle.length > most) this.trimLater();
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Gives a free connection to the first who waits and can use it; false when nobody could. */
  private serveNext(conn: ClientConn): boolean {
    for (const trip of this.waiting) {
      this.waiting.delete(trip);
      try {
        trip.adopt(conn);
        return true;
      } catch (error) {
        trip.fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return false;
  }

  /** Makes as many connections as are waited for and allowed. */
  private grow(): void {
    const most = this.options.maxConnsPerOrigin;
    while (this.dialling < this.waiting.size && (most === 0 || this.open < most)) {
      this.open++;
      this.dialling++;
      void this.dial();
    }
  }

  private async dial(): Promise<void> {
    let conn: Conn;
    try {
      conn = await this.options.dial(this.origin);
    } catch (error) {
      this.dialFailed(error);
      return;
    }
    this.dialling--;
    this.dialled(conn);
  }

  /** Whoever waits first gets the new connection; it rests when nobody waits any more. */
  private dialled(conn: Conn): void {
    const trip = new PooledTrip(this);
    const made = new ClientConn(conn, this.context, trip);
    trip.own(made);
    this.release(trip, made);
  }

  private dialFailed(error: unknown): void {
    this.dialling--;
    this.open--;
    const [first] = this.waiting;
    if (first !== undefined) {
      this.waiting.delete(first);
      first.fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.grow();
    this.checkEmpty();
  }

  private checkEmpty(): void {
    if (this.open > 0 || this.waiting.size > 0) return;
    this.wheel.remove(this.sweeper);
    this.wheel.remove(this.trimmer);
    this.sweeping = false;
    this.trimming = false;
    this.keeper.emptied(this);
  }
}
