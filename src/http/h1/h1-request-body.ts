import { type BodySink, type Fields, HandlerError, type RequestBody } from "../message/index.ts";
import { CHUNK_BAD, CHUNK_DATA, CHUNK_END, ChunkedDecoder } from "./chunked-decoder.ts";
import { LENGTH_CHUNKED } from "./framing.ts";

/** What a body needs of its connection. */
export interface BodySource {
  /** The body wants bytes, or none for now. */
  flow(wanted: boolean): void;
  /** The body is wanted for the first time: time to say 100 Continue. */
  bodyWanted(): void;
  /** What came is no body: the connection is past saving. */
  bodyBroken(error: HandlerError): void;
}

const IDLE = 0;
const FLOWING = 1;
const PAUSED = 2;
const DISCARDING = 3;
const FAILED = 4;

/** Where pulled bytes wait: nothing is taken from the connection before somebody reads, so that it is one chunk at most. */
const DEFAULT_BYTES_MAX = 10 * 1024 * 1024;

/** The body of an HTTP/1 request: framing taken off, given on as it comes. It holds nothing back itself: an unread body stays in the connection. */
export class H1RequestBody implements RequestBody {
  readonly length: number;
  received = 0;
  maxBytes: number;
  /** Whether the last byte has come. */
  complete: boolean;

  private readonly source: BodySource;
  private readonly decoder: ChunkedDecoder | undefined;
  private state = IDLE;
  private sink: BodySink | undefined = undefined;
  private error: Error | undefined = undefined;
  private reader: PullReader | undefined = undefined;
  private view: ReadableStream<Uint8Array> | undefined = undefined;
  private told = false;
  /** What had come before the rest was dropped. */
  private receivedBefore = 0;

  /** `length`: Content-Length, or LENGTH_CHUNKED. */
  constructor(source: BodySource, length: number, maxBytes: number, trailerBytes: number) {
    this.source = source;
    this.length = length;
    this.maxBytes = maxBytes;
    this.complete = length === 0;
    this.decoder = length === LENGTH_CHUNKED ? new ChunkedDecoder(trailerBytes) : undefined;
  }

  get used(): boolean {
    return this.sink !== undefined;
  }

  get trailers(): Fields | undefined {
    return this.complete ? this.decoder?.trailers : undefined;
  }

  attach(sink: BodySink): void {
    if (this.sink !== undefined) throw new Error("the request body is being read already: it is read once");
    this.sink = sink;
    if (this.error !== undefined || this.complete) {
      queueMicrotask(() => this.tellEnd());
      return;
    }
    if (this.length > this.maxBytes) {
      queueMicrotask(() => this.refuseLong());
      return;
    }
    this.source.bodyWanted();
    this.setState(FLOWING);
  }

  pause(): void {
    if (this.state === FLOWING) this.setState(PAUSED);
  }

  resume(): void {
    if (this.state === PAUSED) this.setState(FLOWING);
  }

  async read(): Promise<Uint8Array | null> {
    this.reader ??= new PullReader(this);
    return this.reader.read();
  }

  async bytes(maxBytes: number = DEFAULT_BYTES_MAX): Promise<Uint8Array> {
    if (maxBytes < this.maxBytes) this.maxBytes = maxBytes;
    const chunks: Uint8Array[] = [];
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  async text(maxBytes?: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(maxBytes));
  }

  get stream(): ReadableStream<Uint8Array> {
    this.view ??= new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.read();
          if (chunk === null) controller.close();
          else controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
    return this.view;
  }

  // ── for ServerConn ─────────────────────────────────────────────────────────────────────────────────────────────────
  /** How much of it has been dropped. */
  get dropped(): number {
    return this.state === DISCARDING ? this.received - this.receivedBefore : 0;
  }

  /** Whether bytes may be fed. */
  get flowing(): boolean {
    return this.state === FLOWING || this.state === DISCARDING;
  }

  /** The rest goes nowhere: the exchange is over. */
  discard(): void {
    this.sink ??= NOWHERE;
    this.receivedBefore = this.received;
    if (this.state !== FAILED) this.setState(DISCARDING);
  }

