import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { type Conn, dial, dialDescriptor, listen, type Listener } from "../../src/net/index.ts";
import { type RelayResult, RelayServer, RingRelay, type RingRelayOptions } from "../../src/stream/index.ts";
import { ringLoop } from "../../src/sys/index.ts";
import { until } from "../e2e/processes.ts";
import { failureOf } from "./failure-of.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe.skipIf(ringLoop() === undefined)("RingRelay", () => {
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  async function target(): Promise<Listener> {
    const made = await listen("tcp", "127.0.0.1:0");
    open.push(made);
    return made;
  }

  async function relayTo(
    to: Listener,
    options: Partial<RingRelayOptions> = {},
  ): Promise<{ readonly relay: RingRelay; readonly address: string }> {
    const front = await listen("tcp", "127.0.0.1:0");
    const relay = new RingRelay(front, {
      dial: async (signal) => dialDescriptor("tcp", String(to.local), { signal }),
      ...options,
    });
    open.push({ [Symbol.asyncDispose]: async () => relay.close() });
    return { relay, address: String(front.local) };
  }

  async function joined(to: Listener, address: string): Promise<readonly [Conn, Conn]> {
    const accepted = to.accept();
    const client = await dial("tcp", address);
    return [client, (await accepted)!];
  }

  test("a reader that takes nothing holds the writer back, in bounded memory, and gets everything in the end", async () => {
    const to = await target();
    const { relay, address } = await relayTo(to);
    const [client, upstream] = await joined(to, address);
    const chunk = new Uint8Array(1 << 20).fill(7);
    let written = 0;
    const writing = (async () => {
      for (; written < 64; written++) await client.write(chunk);
      await client.closeWrite();
    })();
    await until(() => relay.stats.bytesUp > 0, "the relay has begun");
    await settled(() => relay.stats.bytesUp);
    expect(written).toBeLessThan(64);
    let got = 0;
    for await (const part of upstream) got += part.length;
    await writing;
    expect(got).toBe(64 << 20);
    expect(relay.stats).toMatchObject({ bytesUp: 64 << 20, bytesDown: 0, open: 1 });
  });

  test("what a client sends before its target is reached waits, its end as well", async () => {
    const to = await target();
    const reachable = Promise.withResolvers<void>();
    const { relay, address } = await relayTo(to, {
      dial: async () => reachable.promise.then(async () => dialDescriptor("tcp", String(to.local))),
    });
    const client = await dial("tcp", address);
    await client.write(bytesOf("early"));
    await client.closeWrite();
    await until(() => relay.stats.bytesUp === 5, "it has come");
    const accepted = to.accept();
    reachable.resolve();
    const upstream = (await accepted)!;
    expect(Buffer.concat(await Array.fromAsync(upstream)).toString()).toBe("early");
    await upstream.close();
    expect(await client.read()).toBe(null);
  });

  test("a connection in which nothing moves is cut when its time is over, one with traffic is not", async () => {
    const clock = new SimulatedClock();
    const to = await target();
    const ends: RelayResult[] = [];
    const options = {
      idleTimeoutMs: 10_000,
      wheel: new TimerWheel(clock),
      onEnd: (end: RelayResult) => ends.push(end),
    };
    const { relay, address } = await relayTo(to, options);
    const [client, upstream] = await joined(to, address);
    for (let i = 0; i < 3; i++) {
      await client.write(bytesOf("x"));
      await upstream.read();
      clock.advance(9000);
    }
    expect(relay.stats.open).toBe(1);
    clock.advance(1200);
    expect(await failureOf(client.read())).toMatchObject({ code: "ECONNRESET" });
    expect(await failureOf(upstream.read())).toMatchObject({ code: "ECONNRESET" });
    await until(() => relay.stats.open === 0, "it has gone");
    expect(ends).toEqual([{ aToB: 3, bToA: 0, end: "idle", failure: undefined }]);
    expect(relay.stats).toMatchObject({ idle: 1, failed: 0 });
  });

  test("a slow reader is not idle, one that takes nothing is", async () => {
    const clock = new SimulatedClock();
    const to = await target();
    const { relay, address } = await relayTo(to, { idleTimeoutMs: 10_000, wheel: new TimerWheel(clock) });
    const [client, upstream] = await joined(to, address);
    const writing = client.write(new Uint8Array(64 << 20)).catch(() => undefined);
    await until(() => relay.stats.bytesUp > 0, "the relay has begun");
    await settled(() => relay.stats.bytesUp);
    for (let i = 0; i < 3; i++) {
      const before = relay.stats.bytesUp;
      const read = upstream.traffic.bytesRead;
      while (relay.stats.bytesUp === before || upstream.traffic.bytesRead - read < 1 << 20) await upstream.read();
      await settled(() => relay.stats.bytesUp);
      clock.advance(9900);
    }
    expect(relay.stats.open).toBe(1);
    for (let i = 0; i < 3; i++) clock.advance(10_100);
    await until(() => relay.stats.open === 0, "it was cut");
    expect(relay.stats).toMatchObject({ idle: 1, failed: 0 });
    await writing;
    upstream.abort();
  });

  test("a reset is passed on in both directions, also while much is on its way, and says whose it was", async () => {
    const to = await target();
    const ends: RelayResult[] = [];
    const { relay, address } = await relayTo(to, { onEnd: (end) => ends.push(end) });
    const [client, upstream] = await joined(to, address);
    const sending = client.write(new Uint8Array(32 << 20)).catch(() => undefined);
    await upstream.read();
    upstream.abort();
    expect((await client.done)?.code).toMatch(/ECONNRESET|EPIPE/);
    await sending;
    const [other, otherUpstream] = await joined(to, address);
    other.abort();
    expect(await failureOf(otherUpstream.read())).toMatchObject({ code: "ECONNRESET" });
    await until(() => relay.stats.open === 0, "both have gone");
    expect(ends.map(({ end, failure }) => [end, failure?.side])).toEqual([
      ["failed", "b"],
      ["failed", "a"],
    ]);
    expect(relay.stats).toMatchObject({ failed: 2 });
  });

  test("a client that leaves before its target is reached ends the dial and is no failure", async () => {
    const to = await target();
    const given = Promise.withResolvers<void>();
    const dial_ = async (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("given up"));
          given.resolve();
        });
      });
    const { relay, address } = await relayTo(to, { dial: dial_ });
    const client = await dial("tcp", address);
    client.abort();
    await given.promise;
    await until(() => relay.stats.open === 0, "it was forgotten");
    expect(relay.stats).toMatchObject({ accepted: 1, failed: 0, unreached: 0 });
  });

  test("many connections of every fate end as they do with RelayServer, and leave nothing open", async () => {
    const before = openDescriptors();
    const fates: string[][] = [];
    for (const kind of ["runtime", "ring"] as const) {
      const to = await listen("tcp", "127.0.0.1:0");
      const front = await listen("tcp", "127.0.0.1:0");
      const address = String(to.local);
      const server =
        kind === "ring"
          ? new RingRelay(front, { dial: async (signal) => dialDescriptor("tcp", address, { signal }) })
          : new RelayServer(front, { dial: async (signal) => dial("tcp", address, { signal }) });
      const random = numbers(5);
      const told: string[] = [];
      for (let round = 0; round < 25; round++) {
        const plans = Array.from({ length: 8 }, () => ({
          fate: random(4),
          up: random(300_000),
          down: random(300_000),
        }));
        const pairs: (readonly [Conn, Conn])[] = [];
        for (const _plan of plans) pairs.push(await joined(to, String(front.local)));
        told.push(...(await Promise.all(plans.map(async (plan, i) => live(pairs[i]!, plan)))));
      }
      await until(() => server.stats.open === 0, "all have gone");
      await server.close();
      await to.close();
      fates.push(told);
    }
    expect(fates[1]).toEqual(fates[0]);
    await until(() => openDescriptors() <= before + 4, "all descriptors are closed");
  }, 60_000);
});

