import { describe, expect, test } from "bun:test";
import { Addr } from "../addr/index.ts";
import { HappyEyeballs, type HappyEyeballsTimes } from "./happy-eyeballs-machine.ts";

const V6 = ["2001:db8::1", "2001:db8::2", "2001:db8::3"].map((text) => Addr.parse(text));
const V4 = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((text) => Addr.parse(text));

function machine(times?: HappyEyeballsTimes): HappyEyeballs {
  return new HappyEyeballs([6, 4], times);
}

/** What is tried until `end`, each with its time, when nothing but time goes on. */
function run(eyes: HappyEyeballs, from: number, end: number): string[] {
  const tried: string[] = [];
  for (let now = from; now <= end;) {
    const addr = eyes.next(now);
    if (addr !== undefined) tried.push(`${now} ${addr.toString()}`);
    else {
      const wake = eyes.wakeAt;
      if (wake === undefined) break;
      expect(wake).toBeGreaterThan(now);
      now = wake;
    }
  }
  return tried;
}

describe("HappyEyeballs", () => {
  test("families take turns, an attempt each 250 ms, and none is given up", () => {
    const eyes = machine();
    eyes.answered(6, V6, 0);
    eyes.answered(4, V4, 1);
    expect(run(eyes, 1, 10_000)).toEqual([
      "1 2001:db8::1",
      "251 192.0.2.1",
      "501 2001:db8::2",
      "751 192.0.2.2",
      "1001 2001:db8::3",
      "1251 192.0.2.3",
    ]);
    eyes.resolved(2000);
    expect(eyes.exhausted).toBe(false);
    for (let i = 0; i < 6; i++) eyes.failed(3000);
    expect(eyes.exhausted).toBe(true);
  });

  test("IPv4 that comes first waits 50 ms for IPv6", () => {
    const eyes = machine();
    eyes.answered(4, V4, 10);
    expect(eyes.next(59)).toBeUndefined();
    expect(eyes.wakeAt).toBe(60);
    eyes.answered(6, V6, 40);
    expect(run(eyes, 40, 300)).toEqual(["40 2001:db8::1", "290 192.0.2.1"]);
  });

  test("IPv6 that comes later than that takes the next turn", () => {
    const eyes = machine();
    eyes.answered(4, V4, 10);
    expect(run(eyes, 10, 60)).toEqual(["60 192.0.2.1"]);
    eyes.answered(6, V6, 70);
    expect(run(eyes, 70, 600)).toEqual(["310 2001:db8::1", "560 192.0.2.2"]);
  });

  test("a family without addresses, or a resolver that has ended, holds nothing up", () => {
    const eyes = machine();
    eyes.answered(6, [], 5);
    eyes.answered(4, V4, 20);
    expect(eyes.next(20)?.toString()).toBe("192.0.2.1");
    const ended = machine();
    ended.answered(4, V4, 5);
    expect(ended.next(5)).toBeUndefined();
    ended.resolved(6);
    expect(ended.next(6)?.toString()).toBe("192.0.2.1");
  });

  test("a failure starts the next attempt at once", () => {
    const eyes = machine();
    eyes.answered(6, V6, 0);
    eyes.answered(4, V4, 0);
    expect(String(eyes.next(0))).toBe("2001:db8::1");
    expect(eyes.next(10)).toBeUndefined();
    eyes.failed(10);
    expect(String(eyes.next(10))).toBe("192.0.2.1");
    expect(eyes.next(10)).toBeUndefined();
    expect(eyes.wakeAt).toBe(260);
  });

  test("an answer that comes after every attempt has failed is tried at once", () => {
    const eyes = machine();
    eyes.answered(6, V6.slice(0, 1), 0);
    expect(eyes.next(0)).toBeDefined();
    eyes.failed(20);
    expect([eyes.exhausted, eyes.wakeAt]).toEqual([false, undefined]);
    eyes.answered(4, V4, 100);
    expect(String(eyes.next(100))).toBe("192.0.2.1");
  });

  test("firstFamily, firstFamilyCount and the delays are the caller's; attempts are never closer than 100 ms", () => {
    const eyes = machine({ firstFamily: 4, firstFamilyCount: 2, attemptDelayMs: 20, resolutionDelayMs: 0 });
    eyes.answered(6, V6, 0);
    eyes.answered(4, V4, 0);
    expect(run(eyes, 0, 10_000)).toEqual([
      "0 192.0.2.1",
      "100 192.0.2.2",
      "200 2001:db8::1",
      "300 192.0.2.3",
      "400 2001:db8::2",
      "500 2001:db8::3",
    ]);
  });

  test("an address that comes twice is tried once, a mapped one as the IPv4 address that it is", () => {
    const eyes = machine();
    eyes.answered(6, [V6[0]!, V6[0]!, Addr.parse("::ffff:192.0.2.1")], 0);
    eyes.answered(4, [V4[0]!], 0);
    expect(run(eyes, 0, 1000)).toEqual(["0 2001:db8::1", "250 ::ffff:192.0.2.1"]);
  });

  test("a name without any address is exhausted when the resolver is done", () => {
    const eyes = machine();
    eyes.answered(6, [], 0);
    expect(eyes.exhausted).toBe(false);
    eyes.answered(4, [], 1);
    expect(eyes.exhausted).toBe(true);
  });
});
