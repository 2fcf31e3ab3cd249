import { type Conn, NetError, type NetErrorCode, type Sink } from "../../net/index.ts";
import { type Fields, type OutgoingRequest, ProtocolError, type ResponseSink } from "../message/index.ts";
import { CHUNK_BAD, CHUNK_DATA, CHUNK_END, ChunkedDecoder } from "./chunked-decoder.ts";
import type { ClientContext } from "./client-context.ts";
import { sendRequestHead } from "./client-request-head.ts";
import { keepsAlive, LENGTH_CHUNKED, LENGTH_UNTIL_CLOSE, responseBodyLength } from "./framing.ts";
import { HEAD_INCOMPLETE, HEAD_REFUSED } from "./message-head.ts";
import { parseResponseHead } from "./response-head.ts";
import { sendChunk, sendLastChunk } from "./send-chunk.ts";
import { ServerHead } from "./server-head.ts";

/** No request is under way. */
const IDLE = 0;
/** The head of a response is awaited. */
const HEAD = 1;
/** Its body is. */
const BODY = 2;
/** The connection is nobody's any more: closed, broken or taken over. */
const OVER = 3;

/** Interim responses to one request; more are a flood. */
const INTERIM_MAX = 100;

/** A head that comes in one piece is parsed here, for every connection: nothing of it outlives its callback, and no callback runs inside another. */
const whole = new ServerHead(100);

/** Who has a connection, and hears what becomes of it. */
export interface ClientConnOwner {
  /** The response is whole and the connection is free: it may be given the next request at once. Comes before the sink's `end`. */
  free(conn: ClientConn): void;
  /** It is over: exactly once, and before the sink's `end` or `upgraded` and before `failed`. */
  gone(conn: ClientConn): void;
  /** The round trip failed. The owner tells the sink, or tries again elsewhere. */
  failed(conn: ClientConn, error: Error): void;
}

/**
 * The client's side of an HTTP/1.1 connection: one request at a time, and the same object for all of them. It never serves again after an answer that
 * came before the request was whole, nor when anything comes that was not asked for: what follows could be somebody else's answer.
 */
export class ClientConn implements Sink {
  readonly conn: Conn;
  owner: ClientConnOwner;
  /** Whether any byte of an answer to the present request has come. */
  answered = false;

  private readonly context: ClientContext;
  private state = IDLE;
  private sink: ResponseSink | undefined = undefined;
  private method = "";
  private upgrade = false;
  /** Requests so far. */
  private requests = 0;
  /** Bytes written before the present request. */
  private base = 0;
  private requestWhole = true;
  /** Bytes of the request's body to come, or -1 for chunks. */
  private promised = 0;
  private writtenBefore = 0;

  /** A head that is not whole yet. */
  private partial: ServerHead | undefined = undefined;
  private interims = 0;
  private alive = true;
  /** Bytes of the response's body to come, LENGTH_CHUNKED or LENGTH_UNTIL_CLOSE. */
  private left = 0;
  private decoder: ChunkedDecoder | undefined = undefined;
  private paused = false;

  /** Takes over a Conn in pull mode. */
  constructor(conn: Conn, context: ClientContext, owner: ClientConnOwner) {
    this.conn = conn;
    this.context = context;
    this.owner = owner;
    conn.attach(this);
  }

  // ── the request ────────────────────────────────────────────────────────────────────────────────────────────────────
  /**
   * Sends the head of a request, which is used until this returns; its body follows by `write` and `endBody`. Throws a ProtocolError, and stays free, when
   * the request can't be sent.
   */
  send(request: OutgoingRequest, sink: ResponseSink): void {
    const { conn, context } = this;
    if (this.state !== IDLE) throw new Error("a connection carries one request at a time, and this one has one");
    this.base = conn.traffic.bytesWritten;
    sendRequestHead(conn, request, context.host, context.keepAlive);
    this.state = HEAD;
    this.sink = sink;
    this.method = request.method;
    this.upgrade = request.upgrade !== undefined;
    this.requests++;
    this.answered = false;
    this.interims = 0;
    this.promised = request.bodyLength;
    this.requestWhole = request.bodyLength === 0;
    if (this.requestWhole) this.awaitHead();
  }

