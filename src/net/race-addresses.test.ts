import { describe, expect, test } from "bun:test";
import { Addr } from "../addr/index.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import type { Conn } from "./conn.ts";
import { NetError, type NetErrorCode } from "./net-error.ts";
import { pipe } from "./pipe.ts";
import { raceAddresses } from "./race-addresses.ts";
import type { AddressAnswer, Resolver } from "./resolver.ts";
import type { StepLimits } from "./wait-limits.ts";

/** What an address does: connects or fails after some time, or never answers. */
type Behaviour = { readonly afterMs: number; readonly fails?: NetErrorCode } | "silent";

/** A network of addresses on a clock that stands still. */
class Network {
  readonly clock = new SimulatedClock();
  readonly wheel: TimerWheel = new TimerWheel(this.clock);
  /** What happened, each with its time. */
  readonly log: string[] = [];
  private readonly hosts: Readonly<Record<string, Behaviour>>;

  constructor(hosts: Readonly<Record<string, Behaviour>>) {
    this.hosts = hosts;
  }

  /** Answers of a resolver, each after its time. */
  resolver(...answers: (Omit<AddressAnswer, "addrs"> & { afterMs: number; addrs: readonly string[] })[]): Resolver {
    const { clock } = this;
    return {
      async *lookup() {
        for (const { addrs, afterMs, ...rest } of answers.toSorted((a, b) => a.afterMs - b.afterMs)) {
          await new Promise<void>((resolve) => void clock.setTimer(resolve, afterMs - clock.now()));
          yield { ...rest, addrs: addrs.map((text) => Addr.parse(text)) };
        }
      },
    };
  }

  async race(resolver: Resolver, limits: StepLimits = {}): Promise<string> {
    const { wheel } = this;
    const race = raceAddresses({
      network: "tcp",
      address: "name:80",
      host: "name",
      families: "ip",
      limits,
      wheel,
      resolver,
      times: undefined,
      connect: async (addr, within) => this.connect(addr, within),
    });
    const result = race.then(
      (conn) => `${this.clock.now()} ${this.names.get(conn)}`,
      (error: NetError) => `${this.clock.now()} ${error.message}`,
    );
    await this.clock.advanceAsync(60_000);
    return result;
  }

  private readonly names = new Map<Conn, string>();

  private async connect(addr: Addr, { signal }: StepLimits): Promise<Conn> {
    const name = addr.toString();
    const behaviour = this.hosts[name]!;
    this.say(`tries ${name}`);
    return new Promise<Conn>((resolve, reject) => {
      signal?.addEventListener("abort", () => {
        if (!settled) this.say(`gives up ${name}`);
        reject(this.error(name, "ECANCELED"));
      });
      let settled = false;
      if (behaviour === "silent") return;
      this.clock.setTimer(() => {
        settled = true;
        if (behaviour.fails === undefined) resolve(this.conn(name));
        else reject(this.error(name, behaviour.fails));
      }, behaviour.afterMs);
    });
  }

  private conn(name: string): Conn {
    const [conn] = pipe({ wheel: this.wheel });
    this.names.set(conn, name);
    void conn.done.then(() => this.say(`closed ${name}`));
    return conn;
  }

  private error(name: string, code: NetErrorCode): NetError {
    return new NetError({ op: "dial", network: "tcp", address: name, code });
  }

  private say(what: string): void {
    this.log.push(`${this.clock.now()} ${what}`);
  }
}

