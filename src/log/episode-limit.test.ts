import { expect, test } from "bun:test";
import { SimulatedClock } from "../clock/index.ts";
import { EpisodeLimit } from "./episode-limit.ts";

test("EpisodeLimit tells one episode in each interval, with its end", () => {
  const clock = new SimulatedClock();
  const limit = new EpisodeLimit(clock, 1000);
  expect([limit.ended(), limit.began(), limit.ended(), limit.ended()]).toEqual([false, true, true, false]);
  clock.advance(999);
  expect([limit.began(), limit.ended()]).toEqual([false, false]);
  clock.advance(1);
  expect([limit.began(), limit.ended()]).toEqual([true, true]);
});
