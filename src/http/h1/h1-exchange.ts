import { type Conn, type Endpoint, output, OUTPUT_MAX } from "../../net/index.ts";
import {
  type ErrorHandler,
  type Exchange,
  Fields,
  HandlerError,
  type Interceptor,
  isBodiless,
  type PreparedResponse,
  type RequestBody,
} from "../message/index.ts";
import { forbiddenTrailer } from "./forbidden-trailer.ts";
import { requestBodyLength } from "./framing.ts";
import { RequestView } from "./request-view.ts";
import {
  CHUNKED_FIELD,
  CLOSE_FIELD,
  encodedResponse,
  FramingFields,
  KEEP_ALIVE_FIELD,
  statusLine,
  writeContentLength,
} from "./response-head-writer.ts";
import { sendChunk, sendLastChunk } from "./send-chunk.ts";
import type { ExchangeContext } from "./server-context.ts";
import type { ServerHead } from "./server-head.ts";
import { TransformChain } from "./transform-chain.ts";

type FinishCallback = (exchange: Exchange, error?: unknown) => void;

/** How the body of a response is framed. */
const NO_BODY = 0;
const BY_LENGTH = 1;
const BY_CHUNKS = 2;
const UNTIL_CLOSE = 3;

/** What logs tell of a request whose client went before anything was answered, as in nginx and Caddy: never sent. */
const CLIENT_CLOSED_REQUEST = 499;

const NOTHING = new Uint8Array(0);
const framing = new FramingFields();

/** One request and its response on an HTTP/1 connection. A fresh one for each request, so that a used-up one can tell. */
export class H1Exchange extends RequestView implements Exchange {
  readonly startedAt: number;
  context: object | undefined = undefined;
  keepSentFields = false;
  status = 0;
  bytesSent = 0;
  claimed = false;

  private readonly connection: ExchangeContext;
  private over = false;
  private bodyFraming = NO_BODY;
  private promised = 0;
  private bodyOver = false;
  /** What the Conn had written when the file that is being sent began; -1: none is. */
  private fileFrom = -1;

  private varsMap: Map<string, unknown> | undefined = undefined;
  private ownFields: Fields | undefined = undefined;
  private sent: Uint8Array = NOTHING;
  private interceptors: Interceptor[] | undefined = undefined;
  private transforms: TransformChain | undefined = undefined;
  private errorHandlers: { readonly handler: ErrorHandler; readonly interceptors: number }[] | undefined = undefined;
  private serverAsked = false;
  private finishCallback: FinishCallback | undefined = undefined;
  private moreCallbacks: FinishCallback[] | undefined = undefined;
  private drainCallback: (() => void) | undefined = undefined;
  private drainWait: PromiseWithResolvers<void> | undefined = undefined;
  private abortController: AbortController | undefined = undefined;
  private failure: unknown = undefined;

  constructor(connection: ExchangeContext, head: ServerHead, startedAt: number) {
    super(head);
    this.connection = connection;
    this.startedAt = startedAt;
  }

  // ── the request ────────────────────────────────────────────────────────────────────────────────────────────────────
  get scheme(): "http" | "https" {
    return this.connection.server.scheme;
  }

  get body(): RequestBody {
    if (this.head === undefined) throw new Error("the exchange is over: its body may not be read any more");
    return this.connection.requestBody();
  }

  get bodyLength(): number {
    return requestBodyLength(this.live);
  }

  get bytesReceived(): number {
    return this.connection.bytesReceived;
  }

  get remote(): Endpoint {
    return this.connection.conn.remote;
  }

  get local(): Endpoint {
    return this.connection.conn.local;
  }

  get signal(): AbortSignal {
    if (this.abortController === undefined) {
      this.abortController = new AbortController();
      if (this.over && this.failure !== undefined) this.abortController.abort(this.failure);
    }
    return this.abortController.signal;
  }

  // ── state of the chain ─────────────────────────────────────────────────────────────────────────────────────────────
  get vars(): Map<string, unknown> {
    return (this.varsMap ??= new Map());
  }

