import { type Conn, NetError, type NetErrorCode, output, type Sink } from "../../net/index.ts";
import { HandlerError, type Next } from "../message/index.ts";
import { dropUnexpected } from "./drop-unexpected.ts";
import { keepsAlive, requestBodyLength } from "./framing.ts";
import { H1Exchange } from "./h1-exchange.ts";
import { type BodySource, H1RequestBody } from "./h1-request-body.ts";
import { ASTERISK_FORM, EXPECT_CONTINUE, HEAD_INCOMPLETE, ODD_NAME } from "./message-head.ts";
import { refusal } from "./refusal.ts";
import { parseRequestHead } from "./request-head.ts";
import type { ExchangeContext, ServerContext } from "./server-context.ts";
import type { ServerHead } from "./server-head.ts";
import { WriteWatch } from "./write-watch.ts";

/** A connection waits for a head (or the rest of one). */
const HEAD = 0;
/** It has an exchange. */
const EXCHANGE = 1;
/** What comes is dropped until the peer has seen our last response and closes. */
const LINGER = 2;
/** It is nobody's any more: closed, or taken over. */
const GONE = 3;

/** How long a peer gets to see the last response before the connection is closed under it. */
const LINGER_MS = 2000;
/** How long a connection that has asked nothing yet gets to do so when the server stops. */
const FRESH_MS = 500;
/** A slow body is looked at after this long. */
const SLOW_BODY_MS = 10_000;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * The server's side of an HTTP/1 connection: one exchange at a time, in the order of the requests. What it can't use yet (requests behind an unfinished
 * one, a body that nobody reads) it leaves in the Conn, which holds the peer back.
 */
export class ServerConn implements Sink, BodySource, ExchangeContext {
  readonly conn: Conn;
  readonly server: ServerContext;
  private readonly onGone: (conn: ServerConn) => void;

  private state = HEAD;
  private exchange: H1Exchange | undefined = undefined;
  private body: H1RequestBody | undefined = undefined;
  /** A head that is not whole yet. */
  private partial: ServerHead | undefined = undefined;
  private alive = true;
  private requests = 0;
  /** The time of the callback that runs. */
  private callbackNow = 0;
  /** What `process` works on, so that a hijack can take the rest with it. */
  private processing = false;
  private chunk: Uint8Array | undefined = undefined;
  private at = 0;
  private until = 0;
  private held = false;
  private continueDue = false;
  /** When the body was first wanted, put off by the spans in which it was not. */
  private bodySince = 0;
  private unwantedSince = 0;
  private writeWatch: WriteWatch | undefined = undefined;
  /** Whether the peer closed its side while it waits for its answer, and how much of that was written when it was last looked at. */
  private halfClosed = false;
  private answeredBefore = 0;

  /** `onGone` is called once, when the connection is over or was taken. */
  constructor(conn: Conn, server: ServerContext, onGone: (conn: ServerConn) => void) {
    this.conn = conn;
    this.server = server;
    this.onGone = onGone;
  }

  // ── what H1Server calls ────────────────────────────────────────────────────────────────────────────────────────────
  /** The Conn was just attached: a head is due. */
  begin(): void {
    const { headerTimeoutMs } = this.server.limits;
    if (headerTimeoutMs > 0) this.conn.readDeadline = this.server.clock.now() + headerTimeoutMs;
  }

  /**
   * Closes now if no exchange is under way, else after it. A connection on which nothing was asked yet gets a moment: it may have waited in the system's queue until now,
   * with its request behind it.
   */
  closeWhenIdle(): void {
    this.alive = false;
    if (this.state !== HEAD || this.partial !== undefined || this.processing) return;
    if (this.requests > 0) this.closeNow();
    else this.conn.readDeadline = this.server.clock.now() + FRESH_MS;
  }

  /** Closes now if it waits for another request; says whether it did. */
  closeIfIdle(): boolean {
    const idle = this.state === HEAD && this.partial === undefined && !this.processing && this.requests > 0;
    if (idle) this.closeNow();
    return idle;
  }

  abort(): void {
    this.breakOff(new Error("the server was stopped"));
  }

  // ── what an exchange calls ─────────────────────────────────────────────────────────────────────────────────────────
  /** The clock's time: that of the callback that runs, if one does. */
  get now(): number {
    return this.processing ? this.callbackNow : this.server.clock.now();
  }

