import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "../../clock/index.ts";
import { LoadTally } from "./load-tally.ts";
import type { IntervalFigures, ReceivedFigures, TestPlan } from "./message-wire.ts";
import { Reception } from "./reception.ts";

const PLAN: TestPlan = {
  protocol: "tcp",
  directions: ["up"],
  streams: 1,
  timeMs: 3000,
  intervalMs: 1000,
  lengthBytes: 1000,
  rateBitsPerSecond: 0,
};
const UDP: TestPlan = { ...PLAN, protocol: "udp", rateBitsPerSecond: 8e6, streams: 2 };

/** A receiver in simulated time. */
class Bench {
  readonly clock = new SimulatedClock();
  readonly intervals: IntervalFigures[] = [];
  readonly tally: LoadTally;
  readonly reception: Reception;
  result: ReceivedFigures | undefined = undefined;

  constructor(plan: TestPlan) {
    this.tally = new LoadTally(plan.protocol === "udp" ? plan.streams : 0);
    this.reception = new Reception({
      plan,
      clock: this.clock,
      tally: this.tally,
      onInterval: (interval) => this.intervals.push(interval),
    });
    void this.reception.done.then((figures) => (this.result = figures));
  }

  bytes(count: number): void {
    this.tally.bytesArrived(count, this.clock.now());
    this.reception.arrived();
  }

  packet(stream: number, sequence: number): void {
    const now = this.clock.now();
    this.tally.packetArrived(stream, { sequence, sentMs: now, bytes: 1000 }, now);
    this.reception.arrived();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }
}

describe("the reception of a stream", () => {
  test("lasts as long as the plan says from the first bytes, and tells each interval", async () => {
    const bench = new Bench(PLAN);
    await bench.pass(500);
    for (let i = 0; i < 40; i++) {
      if (!bench.reception.over) bench.bytes(1000);
      await bench.pass(100);
    }
    expect(bench.result).toEqual({ bytes: 30_000, ms: 3000 });
    expect(bench.intervals.map(({ fromMs, toMs, bytes }) => [fromMs, toMs, bytes])).toEqual([
      [0, 1000, 10_000],
      [1000, 2000, 10_000],
      [2000, 3000, 10_000],
    ]);
    expect(bench.clock.pendingTimers).toBe(0);
  });

  test("has no interval of nothing because a timer was early", async () => {
    const bench = new Bench(PLAN);
    const { setTimer } = bench.clock;
    bench.clock.setTimer = (callback, delayMs) => setTimer.call(bench.clock, callback, delayMs - 0.4);
    bench.bytes(1);
    await bench.pass(5000);
    expect(bench.intervals.map(({ toMs }) => Math.round(toMs))).toEqual([1000, 2000, 3000]);
  });

  test("that stalls is as slow as that", async () => {
    const bench = new Bench(PLAN);
    bench.bytes(3000);
    await bench.pass(5000);
    expect(bench.result).toEqual({ bytes: 3000, ms: 3000 });
  });

  test("that ends early lasted as long as it came", async () => {
    const bench = new Bench(PLAN);
    bench.bytes(1);
    await bench.pass(1500);
    bench.bytes(1);
    bench.reception.end();
    await bench.pass(0);
    expect(bench.result).toEqual({ bytes: 2, ms: 1500 });
    expect(bench.intervals.at(-1)).toEqual({ fromMs: 1000, toMs: 1500, bytes: 1 });
    expect(bench.clock.pendingTimers).toBe(0);
  });

  test("of which nothing comes is over in the end, sooner when the sender has stopped", async () => {
    const silent = new Bench(PLAN);
    await silent.pass(13_000);
    expect(silent.result).toEqual({ bytes: 0, ms: 0 });
    const stopped = new Bench(PLAN);
    await stopped.pass(3000);
    stopped.reception.senderStopped({ bytes: 0, ms: 3000 });
    await stopped.pass(1000);
    expect(stopped.result).toEqual({ bytes: 0, ms: 0 });
    expect(stopped.intervals).toEqual([]);
  });
});

describe("the reception of datagrams", () => {
  test("waits for what the sender has sent, and is over once all has come", async () => {
    const bench = new Bench(UDP);
    for (let i = 0; i < 30; i++) {
      bench.packet(0, i);
      if (i !== 7) bench.packet(1, i);
      await bench.pass(100);
    }
    bench.reception.senderStopped({ bytes: 60_000, ms: 3000, packets: [30, 30] });
    await bench.pass(400);
    expect(bench.result).toBeUndefined();
    bench.packet(1, 7);
    await bench.pass(0);
    expect(bench.result).toMatchObject({ bytes: 60_000, ms: 3400, udp: { packets: 60, lost: 0, reordered: 1 } });
    expect(bench.clock.pendingTimers).toBe(0);
  });

  test("counts the last ones as lost, too, and does not take the wait for them for an interval", async () => {
    const bench = new Bench(UDP);
    for (let i = 0; i < 20; i++) {
      bench.packet(0, i);
      bench.packet(1, i);
      await bench.pass(100);
    }
    await bench.pass(900);
    bench.reception.senderStopped({ bytes: 60_000, ms: 3000, packets: [30, 30] });
    await bench.pass(1000);
    expect(bench.result).toMatchObject({ bytes: 40_000, ms: 3000, udp: { packets: 40, lost: 20 } });
    expect(bench.intervals.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 1000],
      [1000, 2000],
    ]);
  });

  test("tells what each interval has lost; what comes late is no negative loss", async () => {
    const bench = new Bench(UDP);
    bench.packet(0, 0);
    bench.packet(0, 4);
    await bench.pass(1000);
    for (const late of [1, 2, 3, 3, 5]) bench.packet(0, late);
    await bench.pass(1000);
    expect(bench.intervals.map(({ udp }) => udp)).toMatchObject([
      { packets: 2, lost: 3, reordered: 0, duplicates: 0 },
      { packets: 4, lost: 0, reordered: 3, duplicates: 1 },
    ]);
  });

  test("ends by our clock, whatever a sender does", async () => {
    const bench = new Bench(UDP);
    for (let i = 0; i < 100 && !bench.reception.over; i++) {
      bench.packet(0, i);
      await bench.pass(100);
    }
    expect(bench.clock.now()).toBe(4000);
  });
});
