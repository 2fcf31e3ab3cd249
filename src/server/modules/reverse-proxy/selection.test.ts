import { describe, expect, test } from "bun:test";
import { seededRandom, SimulatedClock } from "../../../clock/index.ts";
import {
  RoundRobin,
  selectByHash,
  selectFirst,
  selectLeastBusy,
  selectOfSome,
  selectRandom,
  WeightedRoundRobin,
} from "./selection.ts";
import { Upstream } from "./upstream.ts";
import { UpstreamState } from "./upstream-state.ts";

function pool(...names: string[]): Upstream[] {
  const clock = new SimulatedClock();
  return names.map((dial) => {
    const template = { source: dial, constant: dial, evaluate: () => dial, evaluateKnown: () => dial };
    return new Upstream(template, new UpstreamState(), clock, 10, 1);
  });
}

function down(upstream: Upstream | undefined): void {
  upstream?.state.fail(1e9);
}

function counts(times: number, select: () => Upstream | undefined): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const name = select()?.dial ?? "none";
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

describe("RoundRobin", () => {
  test("takes turns and passes over what is down", () => {
    const upstreams = pool("a", "b", "c");
    const turns = new RoundRobin();
    const next = (): string | undefined => turns.select(upstreams)?.dial;
    expect([next(), next(), next(), next()]).toEqual(["a", "b", "c", "a"]);
    down(upstreams[1]);
    expect([next(), next(), next()]).toEqual(["c", "a", "c"]);
    upstreams.forEach(down);
    expect(next()).toBeUndefined();
    expect(turns.select([])).toBeUndefined();
  });
});

describe("WeightedRoundRobin", () => {
  test("gives turns by weight and a down one's to the next", () => {
    const upstreams = pool("a", "b", "c", "unweighted");
    const turns = new WeightedRoundRobin([3, 0, 1]);
    expect(counts(40, () => turns.select(upstreams))).toEqual({ a: 30, c: 10 });
    down(upstreams[0]);
    expect(counts(8, () => turns.select(upstreams))).toEqual({ c: 8 });
  });
});

test("selectFirst takes the first that is available", () => {
  const upstreams = pool("a", "b");
  expect(selectFirst(upstreams)?.dial).toBe("a");
  upstreams[0]!.state.requests = 10;
  expect(selectFirst(upstreams)?.dial).toBe("b");
});

test("selectRandom takes each as often, and none that is down", () => {
  const upstreams = pool("a", "b", "c");
  down(upstreams[2]);
  const random = seededRandom(1);
  const found = counts(1000, () => selectRandom(upstreams, random));
  expect(Object.keys(found).sort()).toEqual(["a", "b"]);
  expect(Math.abs(found["a"]! - 500)).toBeLessThan(60);
  down(upstreams[0]);
  down(upstreams[1]);
  expect(selectRandom(upstreams, random)).toBeUndefined();
});

test("selectLeastBusy takes the least busy, any of several", () => {
  const upstreams = pool("a", "b", "c");
  [2, 1, 1].forEach((requests, i) => (upstreams[i]!.state.requests = requests));
  const random = seededRandom(2);
  const found = counts(400, () => selectLeastBusy(upstreams, random));
  expect(Object.keys(found).sort()).toEqual(["b", "c"]);
  expect(Math.abs(found["b"]! - 200)).toBeLessThan(50);
});

test("selectOfSome prefers the less busy of those drawn", () => {
  const upstreams = pool("a", "b", "c", "d");
  upstreams[0]!.state.requests = 9;
  const random = seededRandom(3);
  const found = counts(400, () => selectOfSome(upstreams, 2, random));
  expect(found["a"] ?? 0).toBe(0);
  expect(Object.keys(found).sort()).toEqual(["b", "c", "d"]);
});

test("selectByHash spreads keys, keeps them, and moves only those of what went", () => {
  const upstreams = pool("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
  const keys = Array.from({ length: 900 }, (_, i) => `192.168.${i >> 8}.${i & 255}`);
  const before = keys.map((key) => selectByHash(upstreams, key)!.dial);
  for (const { dial } of upstreams) {
    const share = before.filter((chosen) => chosen === dial).length;
    expect(Math.abs(share - 300)).toBeLessThan(60);
  }
  down(upstreams[1]);
  const after = keys.map((key) => selectByHash(upstreams, key)!.dial);
  expect(after.every((dial, i) => dial === before[i] || before[i] === "10.0.0.2:80")).toBe(true);
});
