import type { Conn, Endpoint } from "../../net/index.ts";
import type { Fields } from "./fields.ts";
import type { PreparedResponse } from "./prepared-response.ts";
import type { RequestBody } from "./request-body.ts";

/** Carries on with what stands behind a handler. Synchronous where nothing waits. */
export type Next = (exchange: Exchange) => void | Promise<void>;

/**
 * The engine's handler. It answers (`respond`, or `start`/`write`/`end`), or calls `next`, or throws. What it returns says only that it has
 * returned: a handler that answers later from callbacks calls `exchange.claim()` first. When a chain has returned or
 * resolved and nobody answered or claimed, the answer is an empty 200.
 */
export type ExchangeHandler = (exchange: Exchange, next: Next) => void | Promise<void>;

/** A handler bound to what stands behind it: made once, when a server is provisioned, never per request. */
export type ExchangeMiddleware = (next: Next) => Next;

/** Answers an error that a chain threw or that `fail` was given. It may throw again: the next outer one gets that. */
export type ErrorHandler = (exchange: Exchange, error: unknown) => void | Promise<void>;

/** Changes responses on their way out. Pushed with `exchange.intercept` before `next`; the last one pushed sees the response first. */
export interface Interceptor {
  /** Sees the response head at the first byte and may change its fields; returns the status to send, or undefined to keep it. */
  head?(exchange: Exchange, status: number, fields: Fields): number | undefined | void;
  /** Asked after `head`: changes the body. Having one drops Content-Length unless `length` says what it becomes. */
  body?: BodyTransform | undefined;
}

/** A synchronous change of a body, chunk by chunk. */
export interface BodyTransform {
  /** The new length, if it is known from the old one (-1: unknown). */
  length?(original: number): number;
  /** Calls `emit` for what goes out now; the chunk is borrowed. */
  chunk(chunk: Uint8Array, emit: (bytes: Uint8Array) => void): void;
  /** The end of the body: emit the rest. */
  end(emit: (bytes: Uint8Array) => void): void;
}

/**
 * One request and its response, the same for every HTTP version: what an ExchangeHandler works on. It belongs to its chain until the
 * response has ended; touched after that, it throws. Parts that are rarely used are made when first asked for.
 */
export interface Exchange {
  // ── the request ────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Assignable (rewrites); `originalMethod` keeps what came. */
  method: string;
  readonly originalMethod: string;
  /** The request target as it came: origin-form, absolute-form, authority-form (CONNECT) or "*". */
  readonly originalTarget: string;
  /** The path, escaped as it came, beginning with "/" (or "*" for OPTIONS *, "" for CONNECT). Assignable (rewrites). */
  path: string;
  /** What follows "?", without it; "" when there is none. Assignable (rewrites). */
  query: string;
  /** Whether path or query were assigned: whether they may differ from those that came. */
  readonly rewritten: boolean;
  /** Path, "?" and query as they stand now. */
  readonly target: string;
  /** The path percent-decoded, as matchers compare it; invalid escapes make the parser refuse the request with 400. */
  readonly decodedPath: string;
  readonly scheme: "http" | "https";
  /**
   * The authority asked for: that of an absolute-form target, else the Host field; "" when a HTTP/1.0 request has none. Assignable (header
   * operations); `originalHost` keeps what came.
   */
  host: string;
  readonly originalHost: string;
  /** "HTTP/1.1", "HTTP/1.0", "HTTP/2.0". */
  readonly protocol: string;
  /** The request's fields. They may be changed before a proxy or handler reads them. */
  readonly fields: Fields;
  readonly body: RequestBody;
  /** Bytes of body to come: 0 none, -1 unknown. The same as `body.length`, without making a body that nobody reads. */
  readonly bodyLength: number;
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Aborted when the peer goes away, or the server gives up, before the response has ended. */
  readonly signal: AbortSignal;
  /** When the first byte of the request was seen, in ms of the connection's monotonic clock. */
  readonly startedAt: number;