  /**
   * Takes what it can use of a range, and returns the offset behind that: less than `end` when paused, whole or broken. When it is `complete` then, the caller
   * notes the offset and calls `tellEnd`, as whoever hears of the end may take the connection over.
   */
  feed(chunk: Uint8Array, at: number, end: number): number {
    while (at < end && !this.complete && this.flowing) {
      const next =
        this.decoder === undefined ? this.feedPlain(chunk, at, end) : this.feedChunked(this.decoder, chunk, at, end);
      if (next < 0) return end;
      at = next;
    }
    return at;
  }

  /** It will not come. */
  fail(error: Error): void {
    if (this.complete || this.error !== undefined) return;
    this.error = error;
    this.state = FAILED;
    this.tellEnd();
  }

  private feedPlain(chunk: Uint8Array, at: number, end: number): number {
    const length = Math.min(end - at, this.length - this.received);
    this.received += length;
    if (this.received === this.length) this.complete = true;
    this.deliver(chunk, at, at + length);
    return at + length;
  }

  private feedChunked(decoder: ChunkedDecoder, chunk: Uint8Array, at: number, end: number): number {
    const code = decoder.decode(chunk, at, end);
    switch (code) {
      case CHUNK_DATA:
        this.received += decoder.dataEnd - decoder.dataStart;
        if (this.received > this.maxBytes && this.state !== DISCARDING) return this.refuseLong();
        this.deliver(chunk, decoder.dataStart, decoder.dataEnd);
        return decoder.next;
      case CHUNK_END:
        this.complete = true;
        return decoder.next;
      case CHUNK_BAD:
        this.break(new HandlerError(400, `the request body is malformed: ${decoder.reason}`));
        return -1;
      default:
        return decoder.next;
    }
  }

  private deliver(chunk: Uint8Array, start: number, end: number): void {
    if (this.state === DISCARDING || start === end) return;
    this.sink!.data(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
  }

  private refuseLong(): -1 {
    this.break(new HandlerError(413, `the request body is longer than ${this.maxBytes} bytes`));
    return -1;
  }

  /** Framing or size is past saving: whoever reads hears of it, then the connection. */
  private break(error: HandlerError): void {
    this.fail(error);
    this.source.bodyBroken(error);
  }

  /** Tells the sink, once there is one, that the body is whole or will not come. */
  tellEnd(): void {
    if (this.told || this.sink === undefined) return;
    this.told = true;
    if (this.error !== undefined) this.sink.error(this.error);
    else this.sink.end(this.decoder?.trailers);
  }

  private setState(state: number): void {
    const before = this.flowing;
    this.state = state;
    if (this.flowing !== before) this.source.flow(this.flowing);
  }
}

const NOWHERE: BodySink = {
  data() {
    // Bytes that nobody wanted.
  },
  end() {
    // Nobody waits.
  },
  error() {
    // Nobody waits.
  },
};

/** The pull side of a body: asks for one chunk at a time. */
class PullReader implements BodySink {
  private readonly body: H1RequestBody;
  private chunk: Uint8Array | undefined = undefined;
  private ended = false;
  private failure: Error | undefined = undefined;
  private waiting: PromiseWithResolvers<Uint8Array | null> | undefined = undefined;

  constructor(body: H1RequestBody) {
    this.body = body;
    body.attach(this);
  }

  async read(): Promise<Uint8Array | null> {
    if (this.waiting !== undefined) throw new Error("a read of the request body is pending: await it first");
    const { chunk } = this;
    if (chunk !== undefined) {
      this.chunk = undefined;
      return chunk;
    }
    if (this.failure !== undefined) throw this.failure;
    if (this.ended) return null;
    this.waiting = Promise.withResolvers();
    this.body.resume();
    return this.waiting.promise;
  }

  data(chunk: Uint8Array): void {
    this.body.pause();
    const owned = chunk.slice();
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) waiting.resolve(owned);
    else this.chunk = this.chunk === undefined ? owned : Buffer.concat([this.chunk, owned]);
  }

  end(): void {
    this.ended = true;
    this.waiting?.resolve(null);
    this.waiting = undefined;
  }

  error(error: Error): void {
    this.failure = error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