  /** The body of the exchange that is under way. */
  requestBody(): H1RequestBody {
    this.body ??= new H1RequestBody(this, 0, this.server.limits.bodyBytes, 0);
    return this.body;
  }

  get bytesReceived(): number {
    return this.body === undefined ? 0 : this.body.received;
  }

  /** Whether the connection lives on behind this response, as its head must tell. */
  keepsAlive(): boolean {
    return this.alive && !this.continueDue && !this.server.draining && !this.leavesLongBody;
  }

  closeAfter(): void {
    this.alive = false;
  }

  /** Whether a body that nobody reads so far is too long to be dropped: the response says then that the connection ends. */
  private get leavesLongBody(): boolean {
    const { body } = this;
    return body !== undefined && !body.used && body.length - body.received > this.server.limits.drainBytes;
  }

  belowMark(): boolean {
    const { conn } = this;
    if (conn.queued <= conn.highWaterMark) return true;
    if (conn.writeDeadline === 0) this.watchWriting();
    return false;
  }

  /** Runs a handler; whatever goes wrong in it is the exchange's. */
  run(handle: Next): void {
    const exchange = this.exchange!;
    try {
      const result = handle(exchange);
      if (result === undefined) this.returned(exchange);
      else void this.settle(exchange, result);
    } catch (error) {
      exchange.fail(error);
    }
  }

  /** The last byte of the response was handed to the Conn. */
  responseEnded(): void {
    const { exchange, body } = this;
    if (exchange === undefined) return;
    this.exchange = undefined;
    exchange.finish(undefined);
    if (body !== undefined && !body.complete) this.leaveBody(body);
    else this.nextRequest();
  }

  /** Aborts the connection: the peer must not take what it got for a clean end. */
  breakOff(reason: unknown): void {
    if (this.state === GONE) return;
    this.state = GONE;
    this.conn.abort();
    this.finishWith(reason);
  }

  /** Gives the Conn up to whoever hijacks it, with every byte behind the request. */
  handOver(): Conn {
    const { conn, exchange } = this;
    this.state = GONE;
    conn.readDeadline = 0;
    conn.writeDeadline = 0;
    const rest =
      this.processing && this.chunk !== undefined && this.at < this.until
        ? this.chunk.subarray(this.at, this.until)
        : undefined;
    this.exchange = undefined;
    exchange?.finish(undefined);
    conn.detach(rest);
    this.onGone(this);
    return conn;
  }

  /** Whether nothing of the request is left to come. */
  get requestComplete(): boolean {
    return this.body === undefined || this.body.complete;
  }

  // ── the Conn's events ──────────────────────────────────────────────────────────────────────────────────────────────
  data(chunk: Uint8Array): void {
    this.callbackNow = this.server.clock.now();
    this.processing = true;
    this.process(chunk, 0, chunk.length);
    this.processing = false;
    this.chunk = undefined;
  }

  drain(): void {
    this.conn.writeDeadline = 0;
    this.exchange?.drain();
  }

  end(): void {
    if (this.state === LINGER || this.state === HEAD) {
      this.closeNow();
      return;
    }
    this.alive = false;
    if (this.requestComplete) {
      this.watchHalfClosed();
      this.exchange?.peerEnded();
    } else this.leftByPeer("ECONNRESET", "the peer closed in the middle of its request");
  }

  close(error?: NetError): void {
    const { state } = this;
    this.state = GONE;
    try {
      if (state === GONE) return;
      this.exchange?.peerGone();
      this.finishWith(error ?? new Error("the peer closed the connection"));
    } finally {
      // Whatever a handler throws that hears of it: a connection that nobody forgets would hold up the server's end.
      this.onGone(this);
    }
  }

  timeout(which: "read" | "write"): void {
    if (which === "write") this.writeTimeout();
    else if (this.state === LINGER) this.endLinger();
    else if (this.state === HEAD) this.headTimeout();
    else if (this.halfClosed) this.halfClosedTimeout();
    else if (this.body !== undefined && !this.body.complete) this.bodyTimeout(this.body);
  }

