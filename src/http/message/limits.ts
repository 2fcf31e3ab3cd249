/** Bounds and time-outs of an HTTP server connection. Every one is on by default; 0 switches a time-out off, never a size. */
export interface Limits {
  /** Longest request line in bytes (default 8,192): 414. */
  readonly requestLineBytes: number;
  /** All header bytes of a message, request line included (default 16,384): 431. */
  readonly headerBytes: number;
  /** Header fields of a message (default 100): 431. */
  readonly headerFields: number;
  /** Request body in bytes (default unlimited, Infinity): 413. A handler may set a lower one on its exchange's body. */
  readonly bodyBytes: number;
  /** A body that nobody read is drained this far (default 262,144), then the connection closes. */
  readonly drainBytes: number;
  /** Trailer bytes of a message (default 8,192). */
  readonly trailerBytes: number;
  /** The whole header, from its first byte (or from the accept) to its last: 408 (default 10,000 ms). */
  readonly headerTimeoutMs: number;
  /** Longest silence inside a request body: 408 (default 30,000 ms). */
  readonly bodyIdleTimeoutMs: number;
  /** Once a body has been read for 10 s it must have come at this many bytes a second on average (default 500; 0: off). */
  readonly bodyMinBytesPerSecond: number;
  /** Longest time without progress in sending to a slow reader, then the connection is aborted (default 30,000 ms). */
  readonly writeIdleTimeoutMs: number;
  /** Longest wait for the next request on a kept-alive connection (default 300,000 ms, Caddy's). */
  readonly idleTimeoutMs: number;
  /**
   * Once a peer has closed its side behind its request, how long its answer may make no progress, then the exchange is aborted: it may have gone for good
   * (default 10,000 ms). It is looked at this often, so that progress may give it up to twice the time.
   */
  readonly halfClosedTimeoutMs: number;
  /** Requests on one connection before it is closed (default Infinity). */
  readonly requestsPerConnection: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestLineBytes: 8192,
  headerBytes: 16_384,
  headerFields: 100,
  bodyBytes: Number.POSITIVE_INFINITY,
  drainBytes: 262_144,
  trailerBytes: 8192,
  headerTimeoutMs: 10_000,
  bodyIdleTimeoutMs: 30_000,
  bodyMinBytesPerSecond: 500,
  writeIdleTimeoutMs: 30_000,
  idleTimeoutMs: 300_000,
  halfClosedTimeoutMs: 10_000,
  requestsPerConnection: Number.POSITIVE_INFINITY,
};
