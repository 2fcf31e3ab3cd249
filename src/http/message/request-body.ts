import type { Fields } from "./fields.ts";

/** Receives a request body in push mode. */
export interface BodySink {
  /** Body bytes, borrowed until the callback returns. */
  data(chunk: Uint8Array): void;
  /** The body is whole; `trailers` are borrowed. */
  end(trailers: Fields | undefined): void;
  /** It will not come: the peer went away, framing was broken, a limit was passed (a HandlerError then). Last. */
  error(error: Error): void;
}

/**
 * The body of a request: read once, by pull (`read`, `bytes`, `text`, `stream`) or by a sink. The first use answers `Expect: 100-continue`. What nobody
 * read is drained up to a limit when the exchange ends, then the connection closes.
 */
export interface RequestBody {
  /** Bytes to come: 0 none, -1 unknown (chunked). */
  readonly length: number;
  /** Bytes that have come. */
  readonly received: number;
  /** Whether reading has begun. */
  readonly used: boolean;
  /** Lower this before reading to refuse a longer body with 413. Starts at the server's own limit. */
  maxBytes: number;
  /** The trailers, once the body has ended. */
  readonly trailers: Fields | undefined;
  /** The next owned chunk, or null at the end. */
  read(): Promise<Uint8Array | null>;
  /** All of it; at most `maxBytes` (default 10 MiB here, never more than the body's own limit), else HandlerError 413. */
  bytes(maxBytes?: number): Promise<Uint8Array>;
  /** All of it as UTF-8. */
  text(maxBytes?: number): Promise<string>;
  /** A lazy view for web APIs. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Push mode: bytes that had come already are delivered before this returns or in a microtask, whichever the engine finds cheaper. */
  attach(sink: BodySink): void;
  /** Holds the peer back; nothing is delivered until `resume`. */
  pause(): void;
  resume(): void;
}
