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
  type UnixControl,
  type WaitOptions,
  writableOf,
} from "../net/index.ts";
import { passOn } from "./pass-on.ts";
import { TapHearing } from "./tap-hearing.ts";
import type { TapOptions, TapStats } from "./tap-options.ts";

/** The sink that stands between a Conn and the sink of its user. */
class TapSink implements Sink {
  private readonly hearing: TapHearing;
  private readonly sink: Sink;

  constructor(hearing: TapHearing, sink: Sink) {
    this.hearing = hearing;
    this.sink = sink;
  }

  data(chunk: Uint8Array): void {
    this.hearing.read(chunk);
    this.sink.data(chunk);
  }

  drain(): void {
    this.sink.drain();
  }

  end(): void {
    this.hearing.readEnd();
    this.sink.end();
  }

  close(error?: NetError): void {
    this.hearing.over(error);
    this.sink.close(error);
  }

  timeout(which: "read" | "write"): void {
    this.sink.timeout(which);
  }
}

/** See `tap`. It passes every call on, so that queues, deadlines and errors are those of the Conn beneath. */
export class TapConn implements Conn {
  private readonly inner: Conn;
  private readonly hearing: TapHearing;
  private reservedAt = 0;
  private writeEnding = false;
  private views: { readable?: ReadableStream<Uint8Array>; writable?: WritableStream<Uint8Array> } = {};
  readonly beneath?: Conn;
  readonly setEnds?: (local: Endpoint, remote: Endpoint) => void;
  readonly unref?: () => void;
  readonly ref?: () => void;

  constructor(inner: Conn, options: TapOptions) {
    this.inner = inner;
    this.hearing = new TapHearing(inner, options);
    passOn(this, inner);
  }

  get tapStats(): TapStats {
    return this.hearing.outlet;
  }

  // ── pull mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  async read(options?: WaitOptions): Promise<Uint8Array | null> {
    try {
      const chunk = await this.inner.read(options);
      if (chunk === null) this.hearing.readEnd();
      else this.hearing.read(chunk);
      return chunk;
    } catch (error) {
      this.readFailed(error);
      throw error;
    }
  }

  async readInto(buffer: Uint8Array, options?: WaitOptions): Promise<number | null> {
    try {
      const count = await this.inner.readInto(buffer, options);
      if (count === null) this.hearing.readEnd();
      else this.hearing.read(buffer.subarray(0, count));
      return count;
    } catch (error) {
      this.readFailed(error);
      throw error;
    }
  }

  private readFailed(error: unknown): void {
    if (!this.inner.closed || !(error instanceof NetError) || error.code === "EBADF" || error.code === "EBUSY") return;
    if (error.code !== "ECANCELED" && error.code !== "ETIMEDOUT") this.hearing.over(error);
  }

  async write(bytes: Uint8Array, options?: WaitOptions): Promise<void> {
    const write = this.hearing.beginWrite(bytes);
    try {
      await this.inner.write(bytes, options);
      this.hearing.endWrite(write, bytes.length);
    } catch (error) {
      this.hearing.endWrite(write, error instanceof NetError ? (error.bytesWritten ?? 0) : 0);
      throw error;
    }
  }

  unread(bytes: Uint8Array): void {
    this.hearing.unread(bytes.length);
    this.inner.unread(bytes);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) yield chunk;
  }

  // ── push mode ──────────────────────────────────────────────────────────────────────────────────────────────────────
  attach(sink: Sink): void {
    this.inner.attach(new TapSink(this.hearing, sink));
  }

  reattach(sink: Sink): void {
    this.inner.reattach(new TapSink(this.hearing, sink));
  }

  detach(rest?: Uint8Array): void {
    this.hearing.unread(rest?.length ?? 0);
    this.inner.detach(rest);
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
    const taken = this.takesWrites;
    const more = this.inner.send(bytes, start, end);
    if (taken) this.hearing.wrote(bytes, start, end);
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
    if (taken) this.hearing.wrote(output.bytes, this.reservedAt, this.reservedAt + length);
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
    if (this.inner.closed) void this.inner.done.then((error) => error === undefined && this.hearing.writeEnd());
    else this.hearing.writeEnd();
  }

  async close(): Promise<void> {
    this.hearing.overWhenDone();
    return this.inner.close();
  }

  abort(): void {
    this.inner.abort();
    this.hearing.overWhenDone();
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

  get unix(): UnixControl | undefined {
    return this.inner.unix;
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