  // ── requests ───────────────────────────────────────────────────────────────────────────────────────────────────────
  private process(chunk: Uint8Array, at: number, end: number): void {
    while (at < end) {
      if (this.state === HEAD) {
        // A head that came in pieces ends in its own buffer: `takeHead` then says where the rest of this chunk begins.
        at = this.takeHead(chunk, at, end);
      } else if (this.state === EXCHANGE) {
        const { body } = this;
        if (body === undefined || body.complete || !body.flowing) {
          this.holdBack(chunk, at, end);
          return;
        }
        at = this.feedBody(body, chunk, at, end);
      } else return;
    }
    if (this.state === HEAD) this.awaitHead();
  }

  /** Parses the head that begins, or goes on, at `at`, and runs its exchange; returns where to go on. */
  private takeHead(chunk: Uint8Array, at: number, end: number): number {
    const { server } = this;
    if (this.partial !== undefined) return this.takeRest(this.partial, chunk, at, end);
    const head = server.takeHead();
    const next = parseRequestHead(head, chunk, at, end, server.limits);
    if (next >= 0) {
      this.beginExchange(head, chunk, next, end, next);
      return this.at;
    }
    if (next !== HEAD_INCOMPLETE) return this.refuse(head, end);
    head.reset();
    head.gather(chunk, at, end);
    this.partial = head;
    this.awaitRest();
    return end;
  }

  private takeRest(head: ServerHead, chunk: Uint8Array, at: number, end: number): number {
    const before = head.filled;
    const bytes = head.gather(chunk, at, end);
    const next = parseRequestHead(head, bytes, 0, head.filled, this.server.limits);
    if (next === HEAD_INCOMPLETE) return end;
    this.partial = undefined;
    if (next < 0) return this.refuse(head, end);
    head.filled = next;
    this.beginExchange(head, bytes, next, end, at + next - before, chunk);
    return this.at;
  }

  /** The head is whole and ends at `headEnd` of `bytes`; what follows it stands at `rest` of `chunk`. */
  private beginExchange(
    head: ServerHead,
    bytes: Uint8Array,
    headEnd: number,
    end: number,
    rest: number,
    chunk: Uint8Array = bytes,
  ): void {
    const { server } = this;
    head.adopt(bytes);
    this.state = EXCHANGE;
    this.chunk = chunk;
    this.at = rest;
    this.until = end;
    this.alive = this.alive && keepsAlive(head) && ++this.requests < server.limits.requestsPerConnection;
    const length = requestBodyLength(head);
    if (length !== 0) this.beginBody(head, length);
    const exchange = new H1Exchange(this, head, this.callbackNow);
    this.exchange = exchange;
    const next = (head.flags & (ODD_NAME | ASTERISK_FORM)) === 0 ? server.next : this.nextForOdd(head);
    if (next === server.next) server.onExchange?.(exchange);
    this.run(next);
    if (this.exchange === exchange) {
      head.keep(headEnd);
      this.awaitExchange();
    }
  }

  /** What hardly any request has is asked about with one look, and seen to here. Returns who answers. */
  private nextForOdd(head: ServerHead): Next {
    const { server } = this;
    if (server.expectsField !== undefined && head.has(ODD_NAME)) dropUnexpected(head.fields, server.expectsField);
    return (head.has(ASTERISK_FORM) ? server.asterisk : undefined) ?? server.next;
  }

  private beginBody(head: ServerHead, length: number): void {
    const { limits } = this.server;
    this.body = new H1RequestBody(this, length, limits.bodyBytes, limits.trailerBytes);
    this.bodySince = this.callbackNow;
    this.unwantedSince = this.callbackNow;
    this.continueDue = (head.flags & EXPECT_CONTINUE) !== 0 && head.minor === 1;
  }

  /** A head that breaks the rules: the status says which, and the connection ends. */
  private refuse(head: ServerHead, end: number): number {
    const { status, reason } = head;
    this.server.giveHead(head);
    this.answerAndLinger(status, reason);
    return end;
  }

  /** Answers what is no exchange, and closes. */
  private answerAndLinger(status: number, reason: string): void {
    const { conn, server } = this;
    server.onRefused?.(conn, status, reason);
    const bytes = refusal(server, status, reason);
    const at = conn.reserve(bytes.length);
    output.bytes.set(bytes, at);
    conn.commit(bytes.length);
    this.linger();
  }

  // ── between exchanges ──────────────────────────────────────────────────────────────────────────────────────────────
  private returned(exchange: H1Exchange): void {
    if (exchange.finished || exchange.started || exchange.claimed || exchange !== this.exchange) return;
    exchange.start(200, 0);
    exchange.end();
  }

