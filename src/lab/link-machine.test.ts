import { describe, expect, test } from "bun:test";
import { type Random, seededRandom } from "../clock/index.ts";
import { LinkMachine } from "./link-machine.ts";
import { type LinkOptions, wayForth } from "./way.ts";

/** A frame that came out: its number and when. */
type Arrival = readonly [number: number, at: number];

/** A link in simulated time. Frames carry their number in their first two bytes. */
class SimulatedLink {
  readonly machine: LinkMachine;
  readonly arrivals: Arrival[] = [];
  private sent = 0;

  constructor(options: LinkOptions, random: Random = seededRandom(1)) {
    this.machine = new LinkMachine(wayForth(options), 1600, random);
  }

  /** Sends frames of `length` bytes at `now`. */
  send(now: number, count = 1, length = 100): void {
    for (let i = 0; i < count; i++) {
      const offset = this.machine.incoming.reserve();
      new DataView(this.machine.incoming.memory.buffer, offset).setUint16(0, this.sent++);
      this.machine.send(length, now);
    }
  }

  /** Lets time pass until nothing is under way, or until `end`. */
  run(end = Infinity): readonly Arrival[] {
    for (let at = this.machine.next(); at <= end && at < Infinity; at = this.machine.next()) {
      expect(this.machine.ready(at - 1e-6)).toBeUndefined();
      const queue = this.machine.ready(at)!;
      this.arrivals.push([new DataView(queue.memory.buffer, queue.headOffset).getUint16(0), at]);
      queue.shift();
    }
    return this.arrivals;
  }

  get order(): number[] {
    return this.arrivals.map(([number]) => number);
  }
}

