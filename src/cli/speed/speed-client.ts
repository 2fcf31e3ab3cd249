import { type Clock, type Random, realClock, realRandom, type Timer } from "../../clock/index.ts";
import { type Conn, dial, type Endpoint } from "../../net/index.ts";
import { type ClientStreams, openStreams } from "./client-streams.ts";
import { ControlChannel } from "./control-channel.ts";
import { type LatencyFigures, LatencyTally } from "./latency-tally.ts";
import {
  type ClientMessage,
  type Direction,
  type IntervalFigures,
  type ReceivedFigures,
  type SentFigures,
  type ServerMessage,
  type TcpFigures,
  type TestPlan,
  tlvClientMessage,
  tlvServerMessage,
} from "./message-wire.ts";
import { JOIN_MS, SPEED_VERSION } from "./speed-limits.ts";
import type { LoadSender } from "./stream-sender.ts";
import {
  bitsPerSecond,
  type DirectionResult,
  type IntervalResult,
  type SpeedHooks,
  type SpeedResult,
  withRate,
} from "./speed-result.ts";

/** How a test is run. */
export interface SpeedTestOptions extends SpeedHooks {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What is asked for: UDP's length may be left to what the path takes. */
export type SpeedPlan = Omit<TestPlan, "lengthBytes"> & { readonly lengthBytes: number | undefined };

/** Pings before the load, and the time between two of them and of those under load. */
const IDLE_PINGS = 10;
const IDLE_PING_MS = 20;
const LOADED_PING_MS = 50;
/** Bytes of a write. */
const WRITE_BYTES = 128 * 1024;
/** A datagram's, where the path takes more. */
const DATAGRAM_BYTES = 1448;
/** How long the server may take for each of its answers. */
const ANSWER_MS = 10_000;

/**
 * Runs a test against a server at "host:port". Throws NetError when it cannot be reached, an Error with its reason when it refuses or ends the test, and what `signal` was aborted with.
 */
export async function measureSpeed(
  server: string,
  plan: SpeedPlan,
  options: SpeedTestOptions = {},
): Promise<SpeedResult> {
  const { signal } = options;
  const conn = await dial("tcp", server, { signal, timeoutMs: JOIN_MS });
  const mss = conn.tcp?.info().sendMss ?? DATAGRAM_BYTES;
  const lengthBytes = plan.lengthBytes ?? (plan.protocol === "tcp" ? WRITE_BYTES : Math.min(mss, DATAGRAM_BYTES));
  const test = new SpeedTest(conn, { ...plan, lengthBytes }, options);
  const abort = (): void => test.fail(signal!.reason as Error);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await test.run();
  } finally {
    signal?.removeEventListener("abort", abort);
    test.close();
  }
}

/** What the server is waited for, each of them once. */
interface Answers {
  readonly ready: PromiseWithResolvers<Extract<ServerMessage, { readonly kind: "ready" }>>;
  readonly joined: PromiseWithResolvers<void>;
  readonly received: PromiseWithResolvers<ReceivedFigures>;
  readonly sent: PromiseWithResolvers<SentFigures>;
  readonly idle: PromiseWithResolvers<void>;
}

/** The client's side of one test. */
class SpeedTest {
  private readonly plan: TestPlan;
  private readonly options: SpeedTestOptions;
  private readonly clock: Clock;
  private readonly channel: ControlChannel<ServerMessage, ClientMessage>;
  private readonly answers: Answers = {
    ready: settledLater(),
    joined: settledLater(),
    received: settledLater(),
    sent: settledLater(),
    idle: settledLater(),
  };
  private readonly failure = settledLater<never>();
  private readonly stopped = new AbortController();
  private readonly streams = new Map<Direction, ClientStreams>();
  private readonly intervals: Readonly<Record<Direction, IntervalResult[]>> = { up: [], down: [] };
  /** Segments sent again that intervals have told of. */
  private readonly retransmits: Record<Direction, number> = { up: 0, down: 0 };
  private downState: TcpFigures | undefined = undefined;
  private sender: LoadSender | undefined = undefined;
  private readonly idle = new LatencyTally();
  private readonly loaded = new LatencyTally();
  private readonly timers = new Set<Timer>();
  private idlePongs = 0;
  private isReady = false;
  private readonly server: Endpoint;

