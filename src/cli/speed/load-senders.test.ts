import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, NetError, type OutgoingPacket, type PacketConn, pipe } from "../../net/index.ts";
import { DatagramSender } from "./datagram-sender.ts";
import type { SentFigures, TestPlan } from "./message-wire.ts";
import { packetSequence, packetStream } from "./packet-wire.ts";
import { StreamSender } from "./stream-sender.ts";

const PLAN: TestPlan = {
  protocol: "udp",
  directions: ["up"],
  streams: 1,
  timeMs: 2000,
  intervalMs: 1000,
  lengthBytes: 1000,
  rateBitsPerSecond: 8e6,
};
const BLOCK = new Uint8Array(1000).fill(7);

/** A socket that notes what is sent. */
class NotingSocket {
  readonly sent: { readonly at: number; readonly id: number; readonly sequence: number }[] = [];
  failure: NetError | undefined = undefined;
  private readonly clock: SimulatedClock;

  constructor(clock: SimulatedClock) {
    this.clock = clock;
  }

  get socket(): PacketConn {
    return this as unknown as PacketConn;
  }

  async sendBatch(packets: readonly OutgoingPacket[]): Promise<void> {
    const { failure } = this;
    for (const { data } of packets.slice(0, failure?.packetsSent ?? packets.length)) {
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      this.sent.push({ at: this.clock.now(), id: packetStream(view), sequence: packetSequence(view) });
    }
    if (failure !== undefined) throw failure;
  }
}