  get hasVars(): boolean {
    return this.varsMap !== undefined;
  }

  claim(): void {
    this.claimed = true;
  }

  onError(handler: ErrorHandler): void {
    (this.errorHandlers ??= []).push({ handler, interceptors: this.interceptors?.length ?? 0 });
  }

  fail(error: unknown): void {
    if (this.over) return;
    if (this.status !== 0) {
      // The peer was told of a success already: this is the one place where the failure can still be heard of.
      this.connection.server.onError?.(this, HandlerError.from(error));
      this.connection.breakOff(error);
      return;
    }
    const innermost = this.errorHandlers?.pop();
    this.dropInterceptors(innermost?.interceptors ?? 0);
    const handler = innermost?.handler ?? this.takeServerHandler();
    if (handler === undefined) this.answerBare(HandlerError.from(error));
    else this.connection.run(() => handler(this, error));
  }

  /** Whatever the chain that failed had put up for its own response does not belong to the answer to its error. */
  private dropInterceptors(kept: number): void {
    if (this.interceptors === undefined) return;
    if (kept === 0) this.interceptors = undefined;
    else this.interceptors.length = Math.min(kept, this.interceptors.length);
  }

  /** The server's own error handler: the outermost, asked once. */
  private takeServerHandler(): ErrorHandler | undefined {
    if (this.serverAsked) return undefined;
    this.serverAsked = true;
    return this.connection.server.errorHandler;
  }

  onFinish(callback: FinishCallback): void {
    if (this.finishCallback === undefined) this.finishCallback = callback;
    else (this.moreCallbacks ??= []).push(callback);
  }

  /** The last resort: the status alone. */
  private answerBare(error: HandlerError): void {
    this.connection.server.onError?.(this, error);
    if (this.status !== 0 || this.over) return;
    this.start(error.status, 0);
    this.end();
  }

  // ── the response ───────────────────────────────────────────────────────────────────────────────────────────────────
  get responseFields(): Fields {
    if (this.ownFields === undefined) {
      this.ownFields = new Fields();
      const { serverName } = this.connection.server;
      if (serverName !== "") this.ownFields.appendUnchecked("Server", serverName);
    }
    return this.ownFields;
  }

  get hasResponseFields(): boolean {
    return this.ownFields !== undefined;
  }

  get started(): boolean {
    return this.status !== 0;
  }

  get finished(): boolean {
    return this.over;
  }

  get sentFields(): Uint8Array {
    return this.sent;
  }

  intercept(interceptor: Interceptor): void {
    if (this.status !== 0) throw new Error("the response has begun: push interceptors before calling next");
    (this.interceptors ??= []).push(interceptor);
  }

  inform(status: number, fields?: Fields): void {
    if (status <= 100 || status >= 200 || status === 101) throw new RangeError(`${status} is no interim status`);
    if (this.status !== 0) throw new Error("an interim response comes before the response, not after its head");
    if (this.live.minor === 0) return;
    const line = statusLine(status);
    const { conn } = this.connection;
    const at = conn.reserve(line.length + (fields?.wireLength ?? 0) + 2);
    output.bytes.set(line, at);
    let end = at + line.length;
    if (fields !== undefined) end = fields.writeTo(output.bytes, end);
    output.bytes[end++] = 0x0d;
    output.bytes[end++] = 0x0a;
    conn.commit(end - at);
    conn.flush();
  }

  respond(response: PreparedResponse): void {
    const { connection } = this;
    const head = this.head;
    if (
      this.ownFields !== undefined ||
      this.interceptors !== undefined ||
      head === undefined ||
      head.isHead ||
      head.minor === 0 ||
      response.body.length > 4096 ||
      this.status !== 0 ||
      !connection.keepsAlive()
    ) {
      this.respondInParts(response);
      return;
    }
    this.status = response.status;
    this.bytesSent = response.body.length;
    const encoded = encodedResponse(response);
    const bytes = encoded.joined(connection.server.tail(connection.now), response.body);
    if (this.keepSentFields) this.sent = encoded.sentFields;
    const at = connection.conn.reserve(bytes.length);
    output.bytes.set(bytes, at);
    connection.conn.commit(bytes.length);
    this.bodyOver = true;
    connection.responseEnded();
  }

