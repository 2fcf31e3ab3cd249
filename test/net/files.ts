import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Conn } from "../../src/net/index.ts";
import type { ConnKind } from "./conn-kind.ts";
import { bytesOf, failureOf, Pairs, pattern, readAll, readSome, settle, textOf } from "./pairs.ts";
import { Recorder } from "./recorder.ts";

/** More than the system holds of a connection. */
const LENGTH = 20_000_000;

/** `sendFile`, of the kinds that have it. */
export function describeFiles(kind: ConnKind): void {
  describe("sendFile", () => {
    const pairs = new Pairs(kind);
    const content = pattern(LENGTH);
    let dir: string;
    let fd: number;

    beforeAll(() => {
      dir = mkdtempSync(join(tmpdir(), "netwright-net-"));
      writeFileSync(join(dir, "file"), content);
      fd = openSync(join(dir, "file"), "r+");
    });
    afterAll(() => {
      closeSync(fd);
      rmSync(dir, { recursive: true });
    });

    /** A pair whose kind sends files; undefined for another, about which there is nothing to test. */
    async function pair(): Promise<readonly [Conn & Required<Pick<Conn, "sendFile">>, Conn] | undefined> {
      const [a, b] = await pairs.make();
      return a.sendFile === undefined ? undefined : [a as Conn & Required<Pick<Conn, "sendFile">>, b];
    }

    test("a range leaves behind what was sent before it, and before what follows", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      a.attach(new Recorder());
      const head = pattern(4_000_000);
      a.send(head);
      a.send(bytesOf("committed"));
      const sending = a.sendFile(fd, 1000, LENGTH - 2000);
      a.send(bytesOf("behind"));
      a.send(pattern(100_000));
      void a.close();
      const got = await readAll(b);
      expect(await sending).toBe(LENGTH - 2000);
      const expected = Buffer.concat([
        head,
        bytesOf("committed"),
        content.subarray(1000, LENGTH - 1000),
        bytesOf("behind"),
        pattern(100_000),
      ]);
      expect(got.length).toBe(expected.length);
      expect(Buffer.compare(got, expected)).toBe(0);
      expect(a.traffic.bytesWritten).toBe(expected.length);
    });

    test("in pull mode it is one write among others", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      const reading = readAll(b);
      await a.write(bytesOf("<"));
      expect(await a.sendFile(fd, 10, 20)).toBe(20);
      expect(await a.sendFile(fd, 0, 0)).toBe(0);
      await a.write(bytesOf(">"));
      await a.close();
      const expected = Buffer.concat([bytesOf("<"), content.subarray(10, 30), bytesOf(">")]);
      expect(Buffer.compare(await reading, expected)).toBe(0);
    });

    test("a file that is shorter than it was said to be is told", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      const path = join(dir, "short");
      writeFileSync(path, "0123456789");
      const short = openSync(path, "r+");
      expect(await a.sendFile(short, 4, 100)).toBe(6);
      expect(textOf(await readSome(b, 6))).toBe("456789");
      ftruncateSync(short, 2);
      expect(await a.sendFile(short, 4, 100)).toBe(0);
      closeSync(short);
      await a.close();
      expect(await b.read()).toBe(null);
    });

    test("a slow reader holds it back; progress shows in the traffic", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      const sink = new Recorder();
      a.attach(sink);
      const sending = a.sendFile(fd, 0, LENGTH);
      await settle();
      const before = a.traffic.bytesWritten;
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(LENGTH);
      expect(a.queued).toBe(0);
      const first = await readSome(b, before);
      while (a.traffic.bytesWritten === before) await settle();
      const second = await readSome(b, LENGTH - first.length);
      expect(await sending).toBe(LENGTH);
      expect(Buffer.compare(Buffer.concat([first, second]), content)).toBe(0);
    });

    test("a write deadline is heard while a file is under way, and its own limits cut it", async () => {
      const { a, b, clock } = await pairs.timed();
      if (a.sendFile === undefined) return;
      const sink = new Recorder();
      a.attach(sink);
      const sending = failureOf(a.sendFile(fd, 0, LENGTH, { timeoutMs: 5000 }));
      await settle();
      a.writeDeadline = clock.now() + 1000;
      clock.advance(1200);
      expect(sink.events).toEqual(["timeout write"]);
      clock.advance(5000);
      const error = await sending;
      expect(error.code).toBe("ETIMEDOUT");
      expect(error.bytesWritten).toBe(a.traffic.bytesWritten);
      const peer = new Recorder();
      b.attach(peer);
      await a.close();
      expect((await a.done)?.code).toBe("ECONNABORTED");
      if (!kind.traits.hasReset) return;
      await peer.heard("close");
      expect(peer.events).not.toContain("end");
    });

    test("abort and reset end it", async () => {
      for (const who of ["own", "peer"]) {
        const made = await pair();
        if (made === undefined) return;
        const [a, b] = made;
        const sending = failureOf(a.sendFile(fd, 0, LENGTH));
        await settle();
        if (who === "own") a.abort();
        else b.abort();
        expect(["ECONNABORTED", "ECONNRESET", "EPIPE"]).toContain((await sending).code);
      }
    });

    test("one at a time, with sane numbers, of an open file, on a Conn that is open", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      expect(a.sendFile(fd, -1, 5)).rejects.toThrow(RangeError);
      expect(a.sendFile(fd, 0, 1.5)).rejects.toThrow(RangeError);
      const sending = a.sendFile(fd, 0, LENGTH);
      expect((await failureOf(a.sendFile(fd, 0, 5))).code).toBe("EBUSY");
      expect((await failureOf(a.write(bytesOf("x")))).code).toBe("EBUSY");
      await readSome(b, LENGTH);
      await sending;
      expect(await failureOf(a.sendFile(1_000_000, 0, 5))).toMatchObject({
        code: "EBADF",
        hint: "the file's descriptor is not open, or not open for reading",
      });
      await a.close();
      expect((await failureOf(a.sendFile(fd, 0, 5))).code).toBe("EPIPE");
    });

    test("a file that the system cannot send by itself goes through memory", async () => {
      const made = await pair();
      if (made === undefined) return;
      const [a, b] = made;
      const zero = openSync("/dev/zero", "r");
      const reading = readAll(b);
      expect(await a.sendFile(zero, 0, 300_000)).toBe(300_000);
      closeSync(zero);
      await a.close();
      expect((await reading).every((byte) => byte === 0)).toBe(true);
    });
  });
}
