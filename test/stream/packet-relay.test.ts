import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { dial, listen, type PacketConn } from "../../src/net/index.ts";
import { PacketRelay, type PacketRelayOptions } from "../../src/stream/index.ts";
import { until } from "../e2e/processes.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function ask(client: PacketConn, text: string): Promise<string> {
  await client.send(bytesOf(text));
  return new TextDecoder().decode((await client.recv({ timeoutMs: 5000 }))!.data);
}

describe("PacketRelay", () => {
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  function keep<Kept extends AsyncDisposable>(kept: Kept): Kept {
    open.push(kept);
    return kept;
  }

  /** A server that answers with what it got and where it heard it from, behind a relay. */
  async function started(options: Partial<PacketRelayOptions> = {}): Promise<{
    relay: PacketRelay;
    target: PacketConn;
    client: () => Promise<PacketConn>;
  }> {
    const target = keep(await listen("udp", "127.0.0.1:0"));
    const echo = async (): Promise<void> => {
      for await (const { data, from } of target)
        await target.send(bytesOf(`${new TextDecoder().decode(data)} from ${from.toString()}`), from);
    };
    void echo();
    const front = await listen("udp", "127.0.0.1:0");
    const { local } = front;
    const relay = new PacketRelay(front, { dial: async () => dial("udp", String(target.local)), ...options });
    open.push({ [Symbol.asyncDispose]: async () => relay.close() });
    return { relay, target, client: async () => keep(await dial("udp", String(local))) };
  }

  test("each client has a way of its own, which lasts", async () => {
    const { relay, client } = await started();
    const one = await client();
    const other = await client();
    const [first, second] = [await ask(one, "a"), await ask(other, "b")];
    expect(first).toMatch(/^a from 127\.0\.0\.1:\d+$/);
    expect(await ask(one, "a")).toBe(first);
    expect(await ask(other, "b")).toBe(second);
    expect(first.slice(2)).not.toBe(second.slice(2));
    expect(relay.stats).toMatchObject({ open: 2, accepted: 2, packetsUp: 4, packetsDown: 4, bytesUp: 4, dropped: 0 });
  });

  test("packets keep their bounds, empty and large ones too", async () => {
    const { client, target } = await started();
    const one = await client();
    for (const text of ["", "x".repeat(20_000), "y"]) expect(await ask(one, text)).toStartWith(`${text} from `);
    expect(target.traffic.packetsReceived).toBe(3);
  });

  test("what comes while the way is made waits, up to a bound", async () => {
    const way = Promise.withResolvers<void>();
    const { relay, target, client } = await started({
      dial: async () => {
        await way.promise;
        return dial("udp", String(target.local));
      },
    });
    const one = await client();
    for (let i = 0; i < 20; i++) await one.send(bytesOf(String(i)));
    await until(() => relay.stats.dropped === 4, "what is too much was dropped");
    way.resolve();
    for (let i = 0; i < 16; i++)
      expect(new TextDecoder().decode((await one.recv({ timeoutMs: 5000 }))!.data)).toStartWith(`${i} from `);
    expect(relay.stats.packetsUp).toBe(16);
  });

  test("a client that is silent for too long is forgotten, and its descriptor closed", async () => {
    const clock = new SimulatedClock();
    const { relay, client } = await started({ idleTimeoutMs: 10_000, wheel: new TimerWheel(clock) });
    const one = await client();
    const before = readdirSync("/proc/self/fd").length;
    const first = await ask(one, "a");
    clock.advance(9000);
    expect(await ask(one, "a")).toBe(first);
    clock.advance(9000);
    expect(relay.stats.open).toBe(1);
    clock.advance(1000);
    expect(relay.stats.open).toBe(0);
    await until(() => readdirSync("/proc/self/fd").length <= before, "its descriptor was closed");
    expect(await ask(one, "a")).toStartWith("a from ");
    expect(relay.stats).toMatchObject({ open: 1, accepted: 2 });
  });

  test("more clients than it takes are dropped, those that are there go on", async () => {
    const { relay, client } = await started({ maxClients: 1 });
    const one = await client();
    await ask(one, "a");
    const other = await client();
    await other.send(bytesOf("b"));
    await until(() => relay.stats.dropped === 1, "the other one was dropped");
    expect(await ask(one, "c")).toStartWith("c from ");
    expect(relay.stats).toMatchObject({ open: 1, accepted: 1 });
  });

  test("a target where nobody listens, and one that cannot be dialled, are counted and told; the relay lives on", async () => {
    const gone = await listen("udp", "127.0.0.1:0");
    await gone.close();
    const { relay, client } = await started({ dial: async () => dial("udp", String(gone.local)) });
    const one = await client();
    await one.send(bytesOf("a"));
    await until(() => relay.stats.packetsUp === 1, "it went");
    await until(() => relay.stats.refused > 0, "it was refused");
    const errors: unknown[] = [];
    const unreached = await started({
      dial: async () => Promise.reject(new Error("no way")),
      onDialError: (error) => errors.push(String(error)),
    });
    await (await unreached.client()).send(bytesOf("a"));
    await until(() => errors.length === 1, "it was told");
    expect(unreached.relay.stats).toMatchObject({ open: 0, accepted: 1, dropped: 1 });
  });

  test("close forgets all clients", async () => {
    const { relay, client } = await started();
    await ask(await client(), "a");
    await relay.close();
    expect(relay.stats.open).toBe(0);
  });
});
