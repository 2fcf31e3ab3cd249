import { describe, expect, test } from "bun:test";
import type { WaitOptions } from "../../src/net/index.ts";
import { bytesOf, failureOf, settle } from "./pairs.ts";
import type { PacketKind } from "./packet-kind.ts";
import { packetText, PacketPairs } from "./packet-pairs.ts";
import { PacketRecorder } from "./packet-recorder.ts";

/** Deadlines, time-outs, cancellation, and what is kept at most. */
export function describePacketLimits(kind: PacketKind): void {
  describe("limits", () => {
    const pairs = new PacketPairs(kind);

    test("a read deadline ends the receive that waits and leaves it usable", async () => {
      const { a, b, clock, toB } = await pairs.timed();
      b.readDeadline = 1000;
      const receiving = failureOf(b.recv());
      clock.advance(1200);
      const error = await receiving;
      expect([error.code, error.limit, error.op]).toEqual(["ETIMEDOUT", "deadline", "recv"]);
      expect(b.readDeadline).toBe(0);
      await a.send(bytesOf("late"), toB);
      expect(packetText(await b.recv())).toBe("late");
    });

    test("a deadline may be moved both ways, and lifted, while a receive waits", async () => {
      const { a, b, clock, toB } = await pairs.timed();
      b.readDeadline = 1000;
      const receiving = b.recv();
      clock.advance(900);
      b.readDeadline = 5000;
      clock.advance(3000);
      b.readDeadline = 0;
      clock.advance(10_000);
      await a.send(bytesOf("x"), toB);
      expect(packetText(await receiving)).toBe("x");
      b.readDeadline = clock.now() + 60_000;
      const second = failureOf(b.recvInto(new Uint8Array(1)));
      b.readDeadline = clock.now() + 500;
      clock.advance(700);
      expect((await second).code).toBe("ETIMEDOUT");
    });

    test("a deadline that has passed fails at once, and what is there comes first", async () => {
      const { a, b, clock, toB } = await pairs.timed();
      clock.advance(1000);
      b.readDeadline = 500;
      expect((await failureOf(b.recv())).code).toBe("ETIMEDOUT");
      b.readDeadline = 0;
      for (const text of ["1", "2"]) await a.send(bytesOf(text), toB);
      expect(packetText(await b.recv())).toBe("1");
      b.readDeadline = 500;
      expect(packetText(await b.recv())).toBe("2");
      expect((await failureOf(b.recv())).code).toBe("ETIMEDOUT");
    });

    test("in push mode a deadline is told once", async () => {
      const { b, clock } = await pairs.timed();
      const sink = new PacketRecorder();
      b.attach(sink);
      b.readDeadline = 1000;
      clock.advance(5000);
      expect(sink.events).toEqual(["timeout"]);
      expect(b.readDeadline).toBe(0);
    });

    test("a time-out, a deadline of its own and a signal each end a receive, and say which", async () => {
      const { a, b, clock, toB } = await pairs.timed();
      const ended = async (options: WaitOptions, end: () => void): Promise<readonly unknown[]> => {
        const waits = failureOf(b.recv(options));
        end();
        const { code, limit } = await waits;
        return [code, limit];
      };
      const controller = new AbortController();
      expect(await ended({ timeoutMs: 100 }, () => clock.advance(300))).toEqual(["ETIMEDOUT", "timeout"]);
      expect(await ended({ deadline: clock.now() + 100 }, () => clock.advance(300))).toEqual(["ETIMEDOUT", "deadline"]);
      expect(await ended({ signal: controller.signal }, () => controller.abort())).toEqual(["ECANCELED", undefined]);
      expect(await ended({ signal: controller.signal }, () => undefined)).toEqual(["ECANCELED", undefined]);
      await a.send(bytesOf("x"), toB);
      expect(packetText(await b.recv())).toBe("x");
    });

    test("a send that was canceled before it began sends nothing", async () => {
      const { a, b, toB } = await pairs.make();
      const signal = AbortSignal.abort();
      expect((await failureOf(a.send(bytesOf("1"), toB, { signal }))).code).toBe("ECANCELED");
      expect((await failureOf(a.sendBatch([{ data: bytesOf("2"), to: toB }], { signal }))).code).toBe("ECANCELED");
      await a.send(bytesOf("3"), toB);
      expect(packetText(await b.recv())).toBe("3");
    });

    if (kind.traits.drops) {
      test("what nobody receives is kept up to a bound, and counted beyond it", async () => {
        const { a, b, toB } = await pairs.make();
        const total = 1200;
        for (let sent = 0; sent < total; sent += 100) {
          for (let i = 0; i < 100; i++) await a.send(bytesOf(String(sent + i)), toB);
          await settle();
        }
        const { packetsDropped, packetsReceived } = b.traffic;
        expect(packetsReceived).toBe(total);
        expect(packetsDropped).toBeGreaterThan(0);
        const kept = total - packetsDropped;
        const got: (string | null)[] = [];
        while (got.length < kept) for (const packet of await b.recvBatch(1000)) got.push(packetText(packet));
        expect(got).toEqual(Array.from({ length: kept }, (_, i) => String(i)));
      });
    }
  });
}
