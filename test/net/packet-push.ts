import { describe, expect, test } from "bun:test";
import { bytesOf, failureOf, settle } from "./pairs.ts";
import type { PacketKind } from "./packet-kind.ts";
import { packetText, PacketPairs } from "./packet-pairs.ts";
import { PacketRecorder } from "./packet-recorder.ts";

/** Push mode, and the switch between both. */
export function describePacketPush(kind: PacketKind): void {
  describe("push mode", () => {
    const pairs = new PacketPairs(kind);

    test("packets come in order, and the close once and last", async () => {
      const { a, b, toB } = await pairs.make();
      const sink = new PacketRecorder();
      b.attach(sink);
      expect(b.attached).toBe(true);
      for (const text of ["1", "2", "3"]) expect(a.trySend(bytesOf(text), toB)).toBe(true);
      await sink.heard("3");
      const closing = b.close();
      expect(sink.events).toEqual(["1", "2", "3"]);
      await closing;
      await b.close();
      await sink.heard("close");
      await settle();
      expect(sink.events).toEqual(["1", "2", "3", "close"]);
    });

    test("what came before attach is delivered behind it, never inside it", async () => {
      const { a, b, toB } = await pairs.make();
      await a.sendBatch(["1", "2", "3"].map((text) => ({ data: bytesOf(text), to: toB })));
      expect(packetText(await b.recv())).toBe("1");
      const sink = new PacketRecorder();
      b.attach(sink);
      expect(sink.events).toEqual([]);
      await sink.heard("3");
      expect(sink.events).toEqual(["2", "3"]);
    });

    test("detach inside packet leaves the rest to recv", async () => {
      const { a, b, toB } = await pairs.make();
      const sink = new PacketRecorder();
      sink.onEvent = () => b.detach();
      b.attach(sink);
      await a.sendBatch(["1", "2", "3"].map((text) => ({ data: bytesOf(text), to: toB })));
      await sink.heard("1");
      expect([packetText(await b.recv()), packetText(await b.recv())]).toEqual(["2", "3"]);
      expect(sink.events).toEqual(["1"]);
      expect(b.attached).toBe(false);
    });

    test("an echo in push mode on both sides loses nothing", async () => {
      const { a, b, toA, toB } = await pairs.make();
      const echo = new PacketRecorder();
      echo.onEvent = (_event, packet) => void (packet === undefined || b.trySend(packet.data, toA));
      b.attach(echo);
      const sink = new PacketRecorder();
      let next = 1;
      sink.onEvent = (event) =>
        void (event === String(next - 1) && next < 200 && a.trySend(bytesOf(String(next++)), toB));
      a.attach(sink);
      a.trySend(bytesOf("0"), toB);
      await sink.heard("199");
      expect(sink.events).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
    });

    test("attaching is refused while a receive waits, and receiving while attached", async () => {
      const { a, b, toB } = await pairs.make();
      const receiving = b.recv();
      expect(() => b.attach(new PacketRecorder())).toThrow("EBUSY");
      await a.send(bytesOf("x"), toB);
      await receiving;
      b.attach(new PacketRecorder());
      expect(() => b.attach(new PacketRecorder())).toThrow("EBUSY");
      expect((await failureOf(b.recv())).code).toBe("EBUSY");
      b.detach();
      await a.send(bytesOf("y"), toB);
      expect(packetText(await b.recv())).toBe("y");
    });

    test("closing inside packet delivers nothing more", async () => {
      const { a, b, toB } = await pairs.make();
      const sink = new PacketRecorder();
      sink.onEvent = (event) => void (event === "1" && b.close());
      b.attach(sink);
      await a.sendBatch(["1", "2", "3"].map((text) => ({ data: bytesOf(text), to: toB })));
      await sink.heard("close");
      await settle();
      expect(sink.events).toEqual(["1", "close"]);
    });

    if (kind.traits.isRefused) {
      test("that nobody listens any more is told as an error, and it lives on", async () => {
        const { a, b, toB } = await pairs.make();
        const sink = new PacketRecorder();
        a.attach(sink);
        await b.close();
        expect(a.trySend(bytesOf("x"), toB)).toBe(true);
        await sink.heard("error ECONNREFUSED");
        expect(a.closed).toBe(false);
        expect(a.trySend(bytesOf("x"), toB)).toBe(true);
        await sink.until(() => sink.events.length === 2);
        expect(sink.events).toEqual(["error ECONNREFUSED", "error ECONNREFUSED"]);
      });
    }
  });
}