  private respondInParts(response: PreparedResponse): void {
    if (this.ownFields === undefined && this.interceptors === undefined) {
      this.writeHead(response.status, response.body.length, undefined, response.fields);
    } else {
      // The prepared fields are shared, and interceptors and framing take fields out.
      this.start(response.status, response.body.length, response.fields.clone());
    }
    this.end(response.body);
  }

  start(status: number, length: number, fields?: Fields): void {
    if (!(status >= 200 && status <= 999) || !Number.isInteger(status))
      throw new RangeError(`${status} is no final status: use inform or hijack`);
    if (!Number.isSafeInteger(length)) throw new RangeError(`${length} is no length: say -1 for one that is not known`);
    if (this.interceptors === undefined) this.writeHead(status, length, fields, undefined);
    else this.startIntercepted(status, length, fields);
  }

  /** Lets the interceptors see the head, the last pushed first, and change body and length. */
  private startIntercepted(status: number, length: number, fields: Fields | undefined): void {
    const all = this.responseFields;
    if (fields !== undefined) {
      if (!fields.has("server")) all.delete("Server");
      for (const [name, value] of fields) all.appendUnchecked(name, value);
    }
    const interceptors = this.interceptors!;
    this.interceptors = undefined;
    for (let i = interceptors.length - 1; i >= 0; i--) {
      const interceptor = interceptors[i]!;
      status = interceptor.head?.(this, status, all) ?? status;
      if (interceptor.body === undefined) continue;
      this.transforms ??= new TransformChain((bytes) => this.writeBody(bytes, 0, bytes.length));
      this.transforms.push(interceptor.body);
      length = length < 0 ? -1 : (interceptor.body.length?.(length) ?? -1);
      if (length < 0) all.delete("content-length");
    }
    this.writeHead(status, length, undefined, undefined);
  }

  /**
   * Writes the head into the output buffer. `relayed` are another server's fields, which stand for all of ours but Date; `prepared` are sent as
   * they are, beside the server's own.
   */
  private writeHead(status: number, length: number, relayed: Fields | undefined, prepared: Fields | undefined): void {
    const head = this.live;
    if (this.status !== 0)
      throw new Error(`the response has begun with ${this.status}: it cannot begin again with ${status}`);
    const { connection, ownFields } = this;
    const { server, conn } = connection;
    this.status = status;
    framing.reset();
    if (ownFields !== undefined) framing.takeFrom(ownFields);
    if (relayed !== undefined) framing.takeFrom(relayed);
    if (framing.close) connection.closeAfter();
    const bodiless = isBodiless(status) || head.isHead;
    this.promised = length;
    this.bodyFraming = bodiless ? NO_BODY : length >= 0 ? BY_LENGTH : head.minor === 1 ? BY_CHUNKS : UNTIL_CLOSE;
    if (this.bodyFraming === UNTIL_CLOSE) connection.closeAfter();

    const line = statusLine(status);
    const room =
      line.length +
      (ownFields?.wireLength ?? 0) +
      (relayed?.wireLength ?? 0) +
      (prepared?.wireLength ?? 0) +
      256 +
      server.serverField.length;
    const at = this.reserveHead(room);
    const { bytes } = output;
    bytes.set(line, at);
    const from = at + line.length;
    let end = from;
    if (ownFields !== undefined) end = ownFields.writeTo(bytes, end);
    else if (relayed === undefined) end = put(bytes, end, server.serverField);
    if (relayed !== undefined) end = relayed.writeTo(bytes, end);
    if (prepared !== undefined) end = prepared.writeTo(bytes, end);
    end = this.writeFraming(bytes, end, status, length);
    if (!framing.date) end = put(bytes, end, server.dateField(connection.now));
    if (this.keepSentFields) this.sent = bytes.slice(from, end);
    if (!connection.keepsAlive()) {
      // Once said it stands, whatever becomes of the body that nobody has read so far.
      connection.closeAfter();
      end = put(bytes, end, CLOSE_FIELD);
    } else if (head.minor === 0) end = put(bytes, end, KEEP_ALIVE_FIELD);
    bytes[end++] = 0x0d;
    bytes[end++] = 0x0a;
    conn.commit(end - at);
  }

