/** Bounds and time-outs of a client's connection. 0 switches a time-out off, never a size. */
export interface ClientLimits {
  /** All bytes of a response's head, the status line included (default 65,536): more is a ProtocolError. */
  readonly headerBytes: number;
  /** Header fields of a response (default 256). */
  readonly headerFields: number;
  /** Trailer bytes of a response (default 8,192). */
  readonly trailerBytes: number;
  /** From the last byte of the request to the last byte of the response's head (default 60,000 ms). */
  readonly headerTimeoutMs: number;
  /** Longest silence inside a response's body that is wanted (default 60,000 ms). */
  readonly bodyIdleTimeoutMs: number;
  /** Longest time without progress in sending to a slow server (default 30,000 ms). */
  readonly writeIdleTimeoutMs: number;
}

export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  headerBytes: 65_536,
  headerFields: 256,
  trailerBytes: 8192,
  headerTimeoutMs: 60_000,
  bodyIdleTimeoutMs: 60_000,
  writeIdleTimeoutMs: 30_000,
};
