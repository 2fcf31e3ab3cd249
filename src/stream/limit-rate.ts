import { ChunkQueue, copyBytes } from "../bytes/index.ts";
import type { Timer } from "../clock/index.ts";
import {
  type Conn,
  type Endpoint,
  inCallback,
  type NetError,
  type Sink,
  StreamConn,
  type TcpControl,
  type UnixControl,
} from "../net/index.ts";
import { passOn } from "./pass-on.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How fast a Conn may be. */
export interface RateLimits {
  /** Bytes a second that are read. Default 0: no limit. */
  readonly readBytesPerSecond?: number;
  /** Bytes a second that are written. Default 0: no limit. */
  readonly writeBytesPerSecond?: number;
  /** Bytes that may go at once after a pause, in either direction. Default: what a tenth of a second lets through, at least 1 KiB. */
  readonly burstBytes?: number;
}

const LEAST_DEFAULT_BURST = 1024;
/** It waits for this much time's worth of tokens, so that a slow rate is not a timer a byte. */
const STEP_MS = 10;
/** Bytes handed on at a time, so that no more than this waits in the other Conn above its mark. */
const WRITE_SLICE = 64 * 1024;

/**
 * A Conn that reads and writes through another, no faster than the limits say. It takes the other over, and closes it with itself. A reader or a writer that is
 * ahead waits, and so, through flow control, does its peer. It runs on the other's clock. `tcp`, `unix`, `setEnds`, `ref` and `unref` are those of the other; `sendFile` and `fd`, which no limit would
 * hold back, are not there.
 *
 * @example
 * const slow = limitRate(conn, { readBytesPerSecond: 1024 * 1024 });
 */
export function limitRate(conn: Conn, limits: RateLimits): Conn {
  return new LimitedConn(conn, limits);
}

/** One direction's bucket, and the timer for its next tokens. */
class Meter {
  private readonly inner: Conn;
  private readonly bucket: TokenBucket | undefined;
  private readonly onTokens: () => void;
  private timer: Timer | undefined = undefined;

  constructor(inner: Conn, perSecond: number, burst: number | undefined, onTokens: () => void) {
    this.inner = inner;
    this.onTokens = onTokens;
    const most = burst ?? Math.max(LEAST_DEFAULT_BURST, perSecond / 10);
    this.bucket = perSecond === 0 ? undefined : new TokenBucket(perSecond, most, inner.wheel.clock.now());
  }

  /** How many of `wanted` bytes may go now. When that is not all, `onTokens` is called once more may. */
  take(wanted: number): number {
    const { bucket } = this;
    if (bucket === undefined) return wanted;
    const { clock } = this.inner.wheel;
    const granted = bucket.take(wanted, clock.now());
    if (granted < wanted && this.timer === undefined) {
      const step = Math.max(1, (bucket.perSecond * STEP_MS) / 1000);
      this.timer = clock.setTimer(this.fire, bucket.waitMs(Math.min(step, wanted - granted), clock.now()));
    }
    return granted;
  }

  stop(): void {
    if (this.timer !== undefined) this.inner.wheel.clock.clearTimer(this.timer);
    this.timer = undefined;
  }

  private readonly fire = (): void => {
    this.timer = undefined;
    inCallback(this.onTokens);
  };
}

class LimitedConn extends StreamConn {
  private readonly inner: Conn;
  private readonly reads: Meter;
  private readonly writes: Meter;
  /** What came and may not be read yet. */
  private readonly kept = new ChunkQueue();
  /** Whoever reads has enough. */
  private stopped = false;
  private innerEnded = false;
  private innerGone = false;
  private endPassed = false;
  readonly beneath?: Conn;
  readonly setEnds?: (local: Endpoint, remote: Endpoint) => void;
  readonly unref?: () => void;
  readonly ref?: () => void;