  private reserveHead(room: number): number {
    if (room <= OUTPUT_MAX) return this.connection.conn.reserve(room);
    this.status = 0;
    throw new HandlerError(500, `the response head needs ${room} bytes, more than ${OUTPUT_MAX}`);
  }

  private writeFraming(bytes: Uint8Array, at: number, status: number, length: number): number {
    if (this.bodyFraming === BY_LENGTH) return writeContentLength(bytes, at, length);
    if (this.bodyFraming === BY_CHUNKS) return put(bytes, at, CHUNKED_FIELD);
    if (this.bodyFraming !== NO_BODY || status < 200 || status === 204) return at;
    // HEAD and 304 tell the length of what is not sent (RFC 9110 section 8.6).
    const told =
      length > 0 || (length === 0 && status !== 304 && framing.contentLength === "")
        ? length
        : Number(framing.contentLength || -1);
    return told >= 0 ? writeContentLength(bytes, at, told) : at;
  }

  write(chunk: Uint8Array, start = 0, end: number = chunk.length): boolean {
    if (this.over) return false;
    if (this.status === 0) this.start(200, -1);
    if (this.bodyOver) throw new Error("the response body has ended");
    if (this.transforms === undefined) this.writeBody(chunk, start, end);
    else this.transforms.write(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    return this.connection.belowMark();
  }

  /** Frames and sends body bytes that have been through every transform. */
  private writeBody(chunk: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 0 || this.bodyFraming === NO_BODY) return;
    const { conn } = this.connection;
    this.bytesSent += length;
    if (this.bodyFraming === BY_LENGTH && this.bytesSent > this.promised) {
      this.bytesSent -= length;
      throw new Error(`the response body is longer than the ${this.promised} bytes that were promised`);
    }
    if (this.bodyFraming === BY_CHUNKS) sendChunk(conn, chunk, start, end);
    else conn.send(chunk, start, end);
  }

  onDrain(callback: () => void): void {
    this.drainCallback = callback;
  }

  async drained(): Promise<void> {
    if (this.over) throw this.failure ?? new Error("the response has ended");
    if (this.connection.belowMark()) return;
    this.drainWait ??= Promise.withResolvers();
    await this.drainWait.promise;
  }

  end(chunk?: Uint8Array, trailers?: Fields): void {
    if (this.over) return;
    if (this.status === 0) this.start(200, chunk === undefined ? 0 : chunk.length);
    if (this.bodyOver) throw new Error("the response has ended");
    if (chunk !== undefined && chunk.length > 0) this.write(chunk);
    const misplaced = trailers === undefined ? undefined : forbiddenTrailer(trailers);
    if (misplaced !== undefined) throw new TypeError(`${misplaced} may not be sent behind a body`);
    this.transforms?.end();
    this.bodyOver = true;
    if (this.bodyFraming === BY_LENGTH && this.bytesSent < this.promised) {
      this.connection.breakOff(new Error(`the response body ended after ${this.bytesSent} of ${this.promised} bytes`));
      return;
    }
    if (this.bodyFraming === BY_CHUNKS) sendLastChunk(this.connection.conn, trailers);
    this.connection.responseEnded();
  }

  get canSendFile(): boolean {
    return (
      this.connection.conn.sendFile !== undefined && this.interceptors === undefined && this.transforms === undefined
    );
  }

