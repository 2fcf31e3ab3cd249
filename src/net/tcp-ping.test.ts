import { describe, expect, test } from "bun:test";
import { AddrPort } from "../addr/index.ts";
import { SimulatedClock } from "../clock/index.ts";
import type { Conn } from "./conn.ts";
import type { DialOptions } from "./dial-options.ts";
import { listen } from "./listen.ts";
import { NetError } from "./net-error.ts";
import { summarizeTcpPing, tcpPing, type TcpPingOptions, type TcpPingReply } from "./tcp-ping.ts";

const ADDRESS = "192.0.2.1:443";

/** How long a try to connect takes, or how it fails. */
type Try = number | "refused" | "not found";

/** A dial that takes as long as is said for each try, or fails. */
function dialling(clock: SimulatedClock, tries: readonly Try[]): NonNullable<TcpPingOptions["dial"]> {
  let next = 0;
  return async (network, address, options: DialOptions) => {
    const each = tries[next++ % tries.length]!;
    // The look-up of the name takes its time, too.
    await new Promise<void>((resolve) => clock.setTimer(resolve, 50));
    if (each === "not found") throw new NetError({ op: "dial", network, address, code: "ENOTFOUND" });
    await options.control?.(0, network, ADDRESS);
    if (each === "refused") throw new NetError({ op: "dial", network, address, code: "ECONNREFUSED" });
    const took = Math.min(each, options.timeoutMs!);
    await new Promise<void>((resolve) => clock.setTimer(resolve, took));
    if (took < each) throw new NetError({ op: "dial", network, address, code: "ETIMEDOUT" });
    return { remote: AddrPort.parse(ADDRESS), close: async () => {} } as unknown as Conn;
  };
}

async function run(
  options: TcpPingOptions,
  tries: readonly Try[],
  stopAfter = Number.POSITIVE_INFINITY,
): Promise<{ replies: TcpPingReply[]; at: number[] }> {
  const clock = new SimulatedClock();
  const replies: TcpPingReply[] = [];
  const at: number[] = [];
  const running = (async () => {
    for await (const reply of tcpPing(ADDRESS, { ...options, clock, dial: dialling(clock, tries) })) {
      at.push(clock.now());
      if (replies.push(reply) >= stopAfter) break;
    }
    return clock.now();
  })();
  await clock.advanceAsync(60_000);
  await running;
  return { replies, at };
}

/** What a promise that must fail says. */
async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
}

describe("tcpPing", () => {
  test("three tries, a second apart; the look-up is not in the time", async () => {
    const { replies, at } = await run({}, [10, 20, 30]);
    expect(replies.map(({ sequence, connectMs }) => [sequence, connectMs])).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect(at).toEqual([60, 1070, 2080]);
    expect(replies[0]!.remote?.toString()).toBe(ADDRESS);
    expect(summarizeTcpPing(replies)).toEqual({
      sent: 3,
      connected: 3,
      lossPercent: 0,
      minMs: 10,
      avgMs: 20,
      maxMs: 30,
    });
  });

  test("five seconds are waited for each, and what failed is lost", async () => {
    const { replies, at } = await run({}, ["refused", 5001, 7]);
    expect(replies.map(({ error, connectMs }) => error?.code ?? connectMs)).toEqual(["ECONNREFUSED", "ETIMEDOUT", 7]);
    expect(at).toEqual([50, 6050, 6107]);
    expect(summarizeTcpPing(replies)).toMatchObject({ sent: 3, connected: 1, avgMs: 7 });
    expect(summarizeTcpPing(replies).lossPercent).toBeCloseTo(66.67, 2);
  });

  test("a count of 0 and below goes on until it is left", async () => {
    for (const count of [0, -1]) {
      const { replies } = await run({ count, intervalMs: 100 }, [1], 50);
      expect(replies.length).toBe(50);
    }
  });

  test("the signal ends it between tries", async () => {
    const clock = new SimulatedClock();
    const stop = new AbortController();
    const replies: TcpPingReply[] = [];
    const options = { count: 0, signal: stop.signal, clock, dial: dialling(clock, [10]) };
    const running = (async () => {
      for await (const reply of tcpPing(ADDRESS, options)) replies.push(reply);
    })();
    await clock.advanceAsync(1500);
    stop.abort();
    await running;
    expect(replies.length).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test("an address that cannot be read ends it", async () => {
    expect(await messageOf(tcpPing("no port").next())).toContain("the port is missing: write host:port");
    expect(await messageOf(tcpPing("127.0.0.1:0").next())).toContain('the port "0" is no number from 1 to 65535');
    expect(await messageOf(tcpPing("127.0.0.1:nothing").next())).toContain("no tcp service has that name");
  });

  test("a look-up that fails is a try that failed, and the next one may go better", async () => {
    const { replies } = await run({ count: 4 }, [10, "not found", "not found", 20]);
    expect(replies.map(({ error, connectMs }) => error?.code ?? connectMs)).toEqual([10, "ENOTFOUND", "ENOTFOUND", 20]);
    const [real] = await Array.fromAsync(tcpPing("nowhere.invalid:80", { count: 1 }));
    expect(real?.error?.message).toContain("no such host (ENOTFOUND)");
  });

  test("a real port", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const address = listener.local.toString();
    listener.serve((conn) => void conn.close());
    for await (const { remote, connectMs } of tcpPing(address, { count: 2, intervalMs: 0 })) {
      expect(remote?.toString()).toBe(address);
      expect(connectMs).toBeGreaterThanOrEqual(0);
    }
    await listener.close();
    const after: (string | undefined)[] = [];
    for await (const { error } of tcpPing(address, { count: 1 })) after.push(error?.code);
    expect(after).toEqual(["ECONNREFUSED"]);
  });

  test("an IPv4 address in IPv6 form has its time, too", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => void conn.close());
    const address = `[::ffff:127.0.0.1]:${(listener.local as AddrPort).port}`;
    for await (const { connectMs } of tcpPing(address, { count: 1 })) expect(connectMs).toBeGreaterThanOrEqual(0);
  });

  test("nothing sent is nothing lost", () => {
    expect(summarizeTcpPing([])).toMatchObject({ sent: 0, connected: 0, lossPercent: 0, minMs: undefined });
  });
});