  constructor(conn: Conn, plan: TestPlan, options: SpeedTestOptions) {
    this.plan = plan;
    this.options = options;
    this.clock = options.clock ?? realClock;
    this.server = conn.remote;
    this.channel = new ControlChannel<ServerMessage, ClientMessage>(conn, {
      incoming: tlvServerMessage,
      outgoing: tlvClientMessage,
      onMessage: (message) => this.take(message),
      onEnd: (error) => this.ended(error),
      onRoundTrip: (ms) => this.roundTrip(ms),
    });
  }

  /** Ends the test with an error. */
  fail(error: Error): void {
    this.failure.reject(error);
    this.stopped.abort(error);
  }

  close(): void {
    for (const timer of this.timers) this.clock.clearTimer(timer);
    for (const streams of this.streams.values()) streams.close();
    this.stopped.abort();
    this.channel.close();
  }

  async run(): Promise<SpeedResult> {
    this.channel.send({ kind: "start", version: SPEED_VERSION, ...this.plan });
    const { cookie, ids } = await this.answered(
      this.answers.ready.promise,
      "does not answer: is it netwright speed serve?",
    );
    this.isReady = true;
    await this.unlessFailed(this.open(cookie, ids));
    await this.answered(this.answers.joined.promise, "does not say that all streams have joined");
    this.options.onConnected?.(this.server, this.plan);
    const idle = await this.answered(this.measureIdle(), "does not answer pings");
    this.options.onIdleLatency?.(idle);
    this.channel.send({ kind: "go" });
    this.pingUnderLoad();
    const results = await this.unlessFailed(Promise.all(this.plan.directions.map((one) => this.load(one))));
    const byDirection = Object.fromEntries(this.plan.directions.map((one, i) => [one, results[i]]));
    return { server: this.server, ...this.plan, latency: { idle, loaded: this.loaded.figures() }, ...byDirection };
  }

  private async open(cookie: string, ids: readonly number[]): Promise<void> {
    const { directions, streams } = this.plan;
    if (ids.length !== directions.length * streams) throw new Error("the server gave a wrong number of streams");
    const opening = directions.map(async (direction, i) => {
      const init = { cookie, ids: ids.slice(i * streams, (i + 1) * streams), signal: this.stopped.signal };
      const opened = await openStreams({
        ...init,
        plan: this.plan,
        server: this.server,
        clock: this.clock,
        random: this.options.random ?? realRandom,
      });
      this.streams.set(direction, opened);
      if (this.stopped.signal.aborted) opened.close();
    });
    await Promise.all(opening);
  }

  private async measureIdle(): Promise<LatencyFigures | undefined> {
    for (let i = 0; i < IDLE_PINGS; i++) this.later(() => this.channel.ping(), i * IDLE_PING_MS);
    await this.answers.idle.promise;
    return this.idle.figures();
  }

  private pingUnderLoad(): void {
    this.channel.ping();
    this.later(() => this.pingUnderLoad(), LOADED_PING_MS);
  }

  private roundTrip(ms: number): void {
    if (this.idlePongs === IDLE_PINGS) {
      this.loaded.add(ms);
      return;
    }
    this.idle.add(ms);
    this.idlePongs++;
    if (this.idlePongs === IDLE_PINGS) this.answers.idle.resolve();
  }

  private async load(direction: Direction): Promise<DirectionResult> {
    const [received, sent] = direction === "up" ? await this.loadUp() : await this.loadDown();
    return { received: withRate(received), sent: withRate(sent), intervals: this.intervals[direction] };
  }