describe("LinkMachine", () => {
  test("lets frames through at once when nothing is said", () => {
    const link = new SimulatedLink({});
    link.send(5, 2);
    expect(link.run()).toEqual([
      [0, 5],
      [1, 5],
    ]);
  });

  test("delays", () => {
    const link = new SimulatedLink({ delayMs: 50 });
    link.send(0);
    link.send(10);
    expect(link.run()).toEqual([
      [0, 50],
      [1, 60],
    ]);
  });

  test("sends at its rate, one frame behind the other, and then delays", () => {
    const link = new SimulatedLink({ rateBitsPerSecond: 1e6, delayMs: 7 });
    link.send(0, 3, 1000); // 8 ms each
    link.send(100, 1, 500);
    expect(link.run()).toEqual([
      [0, 15],
      [1, 23],
      [2, 31],
      [3, 111],
    ]);
  });

  test("drops what its queue has no room for, and takes frames again when it has", () => {
    const link = new SimulatedLink({ rateBitsPerSecond: 1e6, queueBytes: 3000 });
    link.send(0, 5, 1000);
    link.send(9, 1, 1000); // one was sent, and part of the next
    expect(link.run().map(([number]) => number)).toEqual([0, 1, 2, 5]);
    expect(link.machine.counters).toMatchObject({ sent: 6, sentBytes: 6000, delivered: 4, overflowed: 2, lost: 0 });
  });

  test("sends a frame that is longer than its queue when nothing waits", () => {
    const link = new SimulatedLink({ rateBitsPerSecond: 1e6, queueBytes: 100 });
    link.send(0, 1, 1000);
    expect(link.run()).toEqual([[0, 8]]);
  });

  test("keeps order with jitter, and stays within it while frames are far from one another", () => {
    const link = new SimulatedLink({ delayMs: 10, jitterMs: 4 });
    for (let i = 0; i < 500; i++) link.send(i * 20);
    const late = link.run().map(([number, at]) => at - number * 20);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...late)).toBeLessThanOrEqual(14);
    expect(Math.max(...late) - Math.min(...late)).toBeGreaterThan(7);
    const dense = new SimulatedLink({ delayMs: 10, jitterMs: 10 });
    for (let i = 0; i < 500; i++) dense.send(i);
    dense.run();
    expect(dense.order).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  test("loses its share, the same frames for the same seed", () => {
    const orders = [3, 3, 4].map((seed) => {
      const link = new SimulatedLink({ lossPercent: 10 }, seededRandom(seed));
      link.send(0, 5000);
      link.run();
      expect(link.machine.counters.lost).toBe(5000 - link.order.length);
      return link.order;
    });
    expect(orders[0]!.length).toBeGreaterThan(4400);
    expect(orders[0]!.length).toBeLessThan(4600);
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).not.toEqual(orders[0]);
  });

  test("loses all at 100 %, and the lost take their time on the wire", () => {
    const link = new SimulatedLink({ lossPercent: 100, rateBitsPerSecond: 1e6 });
    link.send(0, 3, 1000);
    link.machine.set(wayForth({ rateBitsPerSecond: 1e6 }));
    link.send(0, 1, 1000);
    expect(link.run()).toEqual([[3, 32]]);
  });

  test("duplicates, with the copy right behind", () => {
    const link = new SimulatedLink({ duplicatePercent: 100, delayMs: 5 });
    link.send(0, 2);
    expect(link.run()).toEqual([
      [0, 5],
      [0, 5],
      [1, 5],
      [1, 5],
    ]);
    expect(link.machine.counters).toMatchObject({ sent: 2, delivered: 4, duplicated: 2 });
  });

  test("lets some overtake those that are under way", () => {
    const link = new SimulatedLink({ reorderPercent: 20, delayMs: 50 });
    for (let i = 0; i < 1000; i++) link.send(i);
    const overtook = link.run().filter(([number, at]) => at === number);
    expect(overtook.length).toBe(link.machine.counters.reordered);
    expect(overtook.length).toBeGreaterThan(150);
    expect(overtook.length).toBeLessThan(250);
    expect(new Set(link.order).size).toBe(1000);
    expect(link.order).not.toEqual(link.order.toSorted((a, b) => a - b));
  });

  test("overtakes no sooner than it is sent", () => {
    const link = new SimulatedLink({ reorderPercent: 100, delayMs: 50, rateBitsPerSecond: 1e6 });
    link.send(0, 2, 1000);
    expect(link.run()).toEqual([
      [0, 8],
      [1, 16],
    ]);
  });

  test("leaves those under way their time when its values change, and their order", () => {
    const link = new SimulatedLink({ delayMs: 100 });
    link.send(0);
    link.machine.set(wayForth({ delayMs: 1 }));
    link.send(10);
    link.send(200);
    expect(link.run()).toEqual([
      [0, 100],
      [1, 100],
      [2, 201],
    ]);
  });

  test("loses what is under way when it goes down, and everything until it is up", () => {
    const link = new SimulatedLink({ delayMs: 10, rateBitsPerSecond: 1e6 });
    link.send(0, 2, 1000);
    link.machine.setUp(false);
    link.send(1, 1, 1000);
    expect(link.machine.next()).toBe(Infinity);
    link.machine.setUp(true);
    link.send(2, 1, 1000);
    expect(link.run()).toEqual([[3, 20]]);
    expect(link.machine.counters).toMatchObject({ sent: 4, lost: 3, delivered: 1 });
  });
});

describe("wayForth", () => {
  test.each([
    [{ delayMs: -1 }, "delayMs"],
    [{ delayMs: Number.NaN }, "delayMs"],
    [{ delayMs: 5, jitterMs: 6 }, "jitterMs"],
    [{ lossPercent: 101 }, "lossPercent"],
    [{ duplicatePercent: -1 }, "duplicatePercent"],
    [{ reorderPercent: 5 }, "delayMs"],
    [{ rateBitsPerSecond: 1 }, "rateBitsPerSecond"],
    [{ rateBitsPerSecond: 1e6, queueBytes: 0 }, "queueBytes"],
    [{ mtu: 67 }, "mtu"],
    [{ mtu: 70_000 }, "mtu"],
  ] satisfies [LinkOptions, string][])("refuses %j", (options, word) => {
    expect(() => wayForth(options)).toThrow(RangeError);
    expect(() => wayForth(options)).toThrow(word);
  });

  test("queues 100 ms of the rate, and 16 frames at least", () => {
    expect(wayForth({ rateBitsPerSecond: 8e6 }).queueBytes).toBe(100_000);
    expect(wayForth({ rateBitsPerSecond: 8e3 }).queueBytes).toBe(16 * 1514);
  });
});
