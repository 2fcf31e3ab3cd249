import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "../../../clock/index.ts";
import { statusMatches, strikes } from "./passive-health.ts";
import { Upstream } from "./upstream.ts";
import { UpstreamState } from "./upstream-state.ts";

const TEMPLATE = { source: "a:1", constant: "a:1", evaluate: () => "a:1", evaluateKnown: () => "a:1" };

describe("Upstream", () => {
  test("is available below its limit of requests", () => {
    const state = new UpstreamState();
    const upstream = new Upstream(TEMPLATE, state, new SimulatedClock(), 2, 0);
    state.requests = 1;
    expect(upstream.available).toBe(true);
    state.requests = 2;
    expect(upstream.available).toBe(false);
  });

  test("is down while as many failures as allowed are remembered", () => {
    const clock = new SimulatedClock();
    const state = new UpstreamState();
    const upstream = new Upstream(TEMPLATE, state, clock, 0, 2);
    state.fail(clock.now() + 10_000);
    clock.advance(4000);
    state.fail(clock.now() + 10_000);
    expect([upstream.available, upstream.fails]).toEqual([false, 2]);
    clock.advance(6000);
    expect([upstream.available, upstream.fails]).toEqual([true, 1]);
    clock.advance(4000);
    expect([upstream.available, upstream.fails, state.clean]).toEqual([true, 0, true]);
  });

  test("ignores failures where no health is asked for", () => {
    const state = new UpstreamState();
    state.fail(1e9);
    expect(new Upstream(TEMPLATE, state, new SimulatedClock(), 0, 0).available).toBe(true);
  });
});

test("UpstreamState forgets failures in the order of their expiry, however they came", () => {
  const state = new UpstreamState();
  for (const expiry of [30, 10, 20]) state.fail(expiry);
  expect([9, 10, 19, 20, 29, 30].map((now) => state.failsAt(now))).toEqual([3, 2, 2, 1, 1, 0]);
});

test("strikes counts bad statuses, their classes and slow heads", () => {
  const options = { failDurationMs: 1, unhealthyStatus: [5, 404], unhealthyLatencyMs: 100 };
  expect(strikes(options, 200, 99)).toBe(0);
  expect(strikes(options, 404, 100)).toBe(2);
  expect(strikes(options, 503, 0)).toBe(1);
  expect(statusMatches(500, 50)).toBe(false);
});
