import type { TimerWheel } from "../clock/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetError } from "./net-error.ts";
import type { TcpControl } from "./tcp-control.ts";
import type { UnixControl } from "./unix-control.ts";

/** What every operation that waits accepts. Nothing given: it waits as long as the Conn's own deadline allows. */
export interface WaitOptions {
  /** Cancels the wait with ECANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Relative limit in milliseconds from the call; ETIMEDOUT. 0 or absent: none. Limits are looked at every 100 ms: one may pass by as much late, never early. */
  readonly timeoutMs?: number | undefined;
  /** Absolute limit, in milliseconds of the Conn's monotonic clock; ETIMEDOUT. Absent: none. */
  readonly deadline?: number | undefined;
}

/**
 * Receives a Conn's events in push mode, without promises. No callback runs inside `send`, `attach` or `resume`; none
 * runs while the Conn is paused, and none after `detach` or `close`. One that throws has its Conn reset; see `onCallbackFault` for who hears of it.
 */
export interface Sink {
  /** Bytes came. The chunk is borrowed: copy what must outlive the callback. */
  data(chunk: Uint8Array): void;
  /** What was queued fell below the low-water mark after `send` had returned false. */
  drain(): void;
  /** The peer half-closed: no more data will come; sending goes on. */
  end(): void;
  /** The Conn is gone: exactly once and last. `error` is absent after a clean end. */
  close(error?: NetError): void;
  /** A deadline passed. The Conn lives on: the sink decides (usually `abort`). The deadline that passed is now unset. */
  timeout(which: "read" | "write"): void;
}

/** Counts that every Conn keeps. */
export interface ConnTraffic {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * A byte stream: TCP, a Unix stream, an in-memory pipe, or one on top of them, such as a tapped one.
 *
 * It is born in pull mode (`read`, `write`, promises). `attach(sink)` turns it to push mode (`send`, callbacks), `detach`
 * turns it back. In either mode the peer is held back when nobody reads, and what is queued for a slow peer is bounded by
 * `highWaterMark` plus one write.
 *
 * @example
 * const conn = await dial("tcp", "127.0.0.1:7");
 * await conn.write(new TextEncoder().encode("hello"));
 * await conn.closeWrite();
 * for await (const chunk of conn) process.stdout.write(chunk);
 */
export interface Conn extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /** "tcp", "unix", "pipe" … */
  readonly network: string;
  /**
   * The two ends. A TCP socket that came by `serve` is asked for them when they are first read here, or at `close` and `abort` in pull mode; it cannot tell them any more when it is gone: they are
   * an UnknownAddress then. Who wants them after a reset by the peer reads them before. One that came by `accept` knows them.
   */
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly traffic: ConnTraffic;
  /** Whether `close` or `abort` was called, or the peer reset the connection. */
  readonly closed: boolean;
  /** Whether it is in push mode. */
  readonly attached: boolean;
  /** What its deadlines run on, and with it its clock. */
  readonly wheel: TimerWheel;

  /**
   * Absolute deadline for reading, in milliseconds of the injected monotonic clock; 0: none (the default). It bounds a
   * pending read (ETIMEDOUT, the Conn stays usable), or in push mode calls `timeout("read")`, whether data came or not.
   * May be moved at any time; moving it later is one assignment.
   */
  readDeadline: number;
  /** The same for a pending write; in push mode it is only watched while something is queued. */
  writeDeadline: number;
  /** Bytes queued for a slow peer at which `send` returns false. Default 64 KiB. */
  highWaterMark: number;

  // ── pull mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Resolves to an owned chunk, or null at the end of the stream. One read at a time. Throws NetError. */
  read(options?: WaitOptions): Promise<Uint8Array | null>;
  /** Reads into the caller's buffer; resolves to the count, or null at the end of the stream. An empty buffer reads 0. */
  readInto(buffer: Uint8Array, options?: WaitOptions): Promise<number | null>;
  /**
   * Writes all of `bytes`, waiting while the peer is slow; the buffer is the caller's again when it resolves. Cancelled
   * half-way it throws a NetError whose `bytesWritten` says how many bytes went out; later writes fail with EPIPE, and
   * `close` and `closeWrite` then abort, so that the peer never takes the cut for a clean end.
   */
  write(bytes: Uint8Array, options?: WaitOptions): Promise<void>;
  /** Puts bytes back in front of what is read next (copied). Either mode; in push mode they come as the next `data`. */
  unread(bytes: Uint8Array): void;

