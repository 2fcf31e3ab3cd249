import { copyBytes } from "../bytes/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  type Conn,
  type ConnTraffic,
  type Endpoint,
  NetError,
  output,
  readableOf,
  type Sink,
  type TcpControl,
  type WaitOptions,
  writableOf,
} from "../net/index.ts";
import type { TapOptions, TapStats } from "./tap-options.ts";
import { TapOutlet } from "./tap-outlet.ts";

/** A write in pull mode that waits, and how much of it was told. */
interface PendingWrite {
  readonly bytes: Uint8Array;
  /** What the Conn beneath counts when the write's first byte has gone out, at most. */
  readonly base: number;
  told: number;
}

/** The sink that stands between a Conn and the sink of its user. */
class TapSink implements Sink {
  private readonly tap: TapConn;
  private readonly sink: Sink;

  constructor(tap: TapConn, sink: Sink) {
    this.tap = tap;
    this.sink = sink;
  }

  data(chunk: Uint8Array): void {
    this.tap.heard(chunk);
    this.sink.data(chunk);
  }

  drain(): void {
    this.sink.drain();
  }

  end(): void {
    this.tap.heardEnd();
    this.sink.end();
  }

  close(error?: NetError): void {
    this.tap.heardOver(error);
    this.sink.close(error);
  }

  timeout(which: "read" | "write"): void {
    this.sink.timeout(which);
  }
}

/** See `tap`. It passes every call on, so that queues, deadlines and errors are those of the Conn beneath. */
export class TapConn implements Conn {
  private readonly inner: Conn;
  private readonly options: TapOptions;
  private readonly outlet: TapOutlet;
  /** Bytes that were put back and will be read again. */
  private unreadBytes = 0;
  private reservedAt = 0;
  private pendingWrite: PendingWrite | undefined = undefined;
  private writeEnding = false;
  private readEndTold = false;
  private writeEndTold = false;
  private overTold = false;
  private views: { readable?: ReadableStream<Uint8Array>; writable?: WritableStream<Uint8Array> } = {};
  readonly setEnds?: (local: Endpoint, remote: Endpoint) => void;
  readonly unref?: () => void;
  readonly ref?: () => void;

  constructor(inner: Conn, options: TapOptions) {
    this.inner = inner;
    this.options = options;
    this.outlet = new TapOutlet(options);
    if (inner.setEnds !== undefined) this.setEnds = (local, remote) => inner.setEnds?.(local, remote);
    if (inner.unref !== undefined) this.unref = () => inner.unref?.();
    if (inner.ref !== undefined) this.ref = () => inner.ref?.();
  }

  get tapStats(): TapStats {
    return this.outlet;
  }

  // ── what is told ───────────────────────────────────────────────────────────────────────────────────────────────────
  /** For TapSink only: bytes are about to reach the reader. */
  heard(chunk: Uint8Array): void {
    const again = Math.min(this.unreadBytes, chunk.length);
    this.unreadBytes -= again;
    this.tellProgress();
    this.tell("onRead", chunk, again, chunk.length);
  }

  heardEnd(): void {
    if (this.readEndTold) return;
    this.readEndTold = true;
    this.tellProgress();
    this.outlet.push(0, () => this.options.onReadEnd?.());
    void this.inner.done.then((error) => this.heardOver(error));
  }

  heardOver(error: NetError | undefined): void {
    if (this.overTold) return;
    this.overTold = true;
    if (error === undefined) this.tellWriteEnd();
    this.outlet.push(0, () => this.options.onClose?.(error));
  }

  private tell(listener: "onRead" | "onWrite", bytes: Uint8Array, start: number, end: number): void {
    if (this.options[listener] === undefined || start >= end) return;
    const copy = copyBytes(bytes, start, end);
    this.outlet.push(copy.length, () => this.options[listener]?.(copy));
  }

  private tellWriteEnd(): void {
    if (this.writeEndTold) return;
    this.writeEndTold = true;
    this.outlet.push(0, () => this.options.onWriteEnd?.());
  }

  /** Tells how far a write has come that waits, so that an answer is not told before what it answers. */
  private tellProgress(): void {
    const { pendingWrite, inner } = this;
    if (pendingWrite === undefined || inner.closed) return;
    this.tellWritten(pendingWrite, inner.traffic.bytesWritten - inner.queued - pendingWrite.base);
  }

  private tellWritten(write: PendingWrite, until: number): void {
    const end = Math.min(until, write.bytes.length);
    this.tell("onWrite", write.bytes, write.told, end);
    write.told = Math.max(write.told, end);
  }

