import { copyBytes } from "../../bytes/index.ts";
import { CallbackTimer, type TimerWheel } from "../../clock/index.ts";
import { NetError } from "../../net/index.ts";
import type { ClientConn, ClientConnOwner } from "../h1/index.ts";
import type { Fields, OutgoingRequest, ResponseSink, RoundTrip } from "../message/index.ts";
import type { Origin } from "./origin.ts";

/** Methods that a repetition does no harm to (RFC 9110 section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** What a trip asks of its pool. */
export interface TripPool {
  readonly origin: Origin;
  readonly wheel: TimerWheel;
  /** Puts a trip that has no connection into the queue. */
  queue(trip: PooledTrip): void;
  /** A trip needs no connection any more. */
  giveUp(trip: PooledTrip): void;
  /** A connection is free: for whoever waits, else it rests. */
  release(trip: PooledTrip, conn: ClientConn): void;
  /** A trip's connection is over. */
  lost(trip: PooledTrip): void;
}

/**
 * A request under way through a pool: it waits for a connection, has one, and goes to another when a kept-alive one proves to be dead. It stays with its
 * connection and serves the next request too, so that a request on an idle connection allocates nothing here.
 */
export class PooledTrip implements RoundTrip, ClientConnOwner {
  /** For the pool: how often it was found resting. */
  sweeps = 0;
  private readonly pool: TripPool;
  private conn: ClientConn | undefined = undefined;
  private request: OutgoingRequest | undefined = undefined;
  private sink: ResponseSink | undefined = undefined;
  private retried = false;
  private timer: CallbackTimer | undefined = undefined;
  /** What became of the last connection. */
  private wasSent = false;
  private wasReused = false;

  // ── a body that came before the connection ─────────────────────────────────────────────────────────────────────────
  private early: Uint8Array[] | undefined = undefined;
  private bodyBegun = false;
  private bodyEnded = false;
  private trailers: Fields | undefined = undefined;

  constructor(pool: TripPool) {
    this.pool = pool;
  }

  // ── what the pool calls ────────────────────────────────────────────────────────────────────────────────────────────
  /** Takes a request, for `adopt` or on the connection that it has. */
  take(request: OutgoingRequest, sink: ResponseSink): void {
    this.request = request;
    this.sink = sink;
    this.retried = false;
    this.bodyBegun = false;
    this.bodyEnded = false;
  }

  /** Sends the request on the connection that it has. Throws a ProtocolError when it can't be sent. */
  begin(request: OutgoingRequest, sink: ResponseSink): void {
    this.conn!.send(request, sink);
    this.take(request, sink);
  }

  /** Goes on with a connection that is free. Throws a ProtocolError when the request can't be sent: the connection is free still. */
  adopt(conn: ClientConn): void {
    this.stopTimer();
    conn.send(this.request!, this.sink!);
    conn.owner = this;
    this.conn = conn;
    const { early } = this;
    if (early !== undefined) this.sendEarly(conn, early);
    else if (this.bodyEnded) conn.endBody(this.trailers);
  }

  /** Waits at most this long for a connection. */
  limitWait(timeoutMs: number): void {
    const { wheel } = this.pool;
    this.timer ??= new CallbackTimer(() => this.waitedTooLong(timeoutMs));
    wheel.set(this.timer, wheel.clock.now() + timeoutMs);
  }

  /** No connection could be had for it, or not with its request. */
  fail(error: Error): void {
    this.stopTimer();
    const { sink } = this;
    this.forget();
    sink?.error(error);
  }

  /** Has a connection without a request. */
  own(conn: ClientConn): void {
    this.conn = conn;
  }

  /** Its connection went to another trip. */
  disown(): void {
    this.conn = undefined;
  }

  /** The connection keeps the process alive, or not. */
  ref(): void {
    this.conn!.conn.ref?.();
  }

  unref(): void {
    this.conn!.conn.unref?.();
  }

  retire(): void {
    this.conn?.retire();
  }

  // ── RoundTrip ──────────────────────────────────────────────────────────────────────────────────────────────────────
  get sent(): boolean {
    return this.conn === undefined ? this.wasSent : this.conn.sent;
  }

  get reused(): boolean {
    return this.conn === undefined ? this.wasReused : this.conn.reused;
  }

  write(chunk: Uint8Array): boolean {
    this.bodyBegun = true;
    if (this.conn !== undefined) return this.conn.write(chunk);
    if (this.request !== undefined && chunk.length > 0) (this.early ??= []).push(copyBytes(chunk));
    return false;
  }

  end(trailers?: Fields): void {
    this.bodyBegun = true;
    if (this.conn !== undefined) {
      this.conn.endBody(trailers);
      return;
    }
    this.bodyEnded = true;
    this.trailers = trailers?.clone();
  }

  pause(): void {
    this.conn?.pause();
  }

  resume(): void {
    this.conn?.resume();
  }

  abort(): void {
    const { conn } = this;
    this.stopTimer();
    if (conn !== undefined) conn.abort();
    else this.pool.giveUp(this);
    this.forget();
  }

  // ── ClientConnOwner ────────────────────────────────────────────────────────────────────────────────────────────────
  free(conn: ClientConn): void {
    this.forget();
    this.pool.release(this, conn);
  }

  gone(conn: ClientConn): void {
    this.wasSent = conn.sent;
    this.wasReused = conn.reused;
    this.conn = undefined;
    this.pool.lost(this);
  }

  failed(conn: ClientConn, error: Error): void {
    if (this.mayRepeat(conn, error)) {
      this.retried = true;
      this.pool.queue(this);
    } else this.fail(error);
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * Whether the server closed a kept-alive connection just when the request went out, and it may go to another one: once, when nothing of it has left or
   * a repetition does no harm, and no body is lost.
   */
  private mayRepeat(conn: ClientConn, error: Error): boolean {
    const { request } = this;
    if (request === undefined || this.retried || this.bodyBegun || conn.answered || !conn.reused) return false;
    if (!(error instanceof NetError) || error.isTimeout) return false;
    return !this.wasSent || (request.bodyLength === 0 && SAFE.has(request.method));
  }

  private sendEarly(conn: ClientConn, early: readonly Uint8Array[]): void {
    this.early = undefined;
    let ready = true;
    for (const chunk of early) ready = conn.write(chunk);
    if (this.bodyEnded) conn.endBody(this.trailers);
    // What waited was answered with false: whoever sends it waits for this.
    else if (ready) this.sink?.drain();
  }

  private waitedTooLong(timeoutMs: number): void {
    this.pool.giveUp(this);
    const { network, address } = this.pool.origin;
    const hint = `no connection became free within ${timeoutMs} ms`;
    this.fail(new NetError({ op: "dial", network, address, code: "ETIMEDOUT", hint }));
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.pool.wheel.remove(this.timer);
  }

  /** Lets go of what belongs to a request that is over. */
  private forget(): void {
    this.request = undefined;
    this.sink = undefined;
    this.early = undefined;
    this.trailers = undefined;
  }
}
