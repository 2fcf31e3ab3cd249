import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { type Conn, pipe } from "../net/index.ts";
import { limitRate, type RateLimits } from "./limit-rate.ts";
import { TokenBucket } from "./token-bucket.ts";

describe("TokenBucket", () => {
  test("begins full, fills at its rate up to the burst, and gives whole tokens", () => {
    const bucket = new TokenBucket(100, 50, 1000);
    expect(bucket.take(80, 1000)).toBe(50);
    expect(bucket.take(1, 1000)).toBe(0);
    expect(bucket.waitMs(1, 1000)).toBe(10);
    expect(bucket.take(10, 1025)).toBe(2);
    expect(bucket.waitMs(1, 1025)).toBe(5);
    expect(bucket.take(1000, 9_000_000)).toBe(50);
    expect(bucket.waitMs(1000, 9_000_000)).toBe(500);
    expect(bucket.take(1, 5)).toBe(0);
  });

  test("refuses a rate or a burst that lets nothing through", () => {
    for (const [rate, burst] of [
      [0, 1],
      [-1, 1],
      [1, 0.5],
      [Number.NaN, 1],
    ] as const)
      expect(() => new TokenBucket(rate, burst, 0)).toThrow(RangeError);
  });
});

describe("limitRate", () => {
  function limited(limits: RateLimits): { clock: SimulatedClock; peer: Conn; slow: Conn } {
    const clock = new SimulatedClock();
    const [peer, inner] = pipe({ wheel: new TimerWheel(clock) });
    return { clock, peer, slow: limitRate(inner, limits) };
  }

  /** Counts what a Conn brings. */
  function counted(conn: Conn): { length: number; ended: boolean } {
    const seen = { length: 0, ended: false };
    void (async () => {
      for await (const chunk of conn) seen.length += chunk.length;
      seen.ended = true;
    })();
    return seen;
  }

  test("reads no faster than it may: a burst, then the rate, and the end behind the last byte", async () => {
    const { clock, peer, slow } = limited({ readBytesPerSecond: 10_000, burstBytes: 2000 });
    const seen = counted(slow);
    void peer.write(new Uint8Array(42_000)).then(async () => peer.closeWrite());
    await clock.advanceAsync(0);
    expect(seen.length).toBe(2000);
    for (let second = 1; second <= 3; second++) {
      await clock.advanceAsync(1000);
      expect(seen.length).toBe(2000 + second * 10_000);
    }
    await clock.advanceAsync(990);
    expect([seen.length, seen.ended]).toEqual([41_900, false]);
    await clock.advanceAsync(20);
    expect([seen.length, seen.ended]).toEqual([42_000, true]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("writes no faster than it may, and a close waits for what was sent", async () => {
    const { clock, peer, slow } = limited({ writeBytesPerSecond: 10_000, burstBytes: 1000 });
    const seen = counted(peer);
    let closed = false;
    void slow
      .write(new Uint8Array(21_000))
      .then(async () => slow.close())
      .then(() => (closed = true));
    await clock.advanceAsync(1000);
    expect([seen.length, closed]).toEqual([11_000, false]);
    await clock.advanceAsync(1010);
    expect([seen.length, seen.ended, closed]).toEqual([21_000, true, true]);
  });

  test("a reader that is held up holds its peer back", async () => {
    const { clock, peer, slow } = limited({ readBytesPerSecond: 1000 });
    let written = false;
    void peer.write(new Uint8Array(10_000_000)).then(() => (written = true));
    const seen = counted(slow);
    await clock.advanceAsync(10_000);
    expect(seen.length).toBeLessThanOrEqual(11_024);
    expect([written, peer.queued > 0]).toEqual([false, true]);
    expect(slow.traffic.bytesRead).toBe(seen.length);
  });

  test("a direction without a limit is as fast as it was", async () => {
    const { clock, peer, slow } = limited({ readBytesPerSecond: 10 });
    const seen = counted(peer);
    await slow.write(new Uint8Array(5_000_000));
    await clock.advanceAsync(0);
    expect(seen.length).toBe(5_000_000);
  });

  test("a reset ends the writer that waits for tokens, and no timer is left", async () => {
    const { clock, peer, slow } = limited({ writeBytesPerSecond: 1000 });
    const writing = slow.write(new Uint8Array(1_000_000)).catch((error: unknown) => error);
    await clock.advanceAsync(100);
    peer.abort();
    expect(await writing).toMatchObject({ code: "ECONNRESET" });
    expect((await slow.done)?.code).toBe("ECONNRESET");
    expect(clock.pendingTimers).toBe(0);
  });
});