/** Waits until a count stays as it is for a while of turns of the loop. */
async function settled(count: () => number): Promise<void> {
  let last = -1;
  let same = 0;
  await until(() => {
    same = count() === last ? same + 1 : 0;
    last = count();
    return same > 5;
  }, "nothing moves any more");
}

interface Plan {
  readonly fate: number;
  readonly up: number;
  readonly down: number;
}

/** Lives through one connection and tells what each end saw of the other. */
async function live([client, upstream]: readonly [Conn, Conn], { down, fate, up }: Plan): Promise<string> {
  switch (fate) {
    // Both directions at once, to their ends.
    case 0: {
      const [there, back] = await Promise.all([drain(upstream), drain(client), send(client, up), send(upstream, down)]);
      return `${there} ${back} of ${up} ${down}`;
    }
    // A question to its end, then the answer.
    case 1: {
      const [there] = await Promise.all([drain(upstream), send(client, up)]);
      const [back] = await Promise.all([drain(client), send(upstream, down)]);
      return `${there} ${back} of ${up} ${down}`;
    }
    // The client resets it half-way.
    case 2: {
      await client.write(new Uint8Array(1 + (up & 1023)));
      await upstream.read();
      client.abort();
      return `reset up: ${await drain(upstream)}`;
    }
    // The target resets it when the client has ended.
    default: {
      await client.closeWrite();
      await drain(upstream);
      upstream.abort();
      return `reset down: ${await drain(client)}`;
    }
  }
}

async function send(conn: Conn, count: number): Promise<void> {
  await conn.write(new Uint8Array(count).fill(count & 255));
  await conn.closeWrite();
}

/** Reads to the end, and tells how much of the right bytes came, or why it ended. */
async function drain(conn: Conn): Promise<string> {
  let sum = 0;
  let wrong = 0;
  let first: number | undefined;
  try {
    for await (const chunk of conn) {
      first ??= chunk[0];
      for (const byte of chunk) if (byte !== first) wrong++;
      sum += chunk.length;
    }
    return wrong === 0 ? String(sum) : `${wrong} wrong`;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
