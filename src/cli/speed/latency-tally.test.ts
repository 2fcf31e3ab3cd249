import { expect, test } from "bun:test";
import { LatencyTally } from "./latency-tally.ts";

test("LatencyTally has no figures without samples", () => {
  expect(new LatencyTally().figures()).toBeUndefined();
});

test("LatencyTally tells percentiles by nearest rank", () => {
  const tally = new LatencyTally();
  for (let ms = 200; ms >= 1; ms--) tally.add(ms);
  expect(tally.figures()).toEqual({ samples: 200, minMs: 1, avgMs: 100.5, p50Ms: 100, p99Ms: 198, maxMs: 200 });
});

test("LatencyTally keeps no more than 100,000 samples", () => {
  const tally = new LatencyTally();
  for (let i = 0; i < 100_100; i++) tally.add(i);
  expect(tally.figures()).toMatchObject({ samples: 100_000, maxMs: 99_999 });
});