  private async settle(exchange: H1Exchange, result: Promise<void>): Promise<void> {
    try {
      await result;
      this.returned(exchange);
    } catch (error) {
      exchange.fail(error);
    }
  }

  private nextRequest(): void {
    this.body = undefined;
    this.continueDue = false;
    if (this.state !== EXCHANGE) return;
    if (!this.keepsAlive()) {
      // Something may be on its way: closing over unread bytes would reset the connection and take the response with it.
      if (this.held || this.requestsBehind) this.linger();
      else this.closeNow();
      return;
    }
    this.state = HEAD;
    if (this.processing) return;
    this.awaitHead();
    this.letGo();
  }

  private get requestsBehind(): boolean {
    return this.processing && this.at < this.until;
  }

  /** The response is out and the body is not in: a short rest is dropped, behind a long one the connection closes. */
  private leaveBody(body: H1RequestBody): void {
    const left = body.length < 0 ? 0 : body.length - body.received;
    if (this.continueDue || !this.alive || left > this.server.limits.drainBytes) {
      this.linger();
      return;
    }
    body.discard();
  }

  private feedBody(body: H1RequestBody, chunk: Uint8Array, at: number, end: number): number {
    const received = body.received;
    const next = this.feedGuarded(body, chunk, at, end);
    if (this.state !== EXCHANGE) return end;
    if (this.exchange === undefined) {
      // The exchange ended before its body: `body` is being dropped, or was, and its end makes way for the next request.
      if (this.body !== body) return next;
      if (body.complete) this.nextRequest();
      else if (body.dropped > this.server.limits.drainBytes) this.linger();
      return next;
    }
    if (body.received > received || body.complete) this.awaitBody(body);
    return next;
  }

  private feedGuarded(body: H1RequestBody, chunk: Uint8Array, at: number, end: number): number {
    try {
      const next = body.feed(chunk, at, end);
      this.at = next;
      if (body.complete) body.tellEnd();
      return next;
    } catch (error) {
      // A body's sink threw: that is its handler's failure, and where in the body it stands is not known any more.
      this.alive = false;
      this.exchange?.fail(error);
      return end;
    }
  }

  flow(wanted: boolean): void {
    // Time in which nobody wanted the body is not held against the peer.
    if (wanted) {
      this.bodySince += this.now - this.unwantedSince;
      if (!this.processing) this.letGo();
    } else this.unwantedSince = this.now;
    if (this.body !== undefined && this.state === EXCHANGE) this.awaitBody(this.body);
  }

  bodyWanted(): void {
    if (!this.continueDue) return;
    this.continueDue = false;
    if (this.exchange?.started !== false) return;
    this.conn.send(CONTINUE);
    this.conn.flush();
  }

  bodyBroken(error: HandlerError): void {
    this.alive = false;
    const { exchange } = this;
    if (exchange === undefined) this.linger();
    else if (exchange.started) this.breakOff(error);
    else exchange.fail(error);
  }

