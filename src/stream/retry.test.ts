import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { seededRandom, SimulatedClock } from "../clock/index.ts";
import { NetError, type NetErrorCode } from "../net/index.ts";
import { backoffMs } from "./backoff.ts";
import { retry, type RetryOptions } from "./retry.ts";

const failure = (code: NetErrorCode): NetError => new NetError({ op: "write", network: "tcp", code });

/** Runs it in simulated time; says when it was tried and how it ended. */
async function run(
  codes: readonly NetErrorCode[],
  options: RetryOptions = {},
): Promise<{ times: number[]; end: string; took: number }> {
  const clock = new SimulatedClock();
  const times: number[] = [];
  const attempt = (tried: number): string => {
    times.push(clock.now());
    const code = codes[tried - 1];
    if (code !== undefined) throw failure(code);
    return `done in try ${tried}`;
  };
  let took = 0;
  const running = retry(attempt, { clock, random: seededRandom(1), ...options })
    .catch((error: NetError) => error.code)
    .finally(() => (took = clock.now()));
  await clock.advanceAsync(10_000_000);
  expect(clock.pendingTimers).toBe(0);
  return { times, end: await running, took };
}

const always = (code: NetErrorCode): NetErrorCode[] => Array.from({ length: 1000 }, () => code);

describe("retry", () => {
  test("7 tries, 10 s apart, then the last error", async () => {
    const { times, end } = await run(always("ECONNREFUSED"));
    expect(times).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(end).toBe("ECONNREFUSED");
  });

  test("the first success ends it", async () => {
    expect(await run(["ETIMEDOUT", "ECONNRESET"])).toEqual({
      times: [0, 10_000, 20_000],
      end: "done in try 3",
      took: 20_000,
    });
    expect((await run([])).times).toEqual([0]);
  });

  test("an error that is not temporary is thrown at once", async () => {
    for (const code of ["EPIPE", "EACCES", "EINVAL", "ENOTFOUND", "ECANCELED"] as const)
      expect(await run(["EBUSY", code, "EBUSY"])).toEqual({ times: [0, 10_000], end: code, took: 10_000 });
    let count = 0;
    const programming = retry(() => {
      count++;
      throw new TypeError("a fault");
    });
    expect(await failureOf(programming)).toBeInstanceOf(TypeError);
    expect(count).toBe(1);
    expect((await run(always("EPIPE"), { isTemporary: () => true, tries: 3 })).times.length).toBe(3);
  });

  test("waits grow by a factor up to a limit", async () => {
    const { times } = await run(always("EMFILE"), { tries: 6, delayMs: 100, factor: 3, maxDelayMs: 2000 });
    expect(times.map((time, i) => time - (times[i - 1] ?? 0))).toEqual([0, 100, 300, 900, 2000, 2000]);
  });

  test("jitter shortens a wait by chance, never below its share", () => {
    const random = seededRandom(3);
    const waits = Array.from({ length: 1000 }, () => backoffMs(1, { delayMs: 1000, jitter: 0.5 }, random));
    expect(Math.min(...waits)).toBeGreaterThan(500);
    expect(Math.min(...waits)).toBeLessThan(510);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    expect(Math.max(...waits)).toBeGreaterThan(990);
  });

  test("a signal ends a wait, and begins no try", async () => {
    const clock = new SimulatedClock();
    const cancel = new AbortController();
    let count = 0;
    const attempt = (): never => {
      count++;
      throw failure("ECONNREFUSED");
    };
    const running = failureOf(retry(attempt, { clock, signal: cancel.signal }));
    await clock.advanceAsync(15_000);
    cancel.abort(new Error("enough"));
    expect(await running).toMatchObject({ code: "ECANCELED", cause: new Error("enough") });
    expect([count, clock.pendingTimers]).toEqual([2, 0]);
    expect(await failureOf(retry(attempt, { signal: cancel.signal }))).toMatchObject({ code: "ECANCELED" });
    expect(count).toBe(2);
  });

  test("tells of each failure that is followed by a try; no tries are refused", async () => {
    const told: unknown[] = [];
    const onRetry = (error: unknown, tried: number, delayMs: number): void =>
      void told.push([String(error), tried, delayMs]);
    await run(always("ECONNREFUSED"), { tries: 3, delayMs: 5, onRetry });
    const text = "NetError: write tcp: connection refused (ECONNREFUSED)";
    expect(told).toEqual([
      [text, 1, 5],
      [text, 2, 5],
    ]);
    expect(await failureOf(retry(() => undefined, { tries: 0 }))).toBeInstanceOf(RangeError);
  });
});
