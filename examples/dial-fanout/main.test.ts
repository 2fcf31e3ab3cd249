import { describe, expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { SimulatedClock, TimerWheel } from "netwright/clock";
import { dialFirst, listen, NetError, type Control } from "netwright/net";
import { fanOut } from "./main.ts";

const NEVER: Control = async () => new Promise(() => {});

function openSockets(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      // The listing's own.
      return false;
    }
  }).length;
}

/** Lets closed sockets go. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("fanOut", () => {
  test("one of ten dials wins, and the nine others are canceled", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const { others, winner } = await fanOut(String(listener.local), 10, {});
    expect(winner).toBeWithin(0, 10);
    expect(others).toEqual(Array.from({ length: 9 }, () => "canceled"));
  });

  test("ten dials that nobody answers end at the deadline, each with that reason", async () => {
    const clock = new SimulatedClock();
    const race = fanOut("10.0.0.1:80", 10, { wheel: new TimerWheel(clock), deadline: 10_000, control: NEVER });
    await clock.advanceAsync(9_999);
    let done = false;
    void race.then(() => (done = true));
    await Promise.resolve();
    expect(done).toBe(false);
    await clock.advanceAsync(1);
    expect(await race).toEqual({ winner: undefined, others: Array.from({ length: 10 }, () => "deadline exceeded") });
  });
});

describe("dialFirst", () => {
  test("gives the winner and leaves no other socket", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    await settle();
    const before = openSockets();
    const conn = await dialFirst(
      "tcp",
      Array.from({ length: 10 }, () => String(listener.local)),
    );
    await settle();
    // What tests before this one left may go in the meantime.
    expect(openSockets()).toBeLessThanOrEqual(before + 1);
    await conn.close();
  });

  test("a deadline, a time-out and a cancel are told apart when nobody answers", async () => {
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const cancel = new AbortController();
    const addresses = ["10.0.0.1:80", "10.0.0.2:80"];
    const failures = [{ deadline: 10_000 }, { timeoutMs: 10_000 }, { signal: cancel.signal, timeoutMs: 20_000 }].map(
      async (limits) =>
        dialFirst("tcp", addresses, { ...limits, wheel, control: NEVER }).then(
          () => "connected",
          (error: NetError) => error.message,
        ),
    );
    await clock.advanceAsync(10_000);
    cancel.abort();
    expect(await Promise.all(failures)).toEqual([
      "dial tcp 10.0.0.1:80, 10.0.0.2:80: deadline exceeded (ETIMEDOUT)",
      "dial tcp 10.0.0.1:80, 10.0.0.2:80: timed out (ETIMEDOUT)",
      "dial tcp 10.0.0.1:80, 10.0.0.2:80: canceled by the caller (ECANCELED)",
    ]);
  });

  test("when every dial fails, one failure tells of all", async () => {
    const control: Control = (_fd, _network, address) => {
      throw Object.assign(new Error("refused"), { code: address.startsWith("10") ? "ENETUNREACH" : "ECONNREFUSED" });
    };
    const dialled = dialFirst("tcp", ["10.0.0.1:80", "192.0.2.1:80"], { control });
    const error = await dialled.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(NetError);
    expect((error as NetError).message).toBe(
      "dial tcp 192.0.2.1:80: connection refused (ECONNREFUSED); so did 10.0.0.1:80 (ENETUNREACH)",
    );
  });

  test("no address is refused", async () => {
    expect(dialFirst("tcp", [])).rejects.toThrow("there is no address to dial");
  });
});
