import { ChunkQueue, copyBytes } from "../../bytes/index.ts";
import { CallbackTimer, type TimerWheel } from "../../clock/index.ts";
import { NetError, type NetErrorCode } from "../../net/index.ts";
import type { Fields, ResponseSink, RoundTrip } from "../message/index.ts";
import { BodyFeed } from "./body-feed.ts";
import type { ClientRequest } from "./client-request.ts";
import { ClientResponse, type ResponseSource } from "./client-response.ts";
import type { Pools } from "./pools.ts";
import type { RequestOptions } from "./request-options.ts";

/** Bytes of a response that may wait for their reader before the server is held back. */
const MARK = 64 * 1024;
/** A rest of this length is let come when nobody wants it, so that the connection lives on. */
const DRAIN_MAX = 64 * 1024;

/** One request of a Client on its way: turns callbacks into promises, and holds the server back when nobody reads. */
export class ClientExchange implements ResponseSink, ResponseSource {
  trailers: Fields | undefined = undefined;
  private readonly request: ClientRequest;
  private readonly wheel: TimerWheel;
  /** Let go of once it is settled: the response must be free to be collected, which ends an exchange that nobody reads. */
  private answer: PromiseWithResolvers<ClientResponse> | undefined = Promise.withResolvers<ClientResponse>();
  private trip: RoundTrip | undefined = undefined;
  private feed: BodyFeed | undefined = undefined;
  private readonly queue: ChunkQueue = new ChunkQueue();
  private waiting: PromiseWithResolvers<Uint8Array | null> | undefined = undefined;
  private paused = false;
  /** Whether nobody wants the rest, and how much of it there is. */
  private unwanted = false;
  private left = -1;
  private over = false;
  private failure: Error | undefined = undefined;
  private timer: CallbackTimer | undefined = undefined;
  private signal: AbortSignal | undefined = undefined;

  constructor(request: ClientRequest, wheel: TimerWheel) {
    this.request = request;
    this.wheel = wheel;
  }

  /** Sends the request; resolves when the head of the response has come. */
  async begin(pools: Pools, { signal, timeoutMs = 0 }: RequestOptions): Promise<ClientResponse> {
    const { promise } = this.answer!;
    this.watch(signal, timeoutMs);
    if (signal?.aborted === true) this.canceled();
    else this.send(pools);
    return promise;
  }

  private send(pools: Pools): void {
    const { request } = this;
    try {
      this.trip = pools.roundTrip(request.origin, request, this);
    } catch (error) {
      this.settle(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (request.body !== undefined && request.bodyLength !== 0)
      this.feed = new BodyFeed(request.body, this.trip, this.brokenBody);
  }

  // ── ResponseSource ─────────────────────────────────────────────────────────────────────────────────────────────────
  async read(): Promise<Uint8Array | null> {
    if (this.waiting !== undefined) throw new Error("a read of the response is pending: await it first");
    const chunk = this.queue.shift();
    if (chunk !== undefined) {
      this.resumeBelowMark();
      return chunk;
    }
    if (this.failure !== undefined) throw this.failure;
    if (this.over) return null;
    this.waiting = Promise.withResolvers();
    return this.waiting.promise;
  }

  cancel(reason?: Error): void {
    if (this.over) {
      this.queue.clear();
      return;
    }
    this.unwanted = true;
    this.failure ??= reason ?? new Error("the response was cancelled");
    this.queue.clear();
    if (reason === undefined && this.left >= 0 && this.left <= DRAIN_MAX) this.resumeBelowMark();
    else this.giveUp(this.failure);
  }

  // ── ResponseSink ───────────────────────────────────────────────────────────────────────────────────────────────────
  informational(): void {
    // Nobody asks for them.
  }

  head(status: number, fields: Fields, length: number): void {
    this.left = length;
    const response = new ClientResponse(this, status, fields.clone(), length);
    const { answer } = this;
    this.answer = undefined;
    answer?.resolve(response);
  }

  data(chunk: Uint8Array, start: number, end: number): void {
    if (this.left > 0) this.left -= end - start;
    if (this.unwanted) return;
    const { waiting } = this;
    if (waiting !== undefined) {
      this.waiting = undefined;
      waiting.resolve(copyBytes(chunk, start, end));
      return;
    }
    this.queue.push(copyBytes(chunk, start, end));
    if (this.queue.length < MARK || this.paused) return;
    this.paused = true;
    this.trip?.pause();
  }

  end(trailers: Fields | undefined): void {
    this.trailers = trailers;
    this.settle(undefined);
  }

  upgraded(): void {
    // No request of a Client asks for that, and then the connection refuses it.
  }

  error(error: Error): void {
    this.settle(error);
  }

  drain(): void {
    this.feed?.drain();
  }

  // ── inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  private readonly brokenBody = (error: unknown): void => {
    this.giveUp(error instanceof Error ? error : new Error(String(error)));
  };

  private readonly canceled = (): void => this.giveUp(this.failed("ECANCELED", this.signal?.reason));

  private watch(signal: AbortSignal | undefined, timeoutMs: number): void {
    this.signal = signal;
    signal?.addEventListener("abort", this.canceled, { once: true });
    if (timeoutMs <= 0) return;
    this.timer = new CallbackTimer(() => this.giveUp(this.failed("ETIMEDOUT", undefined)));
    this.wheel.set(this.timer, this.wheel.clock.now() + timeoutMs);
  }

  private failed(code: NetErrorCode, cause: unknown): NetError {
    const { network, address } = this.request.origin;
    return new NetError({ op: "request", network, address, code, cause });
  }

  private resumeBelowMark(): void {
    if (!this.paused || this.queue.length >= MARK) return;
    this.paused = false;
    this.trip?.resume();
  }

  private giveUp(error: Error): void {
    if (this.over) return;
    this.trip?.abort();
    this.settle(error);
  }

  /** It is over: whole, or failed. */
  private settle(error: Error | undefined): void {
    const { answer, waiting } = this;
    this.over = true;
    this.failure ??= error;
    this.trip = undefined;
    this.answer = undefined;
    this.waiting = undefined;
    this.feed?.stop();
    this.signal?.removeEventListener("abort", this.canceled);
    if (this.timer !== undefined) this.wheel.remove(this.timer);
    if (this.failure === undefined) waiting?.resolve(null);
    else {
      waiting?.reject(this.failure);
      answer?.reject(this.failure);
    }
  }
}