  /** Whether any byte of the present request has left. */
  get sent(): boolean {
    const { conn } = this;
    return conn.traffic.bytesWritten - conn.queued > this.base;
  }

  /** Whether the present request is not the first one. */
  get reused(): boolean {
    return this.requests > 1;
  }

  /** Sends body bytes, borrowed. False: above the high-water mark; the sink's `drain` follows. */
  write(chunk: Uint8Array): boolean {
    const { length } = chunk;
    if (this.requestWhole || this.state === OVER) return false;
    if (this.promised >= 0) {
      if (length > this.promised) return this.spoil(`the request body is longer than promised`);
      this.promised -= length;
      this.conn.send(chunk);
    } else if (length > 0) sendChunk(this.conn, chunk, 0, length);
    return this.belowMark();
  }

  /** Ends the request's body; trailers go with a chunked one only. */
  endBody(trailers: Fields | undefined): void {
    if (this.requestWhole || this.state === OVER) return;
    if (this.promised > 0) {
      this.spoil(`the request body ended ${this.promised} bytes too soon`);
      return;
    }
    if (this.promised < 0) sendLastChunk(this.conn, trailers);
    this.requestWhole = true;
    if (this.state === HEAD) this.awaitHead();
  }

  /** The request's body is not what its head says. */
  private spoil(reason: string): false {
    this.fail(new ProtocolError("caller", reason));
    return false;
  }

  private belowMark(): boolean {
    const { conn } = this;
    if (conn.queued <= conn.highWaterMark) return true;
    if (conn.writeDeadline === 0) this.watchWriting();
    return false;
  }

