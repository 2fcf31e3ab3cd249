import { describe, expect, test } from "bun:test";
import { output } from "../../src/net/index.ts";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, Pairs, pattern, readAll, readSome, settle } from "./pairs.ts";
import { Recorder } from "./recorder.ts";

/** Push mode: attach, send, reserve and commit, pause and resume, drain. */
export function describePush(kind: ConnKind): void {
  describe("push mode", () => {
    const pairs = new Pairs(kind);

    test("events come in order, close once and last", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      a.attach(sink);
      await b.write(bytesOf("hello"));
      await b.closeWrite();
      await sink.heard("end");
      await a.close();
      await b.close();
      await sink.heard("close");
      await settle();
      expect(sink.text).toBe("hello");
      expect(sink.events).toEqual(["data", "end", "close"]);
      expect(await a.done).toBe(undefined);
    });

    test("what came before attach is delivered behind it, never inside it", async () => {
      const [a, b] = await pairs.make();
      await b.write(bytesOf("early"));
      await b.closeWrite();
      a.unread(new Uint8Array((await a.read())!));
      const sink = new Recorder();
      a.attach(sink);
      expect(sink.events).toEqual([]);
      await sink.heard("end");
      expect(sink.text).toBe("early");
    });

    test("send takes everything, keeps nothing of the caller's buffer and calls nothing", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      a.attach(sink);
      const sent = pattern(5_000_000);
      const borrowed = Buffer.from(sent);
      expect(a.send(borrowed)).toBe(false);
      expect(sink.events).toEqual([]);
      borrowed.fill(0);
      const got = await readSome(b, sent.length);
      expect(Buffer.compare(got, sent)).toBe(0);
      await sink.heard("drain");
      await settle();
      expect(sink.events).toEqual(["drain"]);
      expect(a.queued).toBe(0);
    });

    test("send says false above the mark and drain comes once for it", async () => {
      const [a, b] = await pairs.make();
      a.highWaterMark = 10_000;
      const sink = new Recorder();
      a.attach(sink);
      const piece = pattern(9000);
      let sent = 0;
      do sent += piece.length;
      while (a.send(piece) || a.queued <= a.highWaterMark);
      expect(a.queued).toBeGreaterThan(a.highWaterMark);
      expect((await readSome(b, sent)).length).toBe(sent);
      await sink.heard("drain");
      await settle();
      expect(sink.events).toEqual(["drain"]);
    });

    test("an echo in push mode on both sides loses nothing", async () => {
      const [a, b] = await pairs.make();
      const echo = new Recorder();
      echo.onEvent = (event, chunk) => {
        if (event === "data" && !b.send(chunk!)) b.pause();
        else if (event === "drain") b.resume();
        else if (event === "end") void b.close();
      };
      b.attach(echo);
      const sent = pattern(2_000_000);
      const reading = readAll(a);
      await a.write(sent);
      await a.closeWrite();
      expect(Buffer.compare(await reading, sent)).toBe(0);
    });

    test("reserved, sent, large and empty pieces leave in the order of the calls", async () => {
      const [a, b] = await pairs.make();
      a.attach(new Recorder());
      const pieces: Uint8Array[] = [];
      for (let i = 0; i < 40; i++) {
        const piece = pattern(((i * 7919) % 40_000) + (i % 3)).fill(i);
        pieces.push(piece);
        if (i % 2 === 0) {
          output.bytes.set(piece, a.reserve(piece.length));
          a.commit(piece.length);
        } else a.send(piece);
      }
      a.send(new Uint8Array(0));
      void a.close();
      expect(Buffer.compare(await readAll(b), Buffer.concat(pieces))).toBe(0);
    });

    test("pieces of two Conns in the one output buffer stay apart", async () => {
      const [a, b] = await pairs.make();
      const [c, d] = await pairs.make();
      a.attach(new Recorder());
      c.attach(new Recorder());
      for (let i = 0; i < 20; i++) {
        a.send(bytesOf("a"));
        c.send(bytesOf("c"));
      }
      void a.close();
      void c.closeWrite();
      expect(Buffer.from(await readAll(b)).toString()).toBe("a".repeat(20));
      expect(Buffer.from(await readAll(d)).toString()).toBe("c".repeat(20));
    });

    test("what is committed leaves by itself, at once by flush, and counts as queued before", async () => {
      const [a, b] = await pairs.make();
      a.attach(new Recorder());
      a.send(bytesOf("one"));
      expect(a.queued).toBe(3);
      expect(Buffer.from(await readSome(b, 3)).toString()).toBe("one");
      a.send(bytesOf("two"));
      a.flush();
      expect(a.queued).toBe(0);
      expect(Buffer.from(await readSome(b, 3)).toString()).toBe("two");
    });

    test("reserve refuses more than it may ask for", async () => {
      const [a] = await pairs.make();
      expect(() => a.reserve(64 * 1024 + 1)).toThrow(RangeError);
    });

    test("a sink may send from data, and what it sends there leaves when it returns", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      sink.onEvent = (event) => {
        if (event !== "data") return;
        a.send(bytesOf("x"));
        a.send(bytesOf("y"));
      };
      a.attach(sink);
      await b.write(bytesOf("go"));
      expect(Buffer.from(await readSome(b, 2)).toString()).toBe("xy");
    });

    test("nothing is delivered while paused, and the peer is held back", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      a.attach(sink);
      a.pause();
      const writing = b.write(pattern(40_000_000));
      await settle();
      expect(sink.events).toEqual([]);
      expect(a.traffic.bytesRead).toBeLessThanOrEqual(2 * 1024 * 1024);
      a.resume();
      expect(sink.events).toEqual([]);
      await writing;
      await sink.until(() => sink.length === 40_000_000);
    });

    test("pausing inside data stops at that chunk", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      sink.onEvent = (event) => {
        if (event === "data") a.pause();
      };
      a.attach(sink);
      const writing = b.write(pattern(200_000));
      await sink.heard("data");
      const seen = sink.length;
      await settle();
      expect(sink.length).toBe(seen);
      sink.onEvent = undefined;
      a.resume();
      await sink.until(() => sink.length === 200_000);
      await writing;
    });

    test("a paused sink hears neither data, end nor close until it is resumed", async () => {
      const [a, b] = await pairs.make();
      const sink = new Recorder();
      a.attach(sink);
      a.pause();
      await b.write(bytesOf("data"));
      b.abort();
      await settle();
      expect(sink.events).toEqual([]);
      a.resume();
      await sink.heard("close");
      expect(sink.events.at(-1)).toBe(kind.traits.hasReset ? "close ECONNRESET" : "close");
      if (kind.traits.abortKeepsReading) expect(sink.text).toBe("data");
    });

    test("reattach: no callback of the old sink follows", async () => {
      const [a, b] = await pairs.make();
      const first = new Recorder();
      const second = new Recorder();
      first.onEvent = () => a.reattach(second);
      a.attach(first);
      await b.write(bytesOf("one"));
      await first.heard("data");
      await b.write(bytesOf("two"));
      await b.close();
      await second.heard("end");
      expect([first.text, second.text]).toEqual(["one", "two"]);
      expect(first.events).toEqual(["data"]);
    });
  });
}