  // ── pull mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  async read(options?: WaitOptions): Promise<Uint8Array | null> {
    try {
      const chunk = await this.inner.read(options);
      if (chunk === null) this.heardEnd();
      else this.heard(chunk);
      return chunk;
    } catch (error) {
      this.readFailed(error);
      throw error;
    }
  }

  async readInto(buffer: Uint8Array, options?: WaitOptions): Promise<number | null> {
    try {
      const count = await this.inner.readInto(buffer, options);
      if (count === null) this.heardEnd();
      else this.heard(buffer.subarray(0, count));
      return count;
    } catch (error) {
      this.readFailed(error);
      throw error;
    }
  }

  private readFailed(error: unknown): void {
    if (!this.inner.closed || !(error instanceof NetError) || error.code === "EBADF" || error.code === "EBUSY") return;
    if (error.code !== "ECANCELED" && error.code !== "ETIMEDOUT") this.heardOver(error);
  }

  async write(bytes: Uint8Array, options?: WaitOptions): Promise<void> {
    const { inner } = this;
    if (this.pendingWrite !== undefined) return inner.write(bytes, options);
    const write = { bytes, base: inner.traffic.bytesWritten + inner.queued, told: 0 };
    this.pendingWrite = write;
    try {
      await inner.write(bytes, options);
      this.tellWritten(write, bytes.length);
    } catch (error) {
      if (error instanceof NetError) this.tellWritten(write, error.bytesWritten ?? 0);
      throw error;
    } finally {
      this.pendingWrite = undefined;
    }
  }

  unread(bytes: Uint8Array): void {
    this.unreadBytes += bytes.length;
    this.inner.unread(bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk;
  }

  // ── push mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  attach(sink: Sink): void {
    this.inner.attach(new TapSink(this, sink));
  }

  reattach(sink: Sink): void {
    this.inner.reattach(new TapSink(this, sink));
  }

  detach(rest?: Uint8Array): void {
    this.unreadBytes += rest?.length ?? 0;
    this.inner.detach(rest);
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
    const taken = this.takesWrites;
    const more = this.inner.send(bytes, start, end);
    if (taken) this.tell("onWrite", bytes, start, end);
    return more;
  }

  reserve(length: number): number {
    this.reservedAt = this.inner.reserve(length);
    return this.reservedAt;
  }

  commit(length: number): boolean {
    const taken = this.takesWrites;
    const more = this.inner.commit(length);
    // A listener runs only now, as nothing may come between `reserve` and `commit`; the bytes stay where they are until somebody reserves again.
    if (taken) this.tell("onWrite", output.bytes, this.reservedAt, this.reservedAt + length);
    return more;
  }

  private get takesWrites(): boolean {
    return !this.writeEnding && !this.inner.closed;
  }

  flush(): void {
    this.inner.flush();
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  // ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────
  async closeWrite(): Promise<void> {
    this.writeEnding = true;
    await this.inner.closeWrite();
    // Of a Conn that is over, `done` tells whether the end went out.
    if (this.inner.closed) void this.inner.done.then((error) => error === undefined && this.tellWriteEnd());
    else this.tellWriteEnd();
  }

  async close(): Promise<void> {
    void this.inner.done.then((error) => this.heardOver(error));
    return this.inner.close();
  }

  abort(): void {
    this.inner.abort();
    void this.inner.done.then((error) => this.heardOver(error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // ── passed on ──────────────────────────────────────────────────────────────────────────────────────────────────────
  get network(): string {
    return this.inner.network;
  }

  get local(): Endpoint {
    return this.inner.local;
  }

  get remote(): Endpoint {
    return this.inner.remote;
  }

  get wheel(): TimerWheel {
    return this.inner.wheel;
  }

  get traffic(): ConnTraffic {
    return this.inner.traffic;
  }

  get closed(): boolean {
    return this.inner.closed;
  }

  get attached(): boolean {
    return this.inner.attached;
  }

  get queued(): number {
    return this.inner.queued;
  }

  get done(): Promise<NetError | undefined> {
    return this.inner.done;
  }

  get tcp(): TcpControl | undefined {
    return this.inner.tcp;
  }

  get readDeadline(): number {
    return this.inner.readDeadline;
  }

  set readDeadline(deadline: number) {
    this.inner.readDeadline = deadline;
  }

  get writeDeadline(): number {
    return this.inner.writeDeadline;
  }

  set writeDeadline(deadline: number) {
    this.inner.writeDeadline = deadline;
  }

  get highWaterMark(): number {
    return this.inner.highWaterMark;
  }

  set highWaterMark(bytes: number) {
    this.inner.highWaterMark = bytes;
  }

  get readable(): ReadableStream<Uint8Array> {
    this.views.readable ??= readableOf(this);
    return this.views.readable;
  }

  get writable(): WritableStream<Uint8Array> {
    this.views.writable ??= writableOf(this);
    return this.views.writable;
  }
}
