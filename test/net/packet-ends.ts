import { describe, expect, test } from "bun:test";
import { bytesOf, failureOf, settle } from "./pairs.ts";
import type { PacketKind } from "./packet-kind.ts";
import { packetText, PacketPairs } from "./packet-pairs.ts";
import { PacketRecorder } from "./packet-recorder.ts";

/** The end, and what the system refuses. */
export function describePacketEnds(kind: PacketKind): void {
  describe("the end", () => {
    const pairs = new PacketPairs(kind);

    test("closing ends a receive that waits, with nothing", async () => {
      const { a, b } = await pairs.make();
      const one = a.recv();
      const batch = b.recvBatch(5);
      await Promise.all([a.close(), b.close()]);
      expect([await one, await batch]).toEqual([null, []]);
      expect([a.closed, b.closed]).toEqual([true, true]);
    });

    test("afterwards nothing is received, sending fails, and closing again is nothing", async () => {
      const { a, toB } = await pairs.make();
      const { local } = a;
      await a.close();
      await a.close();
      expect(await a.recv()).toBe(null);
      expect(await a.recvInto(new Uint8Array(1))).toBe(null);
      expect((await failureOf(a.send(bytesOf("x"), toB))).code).toBe("EBADF");
      expect(() => a.trySend(bytesOf("x"), toB)).toThrow("EBADF");
      expect(a.local).toBe(local);
      a.readDeadline = 5;
      a.unref?.();
      a.ref?.();
    });

    test("a sink that is attached after the close is told of it", async () => {
      const { a } = await pairs.make();
      await a.close();
      const sink = new PacketRecorder();
      a.attach(sink);
      await sink.heard("close");
      await settle();
      expect(sink.events).toEqual(["close"]);
    });

    test("await using closes", async () => {
      const { a } = await pairs.make();
      {
        await using conn = a;
        expect(conn.closed).toBe(false);
      }
      expect(a.closed).toBe(true);
    });

    if (kind.traits.isRefused) {
      test("that nobody listens any more is told by the next operation, and it lives on", async () => {
        const { a, b } = await pairs.make();
        await b.close();
        await a.send(bytesOf("x"));
        const receiving = await failureOf(a.recv());
        expect([receiving.code, receiving.op]).toEqual(["ECONNREFUSED", "recv"]);
        await a.send(bytesOf("y"));
        await settle();
        expect((await failureOf(a.send(bytesOf("z")))).code).toBe("ECONNREFUSED");
        const waiting = failureOf(a.recv());
        await a.send(bytesOf("w"));
        expect((await waiting).code).toBe("ECONNREFUSED");
      });
    }

    if (kind.traits.hasEnd) {
      test("the peer's close ends receiving behind what it had sent", async () => {
        const { a, b } = await pairs.make();
        await b.send(bytesOf("last"));
        await b.close();
        expect(packetText(await a.recv())).toBe("last");
        expect(await a.recv()).toBe(null);
      });
    }
  });
}