  /** Leaves a range in the Conn until it is wanted. */
  private holdBack(chunk: Uint8Array, at: number, end: number): void {
    this.held = true;
    this.conn.pause();
    this.conn.unread(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
  }

  private letGo(): void {
    if (!this.held) return;
    this.held = false;
    this.conn.resume();
  }

  // ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────────
  private awaitHead(): void {
    if (this.partial !== undefined) return;
    const { idleTimeoutMs } = this.server.limits;
    this.conn.readDeadline = idleTimeoutMs > 0 ? this.now + idleTimeoutMs : 0;
  }

  /** A head has begun: all of it must have come in time, however busily its bytes drip. */
  private awaitRest(): void {
    const { headerTimeoutMs } = this.server.limits;
    // The first head's time runs since the accept.
    if (this.requests > 0) this.conn.readDeadline = headerTimeoutMs > 0 ? this.now + headerTimeoutMs : 0;
  }

  private awaitExchange(): void {
    if (this.body === undefined || this.body.complete) this.conn.readDeadline = 0;
    else this.awaitBody(this.body);
  }

  private awaitBody(body: H1RequestBody): void {
    if (this.halfClosed) return;
    const { bodyIdleTimeoutMs } = this.server.limits;
    this.conn.readDeadline =
      body.flowing && !body.complete && bodyIdleTimeoutMs > 0 ? this.deadlineOf(body, bodyIdleTimeoutMs) : 0;
  }

  /** The idle time-out, or sooner if the body comes too slowly. */
  private deadlineOf(body: H1RequestBody, idleMs: number): number {
    const { bodyMinBytesPerSecond } = this.server.limits;
    const { now } = this;
    if (bodyMinBytesPerSecond === 0) return now + idleMs;
    const earned = SLOW_BODY_MS + (body.received * 1000) / bodyMinBytesPerSecond;
    return Math.min(now + idleMs, this.bodySince + earned);
  }

  private headTimeout(): void {
    const { partial } = this;
    // An answer to nothing but an empty line would be taken for that to the next request.
    if (partial === undefined || partial.blank) {
      this.closeNow();
      return;
    }
    this.partial = undefined;
    this.server.giveHead(partial);
    this.answerAndLinger(408, "the request's header did not come in time");
  }

  private bodyTimeout(body: H1RequestBody): void {
    this.alive = false;
    const error = new HandlerError(408, "the request's body did not come in time");
    body.fail(error);
    this.bodyBroken(error);
  }

  /** The peer closed its side behind its request: it may wait for its answer, or may be gone, which nothing else would tell while the handler waits. */
  private watchHalfClosed(): void {
    const { halfClosedTimeoutMs } = this.server.limits;
    this.halfClosed = true;
    this.answeredBefore = this.conn.traffic.bytesWritten;
    this.conn.readDeadline = halfClosedTimeoutMs > 0 ? this.now + halfClosedTimeoutMs : 0;
  }

  /** A slow reader is the write deadline's affair. */
  private halfClosedTimeout(): void {
    if (this.state !== EXCHANGE) return;
    const { conn } = this;
    if (conn.writeDeadline !== 0 || conn.traffic.bytesWritten > this.answeredBefore) this.watchHalfClosed();
    else this.leftByPeer("ETIMEDOUT", "the peer closed its side, and its answer made no progress");
  }

  /** Drops the peer when it takes nothing for too long, until the write deadline is lifted. */
  watchWriting(): void {
    const { writeIdleTimeoutMs } = this.server.limits;
    if (writeIdleTimeoutMs === 0) return;
    this.writeWatch ??= new WriteWatch(this.conn, writeIdleTimeoutMs);
    this.writeWatch.begin(this.now);
  }

  private writeTimeout(): void {
    if (this.writeWatch?.goesOn(this.now) === true) return;
    if (this.state === GONE) this.conn.abort();
    else this.breakOff(this.failure("write", "ETIMEDOUT", "the peer stopped reading"));
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────
  private finishWith(reason: unknown): void {
    const { exchange, body, partial } = this;
    this.exchange = undefined;
    this.partial = undefined;
    if (partial !== undefined) this.server.giveHead(partial);
    // The exchange first: a handler that hears from its body cannot answer any more.
    exchange?.finish(reason);
    body?.fail(reason instanceof Error ? reason : new Error(String(reason)));
  }

  /** The peer is gone, or as good as gone. */
  private leftByPeer(code: NetErrorCode, hint: string): void {
    this.exchange?.peerGone();
    this.breakOff(this.failure("read", code, hint));
  }

  private failure(op: string, code: NetErrorCode, hint: string): NetError {
    const { network, local, remote } = this.conn;
    return new NetError({ op, network, code, local, remote, hint });
  }

  private linger(): void {
    if (this.state === LINGER || this.state === GONE) return;
    this.state = LINGER;
    this.body = undefined;
    void this.conn.closeWrite();
    this.conn.readDeadline = this.server.clock.now() + LINGER_MS;
    if (this.conn.queued > 0 && this.conn.writeDeadline === 0) this.watchWriting();
    this.held = true;
    this.letGo();
  }

  /** The last response may still be on its way to a slow reader, whom the write deadline watches. */
  private endLinger(): void {
    if (this.conn.queued > 0) this.conn.readDeadline = this.server.clock.now() + LINGER_MS;
    else this.conn.abort();
  }

  private closeNow(): void {
    this.state = GONE;
    if (this.conn.queued > 0) this.watchWriting();
    this.finishWith(new Error("the connection was closed"));
    void this.conn.close();
  }
}