  // ── push mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Enters push mode. Buffered bytes, then a buffered end, are delivered in a microtask. Throws while a read or write is pending. */
  attach(sink: Sink): void;
  /** Replaces the sink while attached; no callback of the old one follows. */
  reattach(sink: Sink): void;
  /** Back to pull mode, also from inside `data`: `rest`, what the sink had not used, is copied and read first. */
  detach(rest?: Uint8Array): void;
  /**
   * Sends all of `bytes`, or what stands from `start` to `end` in them, in order: what the peer does not take at once is copied to the queue, so the buffer is the caller's on return.
   * Returns false when more than `highWaterMark` is queued; `drain` follows. On a closed Conn it does nothing and returns false.
   */
  send(bytes: Uint8Array, start?: number, end?: number): boolean;
  /**
   * Makes room for `length` bytes (at most OUTPUT_MAX) in the thread's output buffer and returns the offset in
   * `output.bytes` at which to write them. Follow with `commit` before anything else is done with any Conn.
   */
  reserve(length: number): number;
  /** Takes `length` bytes written at the reserved offset. They leave with others, when the current callback returns or in a microtask. */
  commit(length: number): boolean;
  /** Sends what was committed now. */
  flush(): void;
  /** Nothing is delivered until `resume`, whatever arrives; the peer is held back. */
  pause(): void;
  resume(): void;
  /** Bytes taken by `send` and `commit` which the system has not taken yet. */
  readonly queued: number;

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────
  /** Half-close: everything queued and a write that waits, then FIN. Reading goes on. Idempotent. */
  closeWrite(): Promise<void>;
  /**
   * Flushes, then closes. Resolves when what was queued, and a write that waits, has gone out or the Conn failed. A peer that takes nothing is waited for until
   * the write's own limit or `writeDeadline` passes, and is reset then, so that it never takes a cut for a clean end; without either, for ever. Idempotent; never throws.
   */
  close(): Promise<void>;
  /** Closes at once with a reset where the kind has one; what is queued is dropped. Pending operations fail with ECONNABORTED. */
  abort(): void;
  /** The Conn is gone; resolves to its error, if any. Made when first asked for. */
  readonly done: Promise<NetError | undefined>;

  // ── capabilities: absent where the kind has none ───────────────────────────────────────────────────────────────────
  /**
   * Sends `length` bytes of an open file from `offset` behind everything sent so far, and before what is sent meanwhile, without copying through user space. Either mode;
   * one file or `write` at a time. Resolves to the bytes sent: fewer when the file ends early. The file must stay open until then; bytes that
   * are overwritten in it before the peer has taken them may go out changed. Limits and errors are those of `write`.
   */
  sendFile?(fd: number, offset: number, length: number, options?: WaitOptions): Promise<number>;
  /** The descriptor, for socket options. Borrowed. */
  readonly fd?: number;
  /** TCP: its options and what the system knows of it. */
  readonly tcp?: TcpControl | undefined;
  /** Unix: who the peer is. */
  readonly unix?: UnixControl | undefined;
  /** The Conn that this one reads and writes through, such as a tapped one's; what is known of that one holds of this. To be looked at, not used. */
  readonly beneath?: Conn;
  /** Makes `local` and `remote` tell other ends than the system's: those of the client that a proxy speaks for. */
  setEnds?(local: Endpoint, remote: Endpoint): void;
  /** Lets the process end although the connection is open, until `ref`. */
  unref?(): void;
  ref?(): void;

  // ── views, made when first asked for ───────────────────────────────────────────────────────────────────────────────
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** What a suite may expect of a kind of Conn. */
export interface ConnTraits {
  /** Whether bytes that had arrived before the peer's reset can still be read. */
  readonly abortKeepsReading: boolean;
  /** Whether `abort` reaches the peer as an error, not as an end. */
  readonly hasReset: boolean;
  /** Whether cancelling a read leaves a write untouched and the reverse. */
  readonly independentCancel: boolean;
}