  constructor(inner: Conn, limits: RateLimits) {
    super(inner.wheel);
    const { readBytesPerSecond = 0, writeBytesPerSecond = 0, burstBytes } = limits;
    this.inner = inner;
    passOn(this, inner);
    this.reads = new Meter(inner, readBytesPerSecond, burstBytes, () => this.passKept());
    this.writes = new Meter(inner, writeBytesPerSecond, burstBytes, () => this.becameWritable());
    inner.attach(this.sinkOfInner());
    // A paused Conn tells its sink nothing: a reset must end the writer that waits all the same.
    void inner.done.then((error) => {
      if (error !== undefined) this.failed(error);
    });
  }

  get network(): string {
    return this.inner.network;
  }

  get local(): Endpoint {
    return this.inner.local;
  }

  get remote(): Endpoint {
    return this.inner.remote;
  }

  get tcp(): TcpControl | undefined {
    return this.inner.tcp;
  }

  get unix(): UnixControl | undefined {
    return this.inner.unix;
  }

  private sinkOfInner(): Sink {
    return {
      data: (chunk) => this.came(chunk),
      drain: () => this.becameWritable(),
      end: () => this.innerEnd(),
      close: (error) => (error === undefined ? this.innerClosed() : this.failed(error)),
      timeout: () => undefined,
    };
  }

  protected rawWrite(bytes: Uint8Array, start: number, end: number): number {
    const { inner } = this;
    if (inner.closed) return -1;
    let at = start;
    // Above the mark `drain` follows, without tokens `onTokens`.
    while (at < end && inner.queued <= inner.highWaterMark) {
      const wanted = Math.min(WRITE_SLICE, end - at);
      const granted = this.writes.take(wanted);
      if (granted > 0) inner.send(bytes, at, at + granted);
      inner.flush();
      at += granted;
      if (granted < wanted) break;
    }
    return at - start;
  }

  protected rawPause(): void {
    this.stopped = true;
    this.inner.pause();
  }

  protected rawResume(): void {
    this.stopped = false;
    this.passKept();
  }

  protected rawShutdown(): void {
    void this.inner.closeWrite();
  }

  protected rawClose(): void {
    void this.inner.close().then(() => inCallback(() => this.over(undefined)));
  }

  protected rawAbort(): void {
    this.inner.abort();
    this.over(undefined);
  }

  private came(chunk: Uint8Array): void {
    const granted = this.kept.length > 0 ? 0 : this.reads.take(chunk.length);
    if (granted === chunk.length) this.received(chunk, false);
    else this.keepBack(chunk, granted);
  }

  private innerEnd(): void {
    this.innerEnded = true;
    this.passEnd();
  }

  /** Both directions have ended: so they will here, once what is kept has been read. */
  private innerClosed(): void {
    if (this.closed) return;
    this.innerGone = true;
    this.innerEnd();
  }

  private keepBack(chunk: Uint8Array, granted: number): void {
    this.kept.push(copyBytes(chunk, granted));
    this.inner.pause();
    if (granted > 0) this.received(chunk.subarray(0, granted), false);
  }

  /** Passes on what may go now. */
  private passKept(): void {
    while (!this.stopped && this.kept.length > 0) {
      const granted = this.reads.take(this.kept.length);
      if (granted === 0) return;
      this.passSome(granted);
    }
    if (this.stopped) return;
    this.inner.resume();
    this.passEnd();
  }

  private passSome(count: number): void {
    for (let left = count; left > 0;) {
      const piece = this.kept.shift(left)!;
      left -= piece.length;
      this.received(piece, true);
    }
  }

  private passEnd(): void {
    if (!this.innerEnded || this.kept.length > 0) return;
    if (!this.endPassed) this.receivedEnd();
    this.endPassed = true;
    if (this.innerGone) this.over(undefined);
  }

  /** What had come is given out at once: it is bounded, and the error must not wait for it. */
  private failed(error: NetError): void {
    inCallback(() => {
      this.passSome(this.kept.length);
      this.over(error);
    });
  }

  private over(error: NetError | undefined): void {
    this.reads.stop();
    this.writes.stop();
    this.gone(error);
  }
}