  private async loadUp(): Promise<readonly [ReceivedFigures, SentFigures]> {
    const sender = this.streams.get("up")!.send();
    this.sender = sender;
    this.stopped.signal.addEventListener("abort", () => sender.stop(), { once: true });
    const sent = await sender.done;
    this.channel.send({ kind: "sent", direction: "up", figures: sent });
    return [await this.answered(this.answers.received.promise, "does not say what arrived"), sent];
  }

  private async loadDown(): Promise<readonly [ReceivedFigures, SentFigures]> {
    const receiver = this.streams.get("down")!.receive((figures) => this.interval("down", figures));
    this.stopped.signal.addEventListener("abort", () => receiver.stop(), { once: true });
    void this.answers.sent.promise.then((sent) => receiver.senderStopped(sent)).catch(() => undefined);
    const received = await receiver.done;
    return [received, await this.answered(this.answers.sent.promise, "does not say what it sent")];
  }

  private take(message: ServerMessage): void {
    switch (message.kind) {
      case "ready":
        return this.answers.ready.resolve(message);
      case "joined":
        return this.answers.joined.resolve();
      case "interval":
        return this.interval("up", message.figures);
      case "state":
        this.downState = message.tcp;
        return undefined;
      case "received":
        return this.answers.received.resolve(message.figures);
      case "sent":
        return this.answers.sent.resolve(message.figures);
      case "error":
        throw new Refusal(`${this.server.toString()} says: ${printable(message.reason)}`);
    }
  }

  private interval(direction: Direction, figures: IntervalFigures): void {
    const { bytes, fromMs, toMs } = figures;
    const known = this.intervals[direction];
    // A server that tells more intervals than there are does not make memory grow.
    if (known.length > this.plan.timeMs / this.plan.intervalMs + 1) return;
    const tcp = this.newsOf(direction);
    const interval = { ...figures, bitsPerSecond: bitsPerSecond(bytes, toMs - fromMs), ...(tcp && { tcp }) };
    known.push(interval);
    this.options.onInterval?.(direction, interval);
  }

  /** What the sender's system knows, with the segments sent again since it was asked before. */
  private newsOf(direction: Direction): TcpFigures | undefined {
    const tcp = direction === "up" ? this.sender?.state() : this.downState;
    if (tcp === undefined) return undefined;
    const before = this.retransmits[direction];
    this.retransmits[direction] = tcp.retransmits;
    return { ...tcp, retransmits: Math.max(0, tcp.retransmits - before) };
  }

  /** What the server is waited for, at most ANSWER_MS. */
  private async answered<T>(promise: Promise<T>, complaint: string): Promise<T> {
    const timer = this.later(() => this.fail(new Error(`${this.server.toString()} ${complaint}`)), ANSWER_MS);
    try {
      return await this.unlessFailed(promise);
    } finally {
      this.forget(timer);
    }
  }

  private forget(timer: Timer): void {
    this.clock.clearTimer(timer);
    this.timers.delete(timer);
  }

  private later(act: () => void, ms: number): Timer {
    const timer = this.clock.setTimer(() => {
      this.timers.delete(timer);
      act();
    }, ms);
    this.timers.add(timer);
    return timer;
  }

  private ended(error: Error | undefined): void {
    const server = this.server.toString();
    if (error === undefined) this.fail(new Error(`${server} closed the connection and did not say why`));
    else if (this.isReady || error instanceof Refusal) this.fail(error);
    else
      this.fail(
        new Error(`${server} does not speak as netwright speed serve does: ${error.message}`, { cause: error }),
      );
  }

  private async unlessFailed<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.failure.promise]);
  }
}

/** The server ends the test, and says why. */
class Refusal extends Error {
  override readonly name = "Refusal";
}

/** A text of somebody else's, for a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
}

/** One whose rejection is no fault when nobody waits for it. */
function settledLater<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => undefined);
  return made;
}
