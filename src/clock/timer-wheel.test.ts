import { describe, expect, test } from "bun:test";
import { seededRandom } from "./random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { CallbackTimer, TimerWheel } from "./timer-wheel.ts";

function harness(): {
  clock: SimulatedClock;
  wheel: TimerWheel;
  fired: string[];
  timer: (name: string) => CallbackTimer;
} {
  const clock = new SimulatedClock();
  const fired: string[] = [];
  return {
    clock,
    wheel: new TimerWheel(clock, 100),
    fired,
    timer: (name) => new CallbackTimer(() => void fired.push(`${name} ${clock.now()}`)),
  };
}

describe("TimerWheel", () => {
  test("fires never early and at most one tick late", () => {
    const { clock, wheel } = harness();
    const random = seededRandom(1);
    const late: number[] = [];
    clock.advance(37.5);
    for (let i = 0; i < 2000; i++) {
      const deadline = clock.now() + 1 + random.float() * 120_000;
      wheel.set(new CallbackTimer(() => void late.push(clock.now() - deadline)), deadline);
    }
    clock.advance(121_000);
    expect(late.length).toBe(2000);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThanOrEqual(100);
  });

  test("does not tick while it is empty", () => {
    const { clock, wheel, timer } = harness();
    expect(clock.pendingTimers).toBe(0);
    wheel.set(timer("a"), 250);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    expect(clock.pendingTimers).toBe(0);
    expect(wheel.size).toBe(0);
  });

  test("a deadline moves later and earlier", () => {
    const { clock, wheel, fired, timer } = harness();
    const a = timer("a");
    wheel.set(a, 200);
    for (let at = 300; at <= 2000; at += 100) {
      wheel.set(a, at);
      clock.advance(100);
    }
    expect(fired).toEqual([]);
    wheel.set(a, 60_000);
    wheel.set(a, 2050);
    clock.advance(10_000);
    expect(fired).toEqual(["a 2100"]);
  });

  test("a cleared timer does not fire, and can be set again", () => {
    const { clock, wheel, fired, timer } = harness();
    const a = timer("a");
    wheel.set(a, 300);
    wheel.clear(a);
    wheel.set(a, 500);
    clock.advance(400);
    expect(fired).toEqual([]);
    clock.advance(100);
    expect(fired).toEqual(["a 500"]);
    wheel.set(a, 700);
    wheel.remove(a);
    expect(wheel.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    clock.advance(1000);
    expect(fired.length).toBe(1);
  });

  test("a timer that fires may clear, remove and set others of its tick", () => {
    const { clock, wheel, fired, timer } = harness();
    const b = timer("b");
    const c = timer("c");
    const d = timer("d");
    wheel.set(
      new CallbackTimer(() => {
        wheel.clear(b);
        wheel.set(c, clock.now() + 300);
        wheel.remove(d);
      }),
      100,
    );
    for (const each of [b, c, d]) wheel.set(each, 100);
    clock.advance(1000);
    expect(fired).toEqual(["c 400"]);
    expect(wheel.size).toBe(0);
  });

  test("a timer may set itself again and again", () => {
    const { clock, wheel } = harness();
    let count = 0;
    const again: CallbackTimer = new CallbackTimer(() => {
      if (++count < 5) wheel.set(again, clock.now() + 100);
    });
    wheel.set(again, 100);
    clock.advance(10_000);
    expect(count).toBe(5);
  });

  test("a passed deadline fires at the next tick", () => {
    const { clock, wheel, fired, timer } = harness();
    clock.advance(1050);
    wheel.set(timer("a"), 5);
    clock.advance(50);
    expect(fired).toEqual(["a 1100"]);
  });

  test("catches up after a stall", () => {
    const { clock, wheel } = harness();
    const fired: number[] = [];
    // A timer of the clock that is itself late: the process was suspended.
    for (let i = 1; i <= 50; i++) wheel.set(new CallbackTimer(() => void fired.push(i)), i * 1000);
    const stalled = clock.now;
    let jump = 0;
    clock.now = () => stalled.call(clock) + jump;
    jump = 3_600_000;
    clock.advance(100);
    expect(fired.length).toBe(50);
  });
});
