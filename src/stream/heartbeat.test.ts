import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { type Conn, NetError, pipe } from "../net/index.ts";
import { ConnHeartbeat } from "./conn-heartbeat.ts";
import { Heartbeat } from "./heartbeat.ts";

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("Heartbeat", () => {
  test("pings each 30 s unless told otherwise", async () => {
    const clock = new SimulatedClock();
    const times: number[] = [];
    const heartbeat = new Heartbeat((ping) => void times.push(clock.now(), ping.length), { clock });
    await clock.advanceAsync(95_000);
    expect(times).toEqual([30_000, 4, 60_000, 4, 90_000, 4]);
    heartbeat.stop();
    expect(await heartbeat.done).toBe(undefined);
    expect(clock.pendingTimers).toBe(0);
  });

  test("changes its interval while it runs; 0 and less reset the timer and keep it: 0, 200, 300, 0, -1 from 1 s wait 1 s, 200, 300, 300, 300", async () => {
    const clock = new SimulatedClock();
    let pinged = Promise.withResolvers<void>();
    const heartbeat = new Heartbeat(() => pinged.resolve(), { clock, intervalMs: 1000 });
    const waits: number[] = [];
    for (const change of [0, 200, 300, 0, -1]) {
      // A reset comes in the middle of an interval, which then begins anew.
      await clock.advanceAsync(150);
      heartbeat.reset(change);
      pinged = Promise.withResolvers();
      const from = clock.now();
      void pinged.promise.then(() => waits.push(clock.now() - from));
      await clock.advanceAsync(heartbeat.intervalMs);
    }
    expect(waits).toEqual([1000, 200, 300, 300, 300]);
    heartbeat.stop();
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", async () => Promise.reject(new Error("broken"))],
  ])("a write that %s stops it", async (_how, write) => {
    const clock = new SimulatedClock();
    let count = 0;
    const heartbeat = new Heartbeat(
      () => {
        count++;
        return write();
      },
      { clock, intervalMs: 10 },
    );
    await clock.advanceAsync(100);
    expect(count).toBe(1);
    expect(heartbeat.stopped).toBe(true);
    expect(String(await heartbeat.done)).toBe("Error: broken");
    heartbeat.reset(5);
    expect(clock.pendingTimers).toBe(0);
  });

  test("a slow write is not overtaken by the next ping", async () => {
    const clock = new SimulatedClock();
    const writes: PromiseWithResolvers<void>[] = [];
    const heartbeat = new Heartbeat(
      async () => {
        writes.push(Promise.withResolvers());
        return writes.at(-1)!.promise;
      },
      { clock, intervalMs: 10 },
    );
    await clock.advanceAsync(55);
    expect(writes.length).toBe(1);
    writes[0]!.resolve();
    await clock.advanceAsync(10);
    expect(writes.length).toBe(2);
    heartbeat.stop();
  });

  test("a signal stops it, also one that was aborted before", async () => {
    const clock = new SimulatedClock();
    const cancel = new AbortController();
    const heartbeat = new Heartbeat(() => expect.unreachable(), { clock, signal: cancel.signal });
    cancel.abort();
    expect(await heartbeat.done).toBe(undefined);
    expect(new Heartbeat(() => undefined, { clock, signal: cancel.signal }).stopped).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("ConnHeartbeat", () => {
  function timed(): { clock: SimulatedClock; ends: [Conn, Conn] } {
    const clock = new SimulatedClock();
    return { clock, ends: pipe({ wheel: new TimerWheel(clock) }) };
  }

  /** Reads whole pings, one after the other. */
  async function readPings(conn: Conn, count: number): Promise<string[]> {
    const pings: string[] = [];
    while (pings.length < count) pings.push(textOf((await conn.read())!));
    return pings;
  }

  test("the advance test: four pings, PONG!!!, four more, and the end at exactly 9 s", async () => {
    const { clock, ends } = timed();
    const [client, server] = ends;
    const heartbeat = new ConnHeartbeat(server, { intervalMs: 1000, silenceMs: 5000 });
    const heard: string[] = [];
    const serving = (async () => {
      for (let chunk = await heartbeat.read(); chunk !== null; chunk = await heartbeat.read())
        heard.push(textOf(chunk));
    })();
    const failed = failureOf(serving);
    const talking = (async () => {
      const pings = await readPings(client, 4);
      const at = clock.now();
      await client.write(new TextEncoder().encode("PONG!!!"));
      pings.push(...(await readPings(client, 4)));
      return { pings, at, end: await client.read(), endedAt: clock.now() };
    })();
    await clock.advanceAsync(20_000);
    expect(await talking).toEqual({
      pings: Array.from({ length: 8 }, () => "ping"),
      at: 4000,
      end: null,
      endedAt: 9000,
    });
    expect(heard).toEqual(["PONG!!!"]);
    expect(await failed).toMatchObject({ code: "ETIMEDOUT", op: "read" });
    expect(await heartbeat.done).toBeInstanceOf(NetError);
    expect(clock.pendingTimers).toBe(0);
  });

  test("data on either side puts the next ping off, and only the peer's puts off the time-out", async () => {
    const { clock, ends } = timed();
    const [client, server] = ends;
    const heartbeat = new ConnHeartbeat(server, { intervalMs: 1000, silenceMs: 5000 });
    const failed = failureOf(
      (async () => {
        while ((await heartbeat.read()) !== null);
      })(),
    );
    let came = "";
    void (async () => {
      for await (const chunk of client) came += textOf(chunk);
    })();
    for (let at = 0; at < 4000; at += 800) {
      await clock.advanceAsync(800);
      if (at % 1600 === 0) await heartbeat.write(new TextEncoder().encode("w"));
      else await client.write(new TextEncoder().encode("r"));
    }
    await clock.advanceAsync(0);
    expect(came).toBe("www");
    // The peer was last heard at 3,200.
    await clock.advanceAsync(4100);
    expect(server.closed).toBe(false);
    await clock.advanceAsync(100);
    expect(server.closed).toBe(true);
    expect(await failed).toMatchObject({ code: "ETIMEDOUT" });
  });

  test("pings never come within a write, nor queue up for a peer that takes nothing", async () => {
    const { clock, ends } = timed();
    const [client, server] = ends;
    const heartbeat = new ConnHeartbeat(server, { intervalMs: 1000, silenceMs: 60_000 });
    const writing = heartbeat.write(new Uint8Array(1_000_000));
    await clock.advanceAsync(10_000);
    let length = 0;
    let pings = 0;
    const reading = (async () => {
      for await (const chunk of client) {
        length += chunk.length;
        pings += chunk.filter((byte) => byte !== 0).length;
      }
    })();
    await writing;
    for (let turn = 0; turn < 8; turn++) await clock.advanceAsync(0);
    expect([length, pings]).toEqual([1_000_000, 0]);
    await clock.advanceAsync(1000);
    expect([length, pings]).toEqual([1_000_004, 4]);
    heartbeat.stop();
    await server.close();
    await reading;
  });

  test("a silent peer that takes nothing is reset, since a close would wait for it", async () => {
    const { clock, ends } = timed();
    const [client, server] = ends;
    const heartbeat = new ConnHeartbeat(server, { silenceMs: 5000 });
    const writing = failureOf(heartbeat.write(new Uint8Array(10_000_000)));
    await clock.advanceAsync(5000);
    expect(await writing).toMatchObject({ code: "ETIMEDOUT" });
    expect((await client.done)?.code).toBe("ECONNRESET");
  });

  test("it stops with the Conn, and a caller's stop leaves the Conn open", async () => {
    const first = timed();
    const heartbeat = new ConnHeartbeat(first.ends[0], { silenceMs: 5000 });
    first.ends[1].abort();
    expect(await heartbeat.done).toBe(undefined);
    expect(first.clock.pendingTimers).toBe(0);
    const second = timed();
    const other = new ConnHeartbeat(second.ends[0], { silenceMs: 5000 });
    other.stop();
    await second.clock.advanceAsync(50_000);
    expect(second.ends[0].closed).toBe(false);
  });
});
