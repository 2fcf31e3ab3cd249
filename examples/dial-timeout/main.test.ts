import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "netwright/clock";
import { listen, NetError, type Control } from "netwright/net";
import { outcomeOf } from "./main.ts";

/** A hook that takes its time, on a clock that stands still otherwise. */
function slowHook(clock: SimulatedClock, ms: number): Control {
  return async () => new Promise((resolve) => void clock.setTimer(resolve, ms));
}

describe("outcomeOf", () => {
  test("a hook's fake of a name server that timed out is a time-out, and nobody's limit", async () => {
    const fake = Object.assign(new Error("lookup 10.0.0.1: connection timed out"), { code: "ETIMEOUT" });
    let seen: unknown[] = [];
    const control: Control = (fd, network, address) => {
      seen = [fd > 2, network, address];
      throw fake;
    };
    const outcome = await outcomeOf("10.0.0.1:http", { control, timeoutMs: 5000 });
    expect(outcome).toBe("timed out elsewhere: dial tcp 10.0.0.1:80: timed out (ETIMEDOUT)");
    expect(seen).toEqual([true, "tcp4", "10.0.0.1:80"]);
  });

  test("a hook that sleeps 5 s and 1 ms runs into a deadline of 5 s, on a tick of the clock or between two", async () => {
    for (const start of [0, 30]) {
      const clock = new SimulatedClock();
      clock.advance(start);
      const wheel = new TimerWheel(clock);
      const options = { wheel, deadline: start + 5000, control: slowHook(clock, 5001) };
      const outcome = outcomeOf("10.0.0.1:http", options);
      await clock.advanceAsync(5001);
      expect(await outcome).toBe("deadline exceeded");
      expect(clock.pendingTimers).toBe(0);
    }
  });

  test("the same as a time-out", async () => {
    const clock = new SimulatedClock();
    const options = { wheel: new TimerWheel(clock), timeoutMs: 5000, control: slowHook(clock, 5001) };
    const outcome = outcomeOf("10.0.0.1:http", options);
    await clock.advanceAsync(5001);
    expect(await outcome).toBe("timed out");
  });

  test("the earlier of a time-out and a deadline is the one that is told", async () => {
    for (const [timeoutMs, deadline, expected] of [
      [4000, 5000, "timed out"],
      [5000, 4000, "deadline exceeded"],
    ] as const) {
      const clock = new SimulatedClock();
      const wheel = new TimerWheel(clock);
      const outcome = outcomeOf("10.0.0.1:http", { wheel, timeoutMs, deadline, control: slowHook(clock, 6000) });
      await clock.advanceAsync(6000);
      expect(await outcome).toBe(expected);
    }
  });

  test("a hook that is done in time lets the dial go on", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const address = String(listener.local);
    const control: Control = async () => Promise.resolve();
    expect(await outcomeOf(address, { control, timeoutMs: 5000 })).toBe(`connected to ${address}`);
  });

  test("a name server's failure other than a time-out is none", async () => {
    const outcome = await outcomeOf("10.0.0.1:http", {
      control: () => {
        throw new NetError({ op: "resolve", network: "ip", code: "ENOTFOUND" });
      },
    });
    expect(outcome).toBe("dial tcp 10.0.0.1:80: no such host (ENOTFOUND)");
  });
});
