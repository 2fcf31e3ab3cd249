import { describe, expect, test } from "bun:test";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, failureOf, Pairs, pattern, readAll, readSome, settle, textOf } from "./pairs.ts";
import { Recorder } from "./recorder.ts";

/** Half-close, close, abort, and what is left to do after each. */
export function describeEnds(kind: ConnKind): void {
  describe("the end", () => {
    const pairs = new Pairs(kind);

    test("half-close: reading goes on, writing does not", async () => {
      const [a, b] = await pairs.make();
      await a.write(bytesOf("question"));
      await a.closeWrite();
      await a.closeWrite();
      expect(textOf(await readAll(b))).toBe("question");
      expect((await failureOf(a.write(bytesOf("x")))).code).toBe("EPIPE");
      expect(a.closed).toBe(false);
      await b.write(bytesOf("answer"));
      await b.close();
      expect(textOf(await readAll(a))).toBe("answer");
    });

    test("close flushes what was sent, however slow the reader", async () => {
      const [a, b] = await pairs.make();
      a.attach(new Recorder());
      const sent = pattern(20_000_000);
      a.send(sent);
      const closing = a.close();
      expect(a.closed).toBe(true);
      expect(a.send(bytesOf("late"))).toBe(false);
      await settle();
      expect(a.queued).toBeGreaterThan(0);
      expect(Buffer.compare(await readAll(b), sent)).toBe(0);
      await closing;
      await a.close();
    });

    test("closeWrite and close behind a write that waits follow it", async () => {
      for (const how of ["close", "closeWrite"] as const) {
        const [a, b] = await pairs.make();
        const sent = pattern(8_000_000);
        const writing = a.write(sent);
        await settle();
        const ending = a[how]();
        expect((await failureOf(a.write(bytesOf("late")))).code).toBe("EBUSY");
        expect(Buffer.compare(await readAll(b), sent)).toBe(0);
        await writing;
        await ending;
        expect((await failureOf(a.write(bytesOf("late")))).code).toBe("EPIPE");
      }
    });

    test("a write that is cut while close waits for it is no clean end", async () => {
      const { a, b, clock } = await pairs.timed();
      const writing = failureOf(a.write(pattern(40_000_000), { timeoutMs: 100 }));
      await settle();
      const closing = a.close();
      await clock.advanceAsync(300);
      const { code, bytesWritten } = await writing;
      expect([code, bytesWritten! > 0 && bytesWritten! < 40_000_000]).toEqual(["ETIMEDOUT", true]);
      await closing;
      if (kind.traits.hasReset) expect((await failureOf(readAll(b))).code).toBe("ECONNRESET");
    });

    test("the write deadline bounds close and closeWrite, too", async () => {
      for (const how of ["close", "closeWrite"] as const) {
        const { a, b, clock } = await pairs.timed();
        a.attach(new Recorder());
        a.send(pattern(40_000_000));
        a.detach();
        const ending = a[how]();
        a.writeDeadline = clock.now() + 100;
        await settle();
        expect(a.queued).toBeGreaterThan(0);
        await clock.advanceAsync(300);
        await ending;
        expect((await a.done)?.code).toBe("ETIMEDOUT");
        if (kind.traits.hasReset) expect((await failureOf(readAll(b))).code).toBe("ECONNRESET");
      }
    });

    test("close ends a read that waits, and everything after it fails", async () => {
      const [a] = await pairs.make();
      const reading = failureOf(a.read());
      await a.close();
      expect((await reading).code).toBe("EBADF");
      expect((await failureOf(a.read())).code).toBe("EBADF");
      expect((await failureOf(a.write(bytesOf("x")))).code).toBe("EPIPE");
      expect(await a.done).toBe(undefined);
    });

    test("abort fails what waits and reaches the peer as an error", async () => {
      const [a, b] = await pairs.make();
      const reading = failureOf(a.read());
      const peer = b.read();
      a.abort();
      a.abort();
      expect((await reading).code).toBe("ECONNABORTED");
      expect((await a.done)?.code).toBe("ECONNABORTED");
      if (kind.traits.hasReset) expect((await failureOf(peer)).code).toBe("ECONNRESET");
      else expect(await peer).toBe(null);
      expect(b.closed).toBe(kind.traits.hasReset);
      await a.close();
    });

    test("abort calls nothing inside itself; close follows once", async () => {
      const [a] = await pairs.make();
      const sink = new Recorder();
      a.attach(sink);
      a.send(pattern(10_000_000));
      a.abort();
      expect(sink.events).toEqual([]);
      expect(a.queued).toBe(0);
      await sink.heard("close");
      await settle();
      expect(sink.events).toEqual(["close ECONNABORTED"]);
    });

    test("a reset ends a write that waits", async () => {
      const [a, b] = await pairs.make();
      const writing = failureOf(a.write(pattern(40_000_000)));
      await settle();
      b.abort();
      const { code } = await writing;
      expect(["ECONNRESET", "EPIPE"]).toContain(code);
      expect(a.closed).toBe(true);
      expect(["ECONNRESET", "EPIPE"]).toContain((await failureOf(a.write(bytesOf("x")))).code);
    });

    test("bytes that came before a reset can be read where the kind keeps them", async () => {
      const [a, b] = await pairs.make();
      await b.write(bytesOf("last words"));
      expect(textOf(await a.read())).toBe("last words");
      a.unread(bytesOf("last words"));
      b.abort();
      await a.done;
      expect(textOf(await a.read())).toBe("last words");
      if (kind.traits.hasReset) expect((await failureOf(a.read())).code).toBe("ECONNRESET");
      else expect(await a.read()).toBe(null);
    });

    test("both ends half-closed: the Conn is over by itself", async () => {
      const [a, b] = await pairs.make();
      const sinks = [new Recorder(), new Recorder()] as const;
      a.attach(sinks[0]);
      b.attach(sinks[1]);
      void a.closeWrite();
      void b.closeWrite();
      await Promise.all(sinks.map(async (sink) => sink.heard("close")));
      expect(sinks.map((sink) => sink.events)).toEqual([
        ["end", "close"],
        ["end", "close"],
      ]);
    });

    test("closing inside data and inside end is clean", async () => {
      for (const when of ["data", "end"]) {
        const [a, b] = await pairs.make();
        const sink = new Recorder();
        sink.onEvent = (event) => {
          if (event !== when) return;
          a.send(bytesOf("bye"));
          void a.close();
        };
        a.attach(sink);
        await b.write(bytesOf("x"));
        await b.closeWrite();
        expect(textOf(await readAll(b))).toBe("bye");
        await sink.heard("close");
        await settle();
        expect(sink.events.filter((event) => event.startsWith("close"))).toEqual(["close"]);
      }
    });

    test("local and remote name each other's ends", async () => {
      const [a, b] = await pairs.make();
      expect(a.network).toBe(b.network);
      if (a.network !== "unix") {
        expect(String(a.local)).toBe(String(b.remote));
        expect(String(a.remote)).toBe(String(b.local));
      }
      await a.write(bytesOf("x"));
      expect((await readSome(b, 1)).length).toBe(1);
    });
  });
}