  async sendFile(fd: number, offset: number, length: number): Promise<void> {
    if (this.over) throw this.failure ?? new Error("the response has ended");
    if (this.status === 0) throw new Error("the response has not begun: start it with the file's length");
    if (this.bodyFraming === NO_BODY) return;
    const { conn } = this.connection;
    if (this.bodyFraming === BY_LENGTH && this.bytesSent + length > this.promised)
      throw new Error(`the response body is longer than the ${this.promised} bytes that were promised`);
    if (this.bodyFraming === BY_CHUNKS || conn.sendFile === undefined)
      throw new Error("this response cannot be sent from a file");
    conn.flush();
    this.fileFrom = conn.traffic.bytesWritten;
    this.connection.watchWriting();
    const sentBytes = await conn.sendFile(fd, offset, length);
    this.fileFrom = -1;
    conn.writeDeadline = 0;
    this.bytesSent += sentBytes;
    if (sentBytes < length) throw new Error(`the file ended after ${sentBytes} of ${length} bytes`);
  }

  abort(reason?: unknown): void {
    if (!this.over) this.connection.breakOff(reason ?? new Error("the handler aborted the exchange"));
  }

  get canHijack(): boolean {
    return this.status === 0 && !this.over && this.connection.requestComplete;
  }

  hijack(status: number, fields?: Fields): Conn {
    if (!this.canHijack) throw new Error("the response has begun: the connection cannot be taken over");
    if (status !== 0) this.writeUpgrade(status, fields);
    this.status = status === 0 ? 101 : status;
    return this.connection.handOver();
  }

  private writeUpgrade(status: number, fields: Fields | undefined): void {
    const { conn, server, now } = this.connection;
    const line = statusLine(status);
    const at = conn.reserve(line.length + (fields?.wireLength ?? 0) + 128);
    let end = put(output.bytes, at, line);
    const from = end;
    if (fields !== undefined) end = fields.writeTo(output.bytes, end);
    end = put(output.bytes, end, server.dateField(now));
    if (this.keepSentFields) this.sent = output.bytes.slice(from, end);
    output.bytes[end++] = 0x0d;
    output.bytes[end++] = 0x0a;
    conn.commit(end - at);
  }

  // ── for ServerConn ─────────────────────────────────────────────────────────────────────────────────────────────────
  /** The last byte of the response was handed over, or `error` ended it: tells who asked, and gives the head back. */
  finish(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.failure = error;
    // A file that was cut off: what of it has left counts.
    if (this.fileFrom >= 0) this.bytesSent += this.connection.conn.traffic.bytesWritten - this.fileFrom;
    const { head, finishCallback, drainWait } = this;
    if (error !== undefined) this.abortController?.abort(error);
    if (drainWait !== undefined) {
      if (error === undefined) drainWait.resolve();
      else drainWait.reject(error);
    }
    if (finishCallback !== undefined) {
      this.tell(finishCallback, error);
      if (this.moreCallbacks !== undefined) for (const callback of this.moreCallbacks) this.tell(callback, error);
    }
    this.head = undefined;
    if (head !== undefined) this.connection.server.giveHead(head);
  }

  /** The response is out: what goes wrong in a log is told to the server, and the connection goes on. */
  private tell(callback: FinishCallback, error: unknown): void {
    try {
      callback(this, error);
    } catch (thrown) {
      this.connection.server.onError?.(this, HandlerError.from(thrown));
    }
  }

  /** The peer half-closed: it may have gone, or may wait for its answer, which it gets. */
  peerEnded(): void {
    this.abortController?.abort(new Error("the peer closed its side of the connection"));
  }

  /** The peer is gone, and `finish` follows: that nothing was answered is the peer's own doing, and logs tell it so. */
  peerGone(): void {
    if (this.status === 0) this.status = CLIENT_CLOSED_REQUEST;
  }

  /** The peer takes bytes again. */
  drain(): void {
    const { drainCallback, drainWait } = this;
    this.drainCallback = undefined;
    this.drainWait = undefined;
    drainWait?.resolve();
    drainCallback?.();
  }
}

function put(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at);
  return at + bytes.length;
}