  // ── what its owner calls besides ───────────────────────────────────────────────────────────────────────────────────
  /** Holds the response back, which is not timed meanwhile. */
  pause(): void {
    if (this.paused || (this.state !== HEAD && this.state !== BODY)) return;
    this.paused = true;
    this.conn.readDeadline = 0;
    this.conn.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.state === BODY) this.awaitBody();
    else if (this.requestWhole) this.awaitHead();
    this.conn.resume();
  }

  /** Gives the request up, and the connection with it. No callback of its sink follows. */
  abort(): void {
    if (this.state === OVER) return;
    this.leave();
    this.conn.abort();
    this.owner.gone(this);
  }

  /** Closes a connection that is free. */
  retire(): void {
    if (this.state !== IDLE) return;
    this.leave();
    void this.conn.close();
    this.owner.gone(this);
  }

  // ── the Conn's events ──────────────────────────────────────────────────────────────────────────────────────────────
  data(chunk: Uint8Array): void {
    try {
      this.take(chunk, 0, chunk.length);
    } catch (error) {
      // A sink threw: where in the answer it stands is not known any more.
      if (this.state === OVER || this.state === IDLE) throw error;
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  drain(): void {
    this.conn.writeDeadline = 0;
    if (!this.requestWhole) this.sink?.drain();
  }

  end(): void {
    if (this.state === IDLE) this.retire();
    else if (this.state === BODY && this.left === LENGTH_UNTIL_CLOSE) this.finish(false, undefined);
    else this.fail(this.closedEarly());
  }

  close(error?: NetError): void {
    if (this.state === IDLE) {
      this.leave();
      this.owner.gone(this);
    } else this.fail(error ?? this.closedEarly());
  }

  timeout(which: "read" | "write"): void {
    const { limits } = this.context;
    if (which === "write") this.writeTimeout();
    else if (this.state === HEAD)
      this.fail(this.failure("read", "ETIMEDOUT", `the answer did not begin within ${limits.headerTimeoutMs} ms`));
    else this.fail(this.failure("read", "ETIMEDOUT", `nothing of the answer came for ${limits.bodyIdleTimeoutMs} ms`));
  }

  // ── the response ───────────────────────────────────────────────────────────────────────────────────────────────────
  private take(chunk: Uint8Array, at: number, end: number): void {
    while (at < end) {
      if (this.state === OVER) return;
      if (this.paused) {
        this.conn.unread(rangeOf(chunk, at, end));
        return;
      }
      if (this.state === HEAD) at = this.takeHead(chunk, at, end);
      else if (this.state === BODY) at = this.takeBody(chunk, at, end);
      else {
        // Whoever sends what nobody asked for would have it taken for the next request's answer.
        this.abort();
        return;
      }
    }
    if (this.state === BODY && !this.paused) this.awaitBody();
  }

  /** Parses the head that begins, or goes on, at `at`; returns where to go on. */
  private takeHead(chunk: Uint8Array, at: number, end: number): number {
    this.answered = true;
    if (this.partial !== undefined) return this.takeRest(this.partial, chunk, at, end);
    whole.reset();
    const next = parseResponseHead(whole, chunk, at, end, this.context.headLimits);
    if (next >= 0) {
      whole.adopt(chunk);
      return this.begin(whole, chunk, next, end);
    }
    if (next === HEAD_REFUSED) return this.refuse(whole.reason, end);
    this.partial = new ServerHead(16);
    this.partial.gather(chunk, at, end);
    return end;
  }

  private takeRest(head: ServerHead, chunk: Uint8Array, at: number, end: number): number {
    const before = head.filled;
    const bytes = head.gather(chunk, at, end);
    const next = parseResponseHead(head, bytes, 0, head.filled, this.context.headLimits);
    if (next === HEAD_INCOMPLETE) return end;
    if (next === HEAD_REFUSED) return this.refuse(head.reason, end);
    this.partial = undefined;
    head.adopt(bytes);
    return this.begin(head, chunk, at + next - before, end);
  }

  /** A head is whole; what follows it stands at `rest` of `chunk`. Returns where to go on. */
  private begin(head: ServerHead, chunk: Uint8Array, rest: number, end: number): number {
    const { status } = head;
    // It was on its way before the request was: it answers something else.
    if (!this.sent) return this.refuse("it came before the request was sent", end);
    if (status < 200) return this.inform(head, chunk, rest, end);
    const length = responseBodyLength(head, this.method);
    this.state = BODY;
    this.left = length;
    this.alive = this.context.keepAlive && length !== LENGTH_UNTIL_CLOSE && keepsAlive(head);
    if (length === LENGTH_CHUNKED) return this.beginChunks(head, chunk, rest, end);
    this.sink!.head(status, head.fields, length < 0 ? -1 : length);
    if (length === 0 && this.state === BODY) this.finish(rest < end, undefined);
    return rest;
  }

  /**
   * Decodes the first chunk that came with the head before the head is told: when it is malformed, whoever passes the answer on has not begun to, and
   * can say so.
   */
  private beginChunks(head: ServerHead, chunk: Uint8Array, rest: number, end: number): number {
    const decoder = this.freshDecoder();
    const code = decoder.decode(chunk, rest, end);
    if (code === CHUNK_BAD) return this.refuse(decoder.reason, end);
    this.decoder = decoder;
    this.sink!.head(head.status, head.fields, -1);
    if (this.state !== BODY) return end;
    if (!this.paused) return this.takeDecoded(decoder, code, chunk, end);
    this.decoder = this.freshDecoder();
    return rest;
  }

  private freshDecoder(): ChunkedDecoder {
    return new ChunkedDecoder(this.context.limits.trailerBytes);
  }

  private inform(head: ServerHead, chunk: Uint8Array, rest: number, end: number): number {
    const { status, fields } = head;
    if (status === 101) this.handOver(fields, chunk, rest, end);
    else if (++this.interims > INTERIM_MAX) this.refuse(`more than ${INTERIM_MAX} interim answers came`, end);
    else this.sink!.informational(status, fields);
    return rest;
  }

  /** The server switches protocols: the Conn goes to the sink, with every byte behind the head. */
  private handOver(fields: Fields, chunk: Uint8Array, rest: number, end: number): void {
    if (!this.upgrade || !this.requestWhole)
      return void this.refuse("it switches protocols, which was not asked for", end);
    const { conn } = this;
    const sink = this.sink!;
    this.leave();
    this.owner.gone(this);
    conn.detach(rest < end ? rangeOf(chunk, rest, end) : undefined);
    sink.upgraded(101, fields, conn);
  }

  private takeBody(chunk: Uint8Array, at: number, end: number): number {
    const { decoder, left } = this;
    if (decoder !== undefined) return this.takeChunks(decoder, chunk, at, end);
    if (left === LENGTH_UNTIL_CLOSE) {
      this.sink!.data(chunk, at, end);
      return end;
    }
    const until = Math.min(end, at + left);
    this.left = left - (until - at);
    this.sink!.data(chunk, at, until);
    if (this.left === 0 && this.state === BODY) this.finish(until < end, undefined);
    return until;
  }

  private takeChunks(decoder: ChunkedDecoder, chunk: Uint8Array, at: number, end: number): number {
    return this.takeDecoded(decoder, decoder.decode(chunk, at, end), chunk, end);
  }

  /** What the decoder made of a range, by its code. */
  private takeDecoded(decoder: ChunkedDecoder, code: number, chunk: Uint8Array, end: number): number {
    switch (code) {
      case CHUNK_DATA:
        this.sink!.data(chunk, decoder.dataStart, decoder.dataEnd);
        break;
      case CHUNK_END:
        this.finish(decoder.next < end, decoder.trailers);
        break;
      case CHUNK_BAD:
        return this.refuse(decoder.reason, end);
      default:
    }
    return decoder.next;
  }

  /** The answer is whole. `more`: something stands behind it, which nobody asked for. */
  private finish(more: boolean, trailers: Fields | undefined): void {
    const { conn, owner } = this;
    const sink = this.sink!;
    const spent = !this.requestWhole || conn.queued > 0;
    if (!this.alive || more || spent) {
      this.leave();
      if (more || spent) conn.abort();
      else void conn.close();
      owner.gone(this);
    } else {
      this.state = IDLE;
      this.sink = undefined;
      this.decoder = undefined;
      conn.readDeadline = 0;
      if (this.paused) {
        this.paused = false;
        conn.resume();
      }
      owner.free(this);
    }
    sink.end(trailers);
  }

  /** What came is no answer by the protocol. */
  private refuse(reason: string, end: number): number {
    this.fail(new ProtocolError("peer", `the answer cannot be used: ${reason}`));
    return end;
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────
  private fail(error: Error): void {
    if (this.state === OVER) return;
    this.leave();
    this.conn.abort();
    this.owner.gone(this);
    this.owner.failed(this, error);
  }

  private leave(): void {
    const { conn } = this;
    this.state = OVER;
    this.sink = undefined;
    this.partial = undefined;
    this.decoder = undefined;
    conn.readDeadline = 0;
    conn.writeDeadline = 0;
    if (this.paused) {
      this.paused = false;
      conn.resume();
    }
  }

  private failure(op: string, code: NetErrorCode, hint: string): NetError {
    const { network, local, remote } = this.conn;
    return new NetError({ op, network, code, local, remote, hint });
  }

  private closedEarly(): NetError {
    const where = this.answered ? "in the middle of its answer" : "without an answer";
    return this.failure("read", "ECONNRESET", `the server closed the connection ${where}`);
  }

  // ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────────────
  private after(timeoutMs: number): number {
    return timeoutMs > 0 ? this.context.clock.now() + timeoutMs : 0;
  }

  private awaitHead(): void {
    this.conn.readDeadline = this.paused ? 0 : this.after(this.context.limits.headerTimeoutMs);
  }

  private awaitBody(): void {
    this.conn.readDeadline = this.after(this.context.limits.bodyIdleTimeoutMs);
  }

  private watchWriting(): void {
    // What stands in the output buffer would look like progress when it has gone to the queue.
    this.conn.flush();
    this.writtenBefore = this.conn.traffic.bytesWritten - this.conn.queued;
    this.conn.writeDeadline = this.after(this.context.limits.writeIdleTimeoutMs);
  }

  /** The server took nothing for too long: whatever it took gives it as long again. */
  private writeTimeout(): void {
    if (this.conn.traffic.bytesWritten - this.conn.queued > this.writtenBefore) this.watchWriting();
    else this.fail(this.failure("write", "ETIMEDOUT", "the server stopped reading the request"));
  }
}

/** The chunk itself when the range is all of it. */
function rangeOf(chunk: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}
