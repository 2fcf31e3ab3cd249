import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/net/pairs.ts";
import { Addr } from "../addr/index.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { lookupAddrs } from "./lookup-addrs.ts";
import { type AddressAnswer, type Resolver, systemResolver } from "./resolver.ts";

function resolverOf(...answers: readonly AddressAnswer[]): Resolver {
  return {
    async *lookup() {
      yield* answers;
    },
  };
}

const V4: AddressAnswer = { family: 4, addrs: [Addr.parse("192.0.2.1"), Addr.parse("192.0.2.2")] };
const V6: AddressAnswer = { family: 6, addrs: [Addr.parse("2001:db8::1")] };
const SILENT: Resolver = {
  lookup: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => new Promise(() => {}) }) }),
};

describe("lookupAddrs", () => {
  test("gives IPv6 first, in whatever order the answers came", async () => {
    const addrs = await lookupAddrs("name", "ip", { resolver: resolverOf(V4, V6) });
    expect(addrs.map(String)).toEqual(["2001:db8::1", "192.0.2.1", "192.0.2.2"]);
  });

  test("one family's failure does not matter while the other has an answer", async () => {
    const broken: AddressAnswer = { family: 6, addrs: [], error: new Error("no answer") };
    expect((await lookupAddrs("name", "ip", { resolver: resolverOf(broken, V4) })).length).toBe(2);
    const failure = await failureOf(lookupAddrs("name", "ip6", { resolver: resolverOf(broken) }));
    expect([failure.op, failure.address, failure.cause]).toEqual(["resolve", "name", broken.error]);
  });

  test("a name without addresses is ENOTFOUND", async () => {
    expect((await failureOf(lookupAddrs("name", "ip", { resolver: resolverOf() }))).code).toBe("ENOTFOUND");
    expect((await failureOf(lookupAddrs("name.invalid", "ip"))).code).toBe("ENOTFOUND");
  });

  test("a resolver that cannot stop is let go by time-out, deadline and signal, each told apart", async () => {
    const clock = new SimulatedClock();
    const common = { resolver: SILENT, wheel: new TimerWheel(clock) };
    const cancel = new AbortController();
    const failures = Promise.all([
      failureOf(lookupAddrs("a", "ip", { ...common, timeoutMs: 1000 })),
      failureOf(lookupAddrs("a", "ip", { ...common, deadline: 1000 })),
      failureOf(lookupAddrs("a", "ip", { ...common, signal: cancel.signal })),
    ]);
    clock.advance(1000);
    cancel.abort();
    expect((await failures).map(({ code, limit }) => [code, limit])).toEqual([
      ["ETIMEDOUT", "timeout"],
      ["ETIMEDOUT", "deadline"],
      ["ECANCELED", undefined],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("a signal with a time-out of its own is a time-out", async () => {
    const signal = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    const failure = await failureOf(lookupAddrs("a", "ip", { resolver: SILENT, signal }));
    expect([failure.code, failure.limit, failure.cause]).toEqual(["ETIMEDOUT", "signal", signal.reason]);
  });
});

describe("systemResolver", () => {
  test("answers for each family that was asked for, and for no other", async () => {
    const answers: AddressAnswer[] = [];
    for await (const answer of systemResolver.lookup("localhost", "ip4")) answers.push(answer);
    expect(answers.map(({ addrs, family }) => [family, addrs.map(String)])).toEqual([[4, ["127.0.0.1"]]]);
    const both = await Array.fromAsync(systemResolver.lookup("localhost", "ip"));
    expect(both.map(({ family }) => family).toSorted((a, b) => a - b)).toEqual([4, 6]);
  });
});
