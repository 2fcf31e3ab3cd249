import { describe, expect, test } from "bun:test";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, failureOf, fillUp, Pairs, pattern, readAll, readSome, textOf } from "./pairs.ts";

/** Pull mode: read, write, unread, iteration, web streams. */
export function describePull(kind: ConnKind): void {
  describe("pull mode", () => {
    const pairs = new Pairs(kind);

    test("what is written is read, both ways, and belongs to the reader", async () => {
      const [a, b] = await pairs.make();
      const sent = bytesOf("hello");
      await a.write(sent);
      sent.fill(0);
      expect(textOf(await b.read())).toBe("hello");
      await b.write(bytesOf("world"));
      expect(textOf(await a.read())).toBe("world");
      expect([a.traffic.bytesWritten, b.traffic.bytesRead]).toEqual([5, 5]);
      expect([a.traffic.bytesRead, b.traffic.bytesWritten]).toEqual([5, 5]);
    });

    test("many bytes come whole and in order", async () => {
      const [a, b] = await pairs.make();
      const sent = pattern(3_000_000);
      const reading = readAll(b);
      await a.write(sent);
      await a.closeWrite();
      expect(Buffer.compare(await reading, sent)).toBe(0);
    });

    test("a Buffer is copied where it must wait", async () => {
      const [a, b] = await pairs.make();
      const sent = Buffer.from(pattern(64 * 1024));
      await fillUp(b);
      const copy = new Uint8Array(sent);
      await a.write(sent);
      sent.fill(0);
      expect(Buffer.compare(await readSome(b, copy.length), copy)).toBe(0);
    });

    test("readInto fills the caller's buffer and leaves the rest", async () => {
      const [a, b] = await pairs.make();
      await a.write(bytesOf("abcdef"));
      await a.closeWrite();
      const buffer = new Uint8Array(4);
      expect(await b.readInto(new Uint8Array(0))).toBe(0);
      expect(await b.readInto(buffer)).toBe(4);
      expect(textOf(buffer)).toBe("abcd");
      expect(await b.readInto(buffer)).toBe(2);
      expect(textOf(buffer)).toBe("efcd");
      expect(await b.readInto(buffer)).toBe(null);
    });

    test("unread bytes are read first, the last ones unread before the others", async () => {
      const [a, b] = await pairs.make();
      const first = bytesOf("1");
      b.unread(bytesOf("2"));
      b.unread(first);
      first.fill(0);
      b.unread(new Uint8Array(0));
      await a.write(bytesOf("3"));
      await a.closeWrite();
      expect(textOf(await readAll(b))).toBe("123");
    });

    test("unread bytes are read behind the end, too", async () => {
      const [a, b] = await pairs.make();
      await a.closeWrite();
      expect(await b.read()).toBe(null);
      b.unread(bytesOf("again"));
      expect(textOf(await b.read())).toBe("again");
      expect(await b.read()).toBe(null);
    });

    test("one read and one write at a time", async () => {
      const [, b] = await pairs.make();
      const reading = b.read();
      expect((await failureOf(b.read())).code).toBe("EBUSY");
      expect((await failureOf(b.readInto(new Uint8Array(1)))).code).toBe("EBUSY");
      const { pending } = await fillUp(b);
      expect((await failureOf(b.write(bytesOf("x")))).code).toBe("EBUSY");
      b.abort();
      expect((await failureOf(reading)).code).toBe("ECONNABORTED");
      expect((await failureOf(pending)).code).toBe("ECONNABORTED");
    });

    test("a reader that stops holds the writer back, in bounded memory", async () => {
      const [a, b] = await pairs.make();
      const { pending, before } = await fillUp(a);
      expect(a.queued).toBeLessThanOrEqual(a.highWaterMark + 64 * 1024);
      // What the system itself holds of a connection on this machine is some megabytes.
      expect(before).toBeLessThan(32 * 1024 * 1024);
      expect(b.traffic.bytesRead).toBeLessThanOrEqual(2 * 1024 * 1024);
      const reading = readSome(b, before + 256 * 1024);
      await pending;
      expect((await reading).length).toBe(before + 256 * 1024);
    });

    test("async iteration ends with the stream", async () => {
      const [a, b] = await pairs.make();
      await a.write(bytesOf("one"));
      await a.closeWrite();
      const seen: Uint8Array[] = [];
      for await (const chunk of b) seen.push(chunk);
      expect(Buffer.concat(seen).toString()).toBe("one");
    });

    test("leaving an iteration early leaves the Conn as it is", async () => {
      const [a, b] = await pairs.make();
      await a.write(bytesOf("one"));
      for await (const chunk of b) {
        expect(textOf(chunk)).toBe("one");
        break;
      }
      await a.write(bytesOf("two"));
      expect(textOf(await b.read())).toBe("two");
    });

    test("await using flushes and closes", async () => {
      const [a, b] = await pairs.make();
      const reading = readAll(b);
      {
        await using conn = a;
        await conn.write(pattern(500_000));
      }
      expect((await reading).length).toBe(500_000);
      expect(a.closed).toBe(true);
    });

    test("web streams carry bytes, the end, and backpressure", async () => {
      const [a, b] = await pairs.make();
      const sent = pattern(1_000_000);
      const writing = new Blob([sent]).stream().pipeTo(a.writable);
      const got = await new Response(b.readable).bytes();
      await writing;
      expect(Buffer.compare(got, sent)).toBe(0);
      expect(a.readable).toBe(a.readable);
    });

    test("cancelling a readable and aborting a writable abort the Conn", async () => {
      const [a, b] = await pairs.make();
      await a.readable.cancel();
      expect(a.closed).toBe(true);
      const [c] = await pairs.make();
      await c.writable.abort();
      expect(c.closed).toBe(true);
      if (kind.traits.hasReset) expect((await failureOf(b.read())).code).toBe("ECONNRESET");
      else expect(await b.read()).toBe(null);
    });
  });
}
