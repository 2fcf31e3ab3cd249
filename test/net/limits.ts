import { describe, expect, test } from "bun:test";
import type { WaitOptions } from "../../src/net/index.ts";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, failureOf, fillUp, Pairs, pattern, readAll, readSome, settle, textOf } from "./pairs.ts";
import { Recorder } from "./recorder.ts";

/** Deadlines, time-outs and cancellation. */
export function describeLimits(kind: ConnKind): void {
  describe("limits", () => {
    const pairs = new Pairs(kind);

    test("a read deadline ends the read that waits and leaves the Conn usable", async () => {
      const { a, b, clock } = await pairs.timed();
      a.readDeadline = 1000;
      const reading = failureOf(a.read());
      clock.advance(1200);
      const error = await reading;
      expect([error.code, error.isTimeout, error.op]).toEqual(["ETIMEDOUT", true, "read"]);
      expect(a.readDeadline).toBe(0);
      await b.write(bytesOf("late"));
      expect(textOf(await a.read())).toBe("late");
    });

    test("a deadline may be moved both ways, and lifted, while a read waits", async () => {
      const { a, b, clock } = await pairs.timed();
      a.readDeadline = 1000;
      const reading = a.read();
      clock.advance(900);
      a.readDeadline = 5000;
      clock.advance(3000);
      a.readDeadline = 0;
      clock.advance(10_000);
      await b.write(bytesOf("x"));
      expect(textOf(await reading)).toBe("x");
      a.readDeadline = clock.now() + 60_000;
      const second = failureOf(a.read());
      a.readDeadline = clock.now() + 500;
      clock.advance(700);
      expect((await second).code).toBe("ETIMEDOUT");
    });

    test("a deadline that has passed fails at once, and data that is there comes first", async () => {
      const { a, b, clock } = await pairs.timed();
      clock.advance(1000);
      a.readDeadline = 500;
      expect((await failureOf(a.read())).code).toBe("ETIMEDOUT");
      a.readDeadline = 0;
      await b.write(bytesOf("x"));
      a.unread((await a.read())!);
      a.readDeadline = 500;
      expect(textOf(await a.read())).toBe("x");
    });

    test("timeoutMs and deadline of one read bound that read alone", async () => {
      const { a, clock } = await pairs.timed();
      const first = failureOf(a.read({ timeoutMs: 1000 }));
      clock.advance(1200);
      expect((await first).code).toBe("ETIMEDOUT");
      const second = failureOf(a.read({ deadline: 3000, timeoutMs: 10_000 }));
      clock.advance(2000);
      expect((await second).code).toBe("ETIMEDOUT");
      expect((await failureOf(a.read({ deadline: 1 }))).code).toBe("ETIMEDOUT");
    });

    test("which limit ended a read is told: a time-out, a deadline, a signal's own time-out, none for a cancel", async () => {
      const { a, clock } = await pairs.timed();
      const ends = async (limits: WaitOptions, ms: number): Promise<unknown[]> => {
        const failing = failureOf(a.read(limits));
        clock.advance(ms);
        const { code, limit } = await failing;
        return [code, limit];
      };
      expect(await ends({ timeoutMs: 1000, deadline: 60_000 }, 1000)).toEqual(["ETIMEDOUT", "timeout"]);
      expect(await ends({ timeoutMs: 60_000, deadline: 2000 }, 1000)).toEqual(["ETIMEDOUT", "deadline"]);
      a.readDeadline = 3000;
      expect(await ends({ timeoutMs: 60_000 }, 1000)).toEqual(["ETIMEDOUT", "deadline"]);
      const late = AbortSignal.abort(new DOMException("late", "TimeoutError"));
      expect(await ends({ signal: late }, 0)).toEqual(["ETIMEDOUT", "signal"]);
      expect(await ends({ signal: AbortSignal.abort() }, 0)).toEqual(["ECANCELED", undefined]);
    });

    test("a cancelled read leaves the Conn usable and its writes untouched", async () => {
      const [a, b] = await pairs.make();
      const cancel = new AbortController();
      const reading = failureOf(a.read({ signal: cancel.signal }));
      cancel.abort();
      expect((await reading).code).toBe("ECANCELED");
      expect((await failureOf(a.read({ signal: cancel.signal }))).code).toBe("ECANCELED");
      await a.write(bytesOf("out"));
      await b.write(bytesOf("in"));
      expect(textOf(await a.read())).toBe("in");
      expect(textOf(await b.read())).toBe("out");
    });

    test("a cancelled write says what went out; later writes fail, and close then aborts", async () => {
      const [a, b] = await pairs.make();
      const cancel = new AbortController();
      const writing = failureOf(a.write(pattern(40_000_000), { signal: cancel.signal }));
      await settle();
      cancel.abort();
      const error = await writing;
      expect(error.code).toBe("ECANCELED");
      expect((await failureOf(a.write(bytesOf("more")))).code).toBe("EPIPE");
      expect(error.bytesWritten).toBeGreaterThan(0);
      expect(error.bytesWritten).toBeLessThan(40_000_000);
      if (kind.traits.independentCancel) {
        await b.write(bytesOf("in"));
        expect(textOf(await a.read())).toBe("in");
      }
      const sink = new Recorder();
      b.attach(sink);
      await a.close();
      expect((await a.done)?.code).toBe("ECONNABORTED");
      await sink.heard(kind.traits.hasReset ? "close" : "end");
      if (kind.traits.hasReset) expect(sink.events.filter((event) => event !== "data")).toEqual(["close ECONNRESET"]);
      expect(sink.length).toBeLessThanOrEqual(error.bytesWritten!);
    });

    test("bytesWritten of a cancelled write is exact", async () => {
      const [a, b] = await pairs.make();
      await a.write(bytesOf("before"));
      const cancel = new AbortController();
      const writing = failureOf(a.write(pattern(40_000_000), { signal: cancel.signal }));
      await settle();
      cancel.abort();
      const { bytesWritten } = await writing;
      const got = await readSome(b, 6 + bytesWritten!);
      expect(got.length).toBe(6 + bytesWritten!);
      let more = false;
      void b.read().then(
        () => (more = true),
        () => undefined,
      );
      await settle();
      expect(more).toBe(false);
    });

    test("closeWrite behind a cancelled write is no clean end either", async () => {
      const [a, b] = await pairs.make();
      const cancel = new AbortController();
      const writing = failureOf(a.write(pattern(40_000_000), { signal: cancel.signal }));
      await settle();
      cancel.abort();
      await writing;
      const sink = new Recorder();
      b.attach(sink);
      await a.closeWrite();
      expect((await a.done)?.code).toBe("ECONNABORTED");
      if (!kind.traits.hasReset) return;
      await sink.heard("close");
      expect(sink.events).not.toContain("end");
    });

    test("a write that was cancelled before it began changed nothing", async () => {
      const [a, b] = await pairs.make();
      expect((await failureOf(a.write(bytesOf("no"), { signal: AbortSignal.abort() }))).code).toBe("ECANCELED");
      await a.write(bytesOf("yes"));
      await a.close();
      expect(textOf(await readAll(b))).toBe("yes");
    });

    test("a write deadline ends the write that waits", async () => {
      const { a, clock } = await pairs.timed();
      const { pending } = await fillUp(a);
      a.writeDeadline = clock.now() + 1000;
      const failed = failureOf(pending);
      clock.advance(1200);
      expect((await failed).code).toBe("ETIMEDOUT");
    });

    test("push mode hears of deadlines, of writing only while something is queued, and lives on", async () => {
      const { a, b, clock } = await pairs.timed();
      const sink = new Recorder();
      a.attach(sink);
      a.readDeadline = 1000;
      a.writeDeadline = 1000;
      clock.advance(1200);
      expect(sink.events).toEqual(["timeout read"]);
      a.send(pattern(40_000_000));
      a.writeDeadline = clock.now() + 1000;
      clock.advance(1200);
      expect(sink.events).toEqual(["timeout read", "timeout write"]);
      expect((await readSome(b, 40_000_000)).length).toBe(40_000_000);
      await b.write(bytesOf("x"));
      await sink.heard("data");
    });

    test("no deadline is heard after the end of the Conn", async () => {
      const { a, b, clock } = await pairs.timed();
      const sink = new Recorder();
      a.attach(sink);
      a.readDeadline = 1000;
      await b.close();
      await sink.heard("end");
      await a.close();
      await sink.heard("close");
      a.readDeadline = 1500;
      clock.advance(5000);
      expect(sink.events).toEqual(["end", "close"]);
    });
  });
}
