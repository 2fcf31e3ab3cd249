import { describe, expect, spyOn, test } from "bun:test";
import { seededRandom } from "./random.ts";
import { realClock, realRandom } from "./real.ts";
import { SimulatedClock } from "./simulated-clock.ts";

describe("SimulatedClock", () => {
  test("calls timers in order, each at its own time", () => {
    const clock = new SimulatedClock(1000);
    const calls: string[] = [];
    clock.setTimer(() => calls.push(`b ${clock.now()}`), 20);
    clock.setTimer(() => {
      calls.push(`a ${clock.now()}`);
      clock.setTimer(() => calls.push(`c ${clock.now()}`), 5);
    }, 10);
    const cleared = clock.setTimer(() => calls.push("never"), 15);
    clock.clearTimer(cleared);
    clock.advance(20);
    expect(calls).toEqual(["a 10", "c 15", "b 20"]);
    expect(clock.wallNow()).toBe(1020);
    expect(clock.pendingTimers).toBe(0);
  });

  test("advanceAsync lets promises settle between timers", async () => {
    const clock = new SimulatedClock();
    const times: number[] = [];
    const wait = async (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(resolve, ms));
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await wait(10);
        times.push(clock.now());
      }
    };
    const done = loop();
    await clock.advanceAsync(100);
    await done;
    expect(times).toEqual([10, 20, 30]);
  });
});

describe("seededRandom", () => {
  test("gives the same values for the same seed, in range", () => {
    const a = seededRandom(7);
    const b = seededRandom(7);
    expect(Array.from({ length: 10 }, () => a.uint32())).toEqual(Array.from({ length: 10 }, () => b.uint32()));
    expect(seededRandom(8).uint32()).not.toBe(seededRandom(7).uint32());
    for (let i = 0; i < 1000; i++) {
      const value = a.float();
      expect(value >= 0 && value < 1).toBe(true);
    }
    expect(a.bytes(5).length).toBe(5);
  });
});

test("realClock goes forward and clears timers", async () => {
  const before = realClock.now();
  const never = realClock.setTimer(() => expect.unreachable(), 0);
  realClock.clearTimer(never);
  await new Promise<void>((resolve) => void realClock.setTimer(resolve, 1));
  expect(realClock.now()).toBeGreaterThan(before);
  expect(Math.abs(realClock.wallNow() - Date.now())).toBeLessThan(1000);
});

test("realClock keeps timers beyond what the runtime's can", () => {
  let now = 0;
  const asked: number[] = [];
  let step = (): void => undefined;
  const performanceNow = spyOn(performance, "now").mockImplementation(() => now);
  const runtime = spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, delayMs: number) => {
    asked.push(delayMs);
    step = callback;
  }) as typeof setTimeout);
  try {
    let fired = 0;
    realClock.setTimer(() => fired++, 2 ** 32);
    for (const at of [2 ** 31 - 1, 2 ** 32 - 2, 2 ** 32]) {
      expect(fired).toBe(0);
      now = at;
      step();
    }
    expect([fired, asked]).toEqual([1, [2 ** 31 - 1, 2 ** 31 - 1, 2]]);
    realClock.setTimer(() => fired++, Number.POSITIVE_INFINITY);
    step();
    expect([fired, asked.length]).toEqual([1, 5]);
  } finally {
    runtime.mockRestore();
    performanceNow.mockRestore();
  }
});

test("realClock clears a timer that never comes", async () => {
  const timers = [2 ** 31, Number.POSITIVE_INFINITY].map((delayMs) =>
    realClock.setTimer(() => expect.unreachable(), delayMs),
  );
  await new Promise<void>((resolve) => void realClock.setTimer(resolve, 2));
  for (const timer of timers) realClock.clearTimer(timer);
});

test("realRandom gives values in range, differing ones", () => {
  const values = new Set(Array.from({ length: 2000 }, () => realRandom.uint32()));
  expect(values.size).toBeGreaterThan(1990);
  expect(realRandom.bytes(16).length).toBe(16);
  const float = realRandom.float();
  expect(float >= 0 && float < 1).toBe(true);
});
