import { expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, pipe } from "../../net/index.ts";
import { ByteInput } from "./byte-input.ts";
import { ByteOutput } from "./byte-output.ts";
import { StreamSession, type StreamSessionOptions } from "./stream-session.ts";

/** A session between a pipe's end and stdin and stdout that a test plays. */
class Play {
  readonly clock: SimulatedClock = new SimulatedClock();
  readonly peer: Conn;
  readonly conn: Conn;
  readonly printed: string[] = [];
  readonly typed: TransformStream<Uint8Array, Uint8Array> = new TransformStream();
  private readonly keyboard = this.typed.writable.getWriter();
  readonly stop: AbortController = new AbortController();
  /** Whether stdout takes anything. */
  reads = true;
  private waiting: (() => void)[] = [];
  readonly ended: Promise<Error | undefined>;
  over = false;

  constructor(options: Partial<StreamSessionOptions> = {}, isTerminal = false) {
    [this.conn, this.peer] = pipe({ wheel: new TimerWheel(this.clock) });
    const input = new ByteInput(() => this.typed.readable[Symbol.asyncIterator](), isTerminal);
    const output = new ByteOutput({
      write: (bytes, written) => {
        this.printed.push(Buffer.from(bytes).toString());
        if (this.reads) written();
        else this.waiting.push(written);
      },
      on: () => undefined,
    });
    const never = { waitMs: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY };
    const limits = { ...never, shutdown: true, stop: this.stop.signal, ...options };
    this.ended = new StreamSession(this.conn, input, output, limits).run();
    void this.ended.then(() => (this.over = true));
  }

  async type(text: string): Promise<void> {
    await this.keyboard.write(new TextEncoder().encode(text));
  }

  async endInput(): Promise<void> {
    await this.keyboard.close();
  }

  async say(text: string): Promise<void> {
    await this.peer.write(new TextEncoder().encode(text));
    await this.settle();
  }

  takeAll(): void {
    this.reads = true;
    for (const written of this.waiting.splice(0)) written();
  }

  async settle(): Promise<void> {
    await this.clock.advanceAsync(0);
    for (let i = 0; i < 50; i++) await Promise.resolve();
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
    await this.settle();
  }
}

test("StreamSession: --wait counts from the last byte after one side's end, and not before", async () => {
  const play = new Play({ waitMs: 1000 });
  await play.advance(10_000);
  expect(play.over).toBe(false);
  await play.endInput();
  await play.settle();
  await play.advance(900);
  await play.say("answer");
  await play.advance(900);
  expect([play.over, play.printed]).toEqual([false, ["answer"]]);
  await play.advance(300);
  expect([play.over, await play.ended]).toEqual([true, undefined]);
});

test("StreamSession: a reader of stdout that rests is no silence", async () => {
  const play = new Play({ waitMs: 1000, idleMs: 5000 });
  await play.endInput();
  play.reads = false;
  await play.say("a page");
  await play.advance(20_000);
  expect(play.over).toBe(false);
  play.takeAll();
  await play.settle();
  await play.advance(1200);
  expect([play.over, await play.ended]).toEqual([true, undefined]);
});

test("StreamSession: --idle fails it", async () => {
  const play = new Play({ idleMs: 5000 });
  await play.advance(4000);
  await play.type("x");
  await play.settle();
  await play.advance(4000);
  expect(play.over).toBe(false);
  await play.advance(1500);
  expect((await play.ended)?.message).toBe("given up: no byte passed for 5 s (--idle)");
  expect(play.conn.closed).toBe(true);
});

test("StreamSession: where a person types, the peer's end is the end; elsewhere stdin goes on", async () => {
  const terminal = new Play({}, true);
  await terminal.peer.closeWrite();
  await terminal.settle();
  expect(terminal.over).toBe(true);
  const file = new Play();
  await file.peer.closeWrite();
  await file.settle();
  await file.type("more");
  expect([file.over, Buffer.from((await file.peer.read())!).toString()]).toEqual([false, "more"]);
  await file.endInput();
  await file.settle();
  expect(file.over).toBe(true);
});

test("StreamSession: a slow peer holds stdin back", async () => {
  const play = new Play();
  let taken = 0;
  for (let i = 0; i < 100; i++) void play.type("x".repeat(65_536)).then(() => taken++);
  await play.settle();
  expect(taken).toBeLessThan(10);
  play.conn.abort();
  expect(await play.ended).toBeInstanceOf(Error);
});

test("StreamSession: when it is stopped, what was taken goes out, then the end", async () => {
  const play = new Play();
  await play.type("last words");
  await play.settle();
  play.stop.abort();
  expect(await play.ended).toBeUndefined();
  expect(Buffer.concat(await Array.fromAsync(play.peer)).toString()).toBe("last words");
});

test("StreamSession: when it is stopped, a peer that takes nothing is not waited for", async () => {
  const play = new Play();
  for (let i = 0; i < 10; i++) void play.type("x".repeat(65_536));
  await play.settle();
  expect(play.conn.queued).toBeGreaterThan(0);
  play.stop.abort();
  expect(await play.ended).toBeUndefined();
  play.conn.abort();
});