describe("raceAddresses", () => {
  test("a dead family costs 250 ms, and its attempt goes on until another has won", async () => {
    const net = new Network({ "2001:db8::1": "silent", "2001:db8::2": "silent", "192.0.2.1": { afterMs: 30 } });
    const resolver = net.resolver(
      { family: 6, addrs: ["2001:db8::1", "2001:db8::2"], afterMs: 10 },
      { family: 4, addrs: ["192.0.2.1"], afterMs: 15 },
    );
    expect(await net.race(resolver)).toBe("290 192.0.2.1");
    expect(net.log).toEqual(["10 tries 2001:db8::1", "260 tries 192.0.2.1", "290 gives up 2001:db8::1"]);
  });

  test("an attempt that needs longer than 250 ms is not given up: it wins", async () => {
    const net = new Network({ "2001:db8::1": { afterMs: 400 }, "192.0.2.1": { afterMs: 900 } });
    const resolver = net.resolver(
      { family: 6, addrs: ["2001:db8::1"], afterMs: 0 },
      { family: 4, addrs: ["192.0.2.1"], afterMs: 0 },
    );
    expect(await net.race(resolver)).toBe("400 2001:db8::1");
    expect(net.log).toEqual(["0 tries 2001:db8::1", "250 tries 192.0.2.1", "400 gives up 192.0.2.1"]);
  });

  test("a resolver whose IPv6 answer never comes holds IPv4 up for 50 ms only", async () => {
    const net = new Network({ "192.0.2.1": { afterMs: 5 } });
    const resolver = net.resolver(
      { family: 4, addrs: ["192.0.2.1"], afterMs: 20 },
      { family: 6, addrs: [], afterMs: 5_000_000 },
    );
    expect(await net.race(resolver)).toBe("75 192.0.2.1");
  });

  test("an answer that comes after an attempt has failed is tried at once", async () => {
    const net = new Network({ "192.0.2.1": { afterMs: 1, fails: "ENETUNREACH" }, "2001:db8::1": { afterMs: 1 } });
    const resolver = net.resolver(
      { family: 4, addrs: ["192.0.2.1"], afterMs: 0 },
      { family: 6, addrs: ["2001:db8::1"], afterMs: 700 },
    );
    expect(await net.race(resolver)).toBe("701 2001:db8::1");
  });

  test("two that connect in the same moment: one wins, the other is closed", async () => {
    const net = new Network({ "2001:db8::1": { afterMs: 300 }, "192.0.2.1": { afterMs: 50 } });
    const resolver = net.resolver(
      { family: 6, addrs: ["2001:db8::1"], afterMs: 0 },
      { family: 4, addrs: ["192.0.2.1"], afterMs: 0 },
    );
    expect(await net.race(resolver)).toBe("300 2001:db8::1");
    const both = ["0 tries 2001:db8::1", "250 tries 192.0.2.1"];
    expect(net.log.slice(0, 2)).toEqual(both);
    expect(net.log.slice(2).every((line) => line === "300 gives up 192.0.2.1" || line === "300 closed 192.0.2.1")).toBe(
      true,
    );
  });

  test("when all fail, the error is the one that tells most, and names the others", async () => {
    const net = new Network({
      "2001:db8::1": { afterMs: 1, fails: "ENETUNREACH" },
      "192.0.2.1": { afterMs: 20, fails: "ECONNREFUSED" },
      "192.0.2.2": { afterMs: 400, fails: "EHOSTUNREACH" },
    });
    const resolver = net.resolver(
      { family: 6, addrs: ["2001:db8::1"], afterMs: 0 },
      { family: 4, addrs: ["192.0.2.1", "192.0.2.2"], afterMs: 0 },
    );
    expect(await net.race(resolver)).toBe(
      "421 dial tcp 192.0.2.1: connection refused (ECONNREFUSED); so did 192.0.2.2 (EHOSTUNREACH), 2001:db8::1 (ENETUNREACH)",
    );
  });

  test("a deadline, a time-out and a cancellation are told apart while nobody answers", async () => {
    const hosts = { "2001:db8::1": "silent", "192.0.2.1": { afterMs: 5, fails: "ECONNREFUSED" } } as const;
    const cases: readonly [Omit<StepLimits, "signal">, string][] = [
      [{ deadline: 5000 }, "5000 dial tcp name:80: deadline exceeded (ETIMEDOUT)"],
      [{ deadline: 5000, limit: "timeout" }, "5000 dial tcp name:80: timed out (ETIMEDOUT)"],
      [{ deadline: 60_000 }, "10000 dial tcp name:80: canceled by the caller (ECANCELED)"],
    ];
    for (const [limits, expected] of cases) {
      const net = new Network(hosts);
      const cancel = new AbortController();
      net.clock.setTimer(() => cancel.abort(), 10_000);
      const resolver = net.resolver(
        { family: 6, addrs: ["2001:db8::1"], afterMs: 0 },
        { family: 4, addrs: ["192.0.2.1"], afterMs: 0 },
      );
      expect(await net.race(resolver, { ...limits, signal: cancel.signal })).toBe(expected);
      expect(net.log).toContain(`${expected.split(" ")[0]} gives up 2001:db8::1`);
      expect(net.clock.pendingTimers).toBe(0);
    }
  });

  test("a resolver that throws, or says why a family has no answer, is the cause", async () => {
    const net = new Network({ "192.0.2.1": { afterMs: 1 } });
    const broken = new Error("the server is down");
    const throws: Resolver = {
      lookup: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => Promise.reject(broken) }) }),
    };
    expect(await net.race(throws)).toContain('the name "name" could not be resolved');
    const half = net.resolver(
      { family: 6, addrs: [], error: broken, afterMs: 60_000 },
      { family: 4, addrs: ["192.0.2.1"], afterMs: 60_000 },
    );
    expect(await net.race(half)).toBe("60001 192.0.2.1");
    const none = net.resolver({ family: 4, addrs: [], afterMs: 0 });
    expect(await net.race(none)).toBe(
      '120000 dial tcp name:80: no such host (ENOTFOUND); the name "name" could not be resolved',
    );
  });
});
