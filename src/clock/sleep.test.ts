import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "./simulated-clock.ts";
import { sleep } from "./sleep.ts";

describe("sleep", () => {
  test.each([1000, 0, -5])("%d ms", async (ms) => {
    const clock = new SimulatedClock();
    const sleeping = sleep(ms, clock);
    let woken = false;
    void sleeping.then(() => (woken = true));
    const due = Math.max(0, ms);
    if (due > 0) await clock.advanceAsync(due - 1);
    await Promise.resolve();
    expect(woken).toBe(false);
    await clock.advanceAsync(Math.min(due, 1));
    await sleeping;
    expect(clock.now()).toBe(due);
  });

  test("ends when the signal aborts, and leaves no timer", async () => {
    const clock = new SimulatedClock();
    const stop = new AbortController();
    const sleeping = sleep(1000, clock, stop.signal);
    stop.abort();
    await sleeping;
    expect([clock.now(), clock.pendingTimers]).toEqual([0, 0]);
    await sleep(1000, clock, stop.signal);
    expect(clock.pendingTimers).toBe(0);
  });

  test("leaves no listener on the signal", async () => {
    const clock = new SimulatedClock();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>): void => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
      listeners--;
      remove(...args);
    };
    const sleeping = sleep(10, clock, signal);
    expect(listeners).toBe(1);
    await clock.advanceAsync(10);
    await sleeping;
    expect(listeners).toBe(0);
  });
});
