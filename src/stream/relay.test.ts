import { afterEach, describe, expect, test } from "bun:test";
import { failureOf } from "../../test/stream/failure-of.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { type Conn, pipe } from "../net/index.ts";
import { relay, type RelayOptions, type RelayResult } from "./relay.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function readAll(conn: Conn): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(conn));
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("relay", () => {
  const made: Conn[] = [];
  afterEach(() => {
    for (const conn of made.splice(0)) conn.abort();
  });

  /** A client and a server with a relay between them. */
  function joined(
    options?: RelayOptions,
    wheel?: TimerWheel,
  ): { client: Conn; server: Conn; a: Conn; b: Conn; over: Promise<RelayResult> } {
    const timed = wheel === undefined ? {} : { wheel };
    const [client, a] = pipe(timed);
    const [b, server] = pipe(timed);
    made.push(client, a, b, server);
    return { client, server, a, b, over: relay(a, b, options) };
  }

  test("passes bytes both ways, keeps a half-close, counts, and closes both ends", async () => {
    const { client, server, a, b, over } = joined();
    await client.write(bytesOf("question"));
    await client.closeWrite();
    expect((await readAll(server)).toString()).toBe("question");
    await settle();
    expect([a.closed, b.closed]).toEqual([false, false]);
    await server.write(bytesOf("an answer"));
    await server.closeWrite();
    expect((await readAll(client)).toString()).toBe("an answer");
    expect(await over).toEqual({ aToB: 8, bToA: 9, end: "ended", failure: undefined });
    expect([a.closed, b.closed]).toEqual([true, true]);
    expect([await client.done, await server.done]).toEqual([undefined, undefined]);
  });

  test("what a Conn had buffered, and its end, go first", async () => {
    const [client, a] = pipe();
    const [b, server] = pipe();
    await client.write(bytesOf("early"));
    await client.closeWrite();
    a.unread((await a.read())!);
    const over = relay(a, b);
    expect((await readAll(server)).toString()).toBe("early");
    await server.close();
    expect(await over).toMatchObject({ aToB: 5, bToA: 0, end: "ended" });
  });

  test("many bytes both ways at once come whole", async () => {
    const { client, server, over } = joined();
    const up = crypto.getRandomValues(new Uint8Array(65_536));
    const send = async (conn: Conn): Promise<void> => {
      for (let i = 0; i < 100; i++) await conn.write(up);
      await conn.closeWrite();
    };
    const [there, back] = await Promise.all([readAll(server), readAll(client), send(client), send(server)]);
    expect(there.equals(Buffer.concat(Array.from({ length: 100 }, () => up)))).toBe(true);
    expect(back.equals(there)).toBe(true);
    expect(await over).toMatchObject({ aToB: 6_553_600, bToA: 6_553_600, end: "ended" });
  });

  test("a slow reader holds the writer back, in bounded memory", async () => {
    const { client, server, a, b, over } = joined();
    const writing = client.write(new Uint8Array(50_000_000));
    await settle();
    expect(a.traffic.bytesRead).toBeLessThan(1_000_000);
    expect(b.queued).toBeLessThanOrEqual(b.highWaterMark + 128 * 1024);
    const reading = readAll(server);
    await writing;
    await client.closeWrite();
    expect((await reading).length).toBe(50_000_000);
    await server.close();
    expect((await over).aToB).toBe(50_000_000);
  });

  test("a reset on one side resets the other, and says which side failed", async () => {
    for (const side of ["a", "b"] as const) {
      const { client, server, a, b, over } = joined();
      const [broken, other] = side === "a" ? [client, server] : [server, client];
      await broken.write(bytesOf("cut"));
      expect((await other.read())?.length).toBe(3);
      broken.abort();
      expect(await failureOf(other.read())).toMatchObject({ code: "ECONNRESET" });
      const { end, failure } = await over;
      expect([end, failure?.side, failure?.error.code]).toEqual(["failed", side, "ECONNRESET"]);
      expect([a.closed, b.closed]).toEqual([true, true]);
    }
  });

  test("a reset is heard while that side is held back", async () => {
    const { client, server, over } = joined();
    client.write(new Uint8Array(50_000_000)).catch(() => undefined);
    await settle();
    client.abort();
    expect(await over).toMatchObject({ end: "failed", failure: { side: "a" } });
    expect((await server.done)?.code).toBe("ECONNRESET");
  });

  test("a side that somebody else closes ends the relay as a failure of that side", async () => {
    const { a, client, server, over } = joined();
    await a.close();
    expect(await over).toMatchObject({ end: "failed", failure: { side: "a" } });
    expect(await client.read()).toBe(null);
    expect((await server.done)?.code).toBe("ECONNRESET");
  });

  test("a signal aborts both sides, also one that was aborted before", async () => {
    const cancel = new AbortController();
    const first = joined({ signal: cancel.signal });
    await first.client.write(bytesOf("x"));
    await first.server.read();
    cancel.abort();
    expect(await first.over).toEqual({ aToB: 1, bToA: 0, end: "canceled", failure: undefined });
    expect((await first.server.done)?.code).toBe("ECONNRESET");
    const second = joined({ signal: cancel.signal });
    expect((await second.over).end).toBe("canceled");
  });

  test("idleness ends it, traffic in either direction puts that off", async () => {
    const clock = new SimulatedClock();
    const { client, server, over } = joined({ idleTimeoutMs: 10_000 }, new TimerWheel(clock));
    for (const writer of [client, server, client]) {
      await clock.advanceAsync(9000);
      await writer.write(bytesOf("x"));
      await clock.advanceAsync(0);
    }
    let isOver = false;
    void over.then(() => (isOver = true));
    await clock.advanceAsync(9900);
    expect(isOver).toBe(false);
    await clock.advanceAsync(100);
    expect(await over).toEqual({ aToB: 2, bToA: 1, end: "idle", failure: undefined });
    expect((await client.done)?.code).toBe("ECONNRESET");
    expect(clock.pendingTimers).toBe(0);
  });

  test("a reader that takes one large chunk slowly is not idle", async () => {
    const clock = new SimulatedClock();
    const wheel = new TimerWheel(clock);
    const [client, a] = pipe({ wheel });
    const [b, server] = pipe({ wheel });
    made.push(client, a, b, server);
    a.unread(new Uint8Array(600_000));
    await client.closeWrite();
    const over = relay(a, b, { idleTimeoutMs: 1000 });
    const buffer = new Uint8Array(8000);
    let got = 0;
    for (let count = await server.readInto(buffer); count !== null; count = await server.readInto(buffer)) {
      got += count;
      await clock.advanceAsync(30);
    }
    await server.close();
    expect(got).toBe(600_000);
    expect((await over).end).toBe("ended");
  });

  test("a Conn that is in use is refused, and the other is left as it was", async () => {
    const [, a] = pipe();
    const [b] = pipe();
    const reading = b.read();
    expect(await failureOf(relay(a, b))).toMatchObject({ code: "EBUSY" });
    expect(a.attached).toBe(false);
    b.abort();
    await failureOf(reading);
  });
});