async function resultOf<T>(clock: SimulatedClock, promise: Promise<T>, ms: number): Promise<T | undefined> {
  let result: T | undefined;
  promise.then((value) => (result = value)).catch(() => undefined);
  await clock.advanceAsync(ms);
  return result;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("DatagramSender", () => {
  test("sends at its rate from beginning to end, numbered", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    const sender = new DatagramSender([{ socket: noting.socket, id: 9 }], { plan: PLAN, clock, block: BLOCK });
    const figures = await resultOf(clock, sender.done, 2100);
    // 1000 a second, and the one that it begins with.
    expect(noting.sent.length).toBeWithin(1999, 2003);
    expect(figures).toEqual({ bytes: noting.sent.length * 1000, ms: 2000, packets: [noting.sent.length] });
    expect(noting.sent.map(({ sequence }) => sequence)).toEqual(noting.sent.map((_, i) => i));
    const inHalf = noting.sent.filter(({ at }) => at < 1000).length;
    expect(inHalf).toBeWithin(999, 1003);
    expect(clock.pendingTimers).toBe(0);
  });

  test("makes up for being held up, but not in one burst", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    const sender = new DatagramSender([{ socket: noting.socket, id: 9 }], { plan: PLAN, clock, block: BLOCK });
    await clock.advanceAsync(100);
    const before = noting.sent.length;
    clock.advance(100);
    await clock.advanceAsync(0);
    expect(noting.sent.length - before).toBeLessThanOrEqual(5);
    expect((await resultOf(clock, sender.done, 2000))?.packets?.[0]).toBeWithin(1999, 2003);
  });

  test("shares the rate among its streams, each numbered by itself", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    const ways = [1, 2, 3].map((id) => ({ socket: noting.socket, id }));
    const sender = new DatagramSender(ways, { plan: { ...PLAN, streams: 3 }, clock, block: BLOCK });
    const figures = await resultOf(clock, sender.done, 2100);
    expect(noting.sent.length).toBeWithin(1999, 2003);
    for (const [i, { id }] of ways.entries()) {
      const numbers = noting.sent.filter((one) => one.id === id).map(({ sequence }) => sequence);
      expect(numbers).toEqual(numbers.map((_, at) => at));
      expect(figures?.packets?.[i]).toBe(numbers.length);
      expect(numbers.length).toBeWithin(600, 735);
    }
  });

  test("goes on after a shortage, and counts what went", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    noting.failure = new NetError({ op: "send", network: "udp", code: "ENOBUFS", packetsSent: 0 });
    const sender = new DatagramSender([{ socket: noting.socket, id: 9 }], { plan: PLAN, clock, block: BLOCK });
    await clock.advanceAsync(1000);
    noting.failure = undefined;
    const figures = await resultOf(clock, sender.done, 2000);
    expect(noting.sent[0]?.sequence).toBe(0);
    expect(figures?.packets).toEqual([noting.sent.length]);
  });

  test("fails for what does not pass", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    noting.failure = new NetError({ op: "send", network: "udp", code: "EMSGSIZE" });
    const sender = new DatagramSender([{ socket: noting.socket, id: 9 }], { plan: PLAN, clock, block: BLOCK });
    const failure = failureOf(sender.done);
    await clock.advanceAsync(10);
    expect(await failure).toMatchObject({ code: "EMSGSIZE" });
    expect(clock.pendingTimers).toBe(0);
  });

  test("stops when it is told to", async () => {
    const clock = new SimulatedClock();
    const noting = new NotingSocket(clock);
    const sender = new DatagramSender([{ socket: noting.socket, id: 9 }], { plan: PLAN, clock, block: BLOCK });
    await clock.advanceAsync(500);
    sender.stop();
    expect((await resultOf(clock, sender.done, 10))?.ms).toBeLessThan(510);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("StreamSender", () => {
  interface Poured {
    readonly figures: SentFigures | undefined;
    readonly received: number;
    readonly clock: SimulatedClock;
  }

  async function pour(plan: TestPlan, reads: boolean): Promise<Poured> {
    const clock = new SimulatedClock();
    const [conn, peer] = pipe({ wheel: new TimerWheel(clock) });
    let received = 0;
    if (reads) count(peer, (bytes) => (received += bytes));
    const sender = new StreamSender([conn], { plan, clock, block: BLOCK });
    const figures = await resultOf(clock, sender.done, plan.timeMs + 100);
    return { figures, received, clock };
  }

  function count(conn: Conn, onBytes: (count: number) => void): void {
    conn.attach({
      data: (chunk) => onBytes(chunk.length),
      drain: () => undefined,
      end: () => undefined,
      close: () => undefined,
      timeout: () => undefined,
    });
  }

  test("sends at its rate", async () => {
    const { clock, figures, received } = await pour({ ...PLAN, protocol: "tcp" }, true);
    expect(received).toBeWithin(1_980_000, 2_002_000);
    expect(figures?.ms).toBe(2000);
    expect(clock.pendingTimers).toBe(0);
  });

  test("ends in time when the peer does not read, and keeps little", async () => {
    const { clock, figures, received } = await pour({ ...PLAN, protocol: "tcp", rateBitsPerSecond: 0 }, false);
    expect(figures?.ms).toBe(2000);
    expect(received).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test("fails when the other side closes its streams long before", async () => {
    const clock = new SimulatedClock();
    const [conn, peer] = pipe({ wheel: new TimerWheel(clock) });
    const sender = new StreamSender([conn], { plan: { ...PLAN, protocol: "tcp" }, clock, block: BLOCK });
    const failure = failureOf(sender.done);
    await clock.advanceAsync(1000);
    peer.abort();
    await clock.advanceAsync(10);
    expect(await failure).toMatchObject({ message: "the other side closed its streams after 1.0 s" });
    expect(clock.pendingTimers).toBe(0);
  });

  test("takes a close just before its end for the end", async () => {
    const clock = new SimulatedClock();
    const [conn, peer] = pipe({ wheel: new TimerWheel(clock) });
    const sender = new StreamSender([conn], { plan: { ...PLAN, protocol: "tcp" }, clock, block: BLOCK });
    await clock.advanceAsync(1999);
    peer.abort();
    expect(await resultOf(clock, sender.done, 0)).toMatchObject({ ms: 1999 });
  });
});