  // ── state of the chain ─────────────────────────────────────────────────────────────────────────────────────────────
  /** Values that handlers leave for one another (`{http.vars.*}`). Made when first asked for. */
  readonly vars: Map<string, unknown>;
  /** Whether anything asked for `vars` yet, so that readers need not make it. */
  readonly hasVars: boolean;
  /** One slot for whoever owns the chain (the http app). */
  context: object | undefined;
  /** Says that the answer will come later, from callbacks, after the handler has returned. */
  claim(): void;
  /**
   * Runs `handler` when this chain throws or `fail` is called from here on, until it has been used or removed (innermost first). Interceptors that were
   * pushed before stay for its answer, later ones are dropped.
   */
  onError(handler: ErrorHandler): void;
  /**
   * Reports an error from a callback, as if the chain had thrown it: the innermost error handler answers. When the head has
   * already gone out, the connection is aborted instead, so that the peer never takes the cut for a clean end.
   */
  fail(error: unknown): void;
  /** Runs after the response has ended or failed (`error` then says why), for logs and counts; the exchange can still be read in it. */
  onFinish(callback: (exchange: Exchange, error?: unknown) => void): void;

  // ── the response ───────────────────────────────────────────────────────────────────────────────────────────────────
  /** Fields to send; starts with the server's own (Server). Content-Length, Transfer-Encoding, Connection and Date are the engine's unless set. */
  readonly responseFields: Fields;
  /** Whether anything asked for `responseFields` yet. While nothing has, `start` with fields of another server's sends those and no Server of its own. */
  readonly hasResponseFields: boolean;
  /** The status that was sent, or 0 before that; 499 in `onFinish` when the client went away before anything was answered. */
  readonly status: number;
  /** Set it before the head goes out to have `sentFields` kept, for logs. Default false. */
  keepSentFields: boolean;
  /** The fields of the final head as they were sent, as lines of `Name: value CRLF`; empty unless `keepSentFields` was set. */
  readonly sentFields: Uint8Array;
  /** Whether the final head was handed to the engine. */
  readonly started: boolean;
  /** Whether the response has ended or failed. */
  readonly finished: boolean;
  /** Bytes of the request's body that have come so far (framing not counted); asking does not begin to read it. */
  readonly bytesReceived: number;
  /** Body bytes sent so far (framing not counted). */
  readonly bytesSent: number;
  intercept(interceptor: Interceptor): void;
  /** Sends an interim response (100 < status < 200, not 101). HTTP/1.0 peers get none. */
  inform(status: number, fields?: Fields): void;
  /** The whole response at once, from parts made in advance: the fastest path. With `responseFields` touched or an interceptor, both are honoured. */
  respond(response: PreparedResponse): void;
  /**
   * The head: `length` bytes of body will follow, or -1 for as many as `write` is given. `fields`, borrowed for the call, are sent
   * after `responseFields`. The engine leaves out the body for HEAD, 204 and 304; handlers need not care.
   */
  start(status: number, length: number, fields?: Fields): void;
  /**
   * Sends body bytes, all of a chunk or what stands from `start` to `end` in it, borrowed for the call. False: above the high-water mark; wait for
   * `onDrain`. Starts a 200 if nothing did.
   */
  write(chunk: Uint8Array, start?: number, end?: number): boolean;
  /** Called once when a `write` that returned false has drained. */
  onDrain(callback: () => void): void;
  /** Resolves when writing may go on: at once, or at the drain; rejects when the peer has gone. */
  drained(): Promise<void>;
  /** Ends the response, with a last chunk if given, and trailers where the version has them. Fewer bytes than promised abort the connection. */
  end(chunk?: Uint8Array, trailers?: Fields): void;
  /** Whether `sendFile` reaches the system's own way: no interceptor, no HEAD, a Conn that can. */
  readonly canSendFile: boolean;
  /** Sends `length` bytes of an open file from `offset` as body bytes. The descriptor is borrowed until it resolves. */
  sendFile(fd: number, offset: number, length: number): Promise<void>;
  /** Drops the connection (the stream) at once, answering nothing. */
  abort(reason?: unknown): void;
  /** Whether the connection can be taken over. */
  readonly canHijack: boolean;
  /**
   * Takes over the connection: sends `status` (101) with `fields` first unless `status` is 0, then returns the Conn in pull mode with every byte
   * behind the request still to read. The exchange is finished by it; the caller closes the Conn.
   */
  hijack(status: number, fields?: Fields): Conn;
}
