import { describe, expect, test } from "bun:test";
import { bytesOf, failureOf, pattern } from "./pairs.ts";
import type { PacketKind } from "./packet-kind.ts";
import { packetText, PacketPairs } from "./packet-pairs.ts";

/** Pull mode: recv, recvBatch, recvInto, send, sendBatch, iteration. */
export function describePacketPull(kind: PacketKind): void {
  describe("pull mode", () => {
    const pairs = new PacketPairs(kind);

    test("each send is one packet for the peer, and its bytes are the receiver's", async () => {
      const { a, b, toA, toB } = await pairs.make();
      const sent = bytesOf("ping");
      for (let i = 0; i < 3; i++) await a.send(sent, toB);
      sent.fill(0);
      for (let i = 0; i < 3; i++) expect(packetText(await b.recv())).toBe("ping");
      await b.send(bytesOf("pong!"), toA);
      const answer = await a.recv();
      expect([packetText(answer), answer?.truncated]).toEqual(["pong!", false]);
      expect([a.traffic.packetsSent, a.traffic.bytesSent, b.traffic.packetsReceived, b.traffic.bytesReceived]).toEqual([
        3, 12, 3, 12,
      ]);
      expect([b.traffic.packetsSent, a.traffic.packetsReceived, a.traffic.bytesReceived]).toEqual([1, 1, 5]);
    });

    test("the sender is named as it is to be answered", async () => {
      const { a, b, toB } = await pairs.make();
      await a.send(bytesOf("x"), toB);
      const packet = await b.recv();
      expect(packet?.from.toString()).toBe(a.local.toString());
      await b.send(bytesOf("y"), b.remote === undefined ? packet?.from : undefined);
      expect((await a.recv())?.from.toString()).toBe((toB ?? b.local).toString());
    });

    if (kind.traits.hasEmptyPackets) {
      test("an empty datagram is a packet", async () => {
        const { a, b, toB } = await pairs.make();
        await a.send(new Uint8Array(0), toB);
        await a.send(bytesOf("x"), toB);
        expect((await b.recv())?.data.length).toBe(0);
        expect((await b.recvInto(new Uint8Array(8)))?.length).toBe(1);
        expect(b.traffic.packetsReceived).toBe(2);
      });
    }

    test("a long datagram comes whole", async () => {
      const { a, b, toB } = await pairs.make();
      const sent = pattern(kind.traits.largest);
      await a.send(sent, toB);
      const packet = await b.recv();
      expect(Buffer.compare(packet!.data, sent)).toBe(0);
      expect(packet!.truncated).toBe(false);
    });

    test("one that is too long is refused, and the next one goes", async () => {
      const { a, b, toB } = await pairs.make();
      const error = await failureOf(a.send(new Uint8Array(kind.traits.tooLarge), toB));
      expect([error.code, error.op]).toEqual(["EMSGSIZE", "send"]);
      await a.send(bytesOf("x"), toB);
      expect(packetText(await b.recv())).toBe("x");
    });

    test("recvInto says what it could not take, and the rest is lost", async () => {
      const { a, b, toB } = await pairs.make();
      const buffer = new Uint8Array(2);
      const waiting = b.recvInto(buffer);
      await a.send(bytesOf("ping"), toB);
      expect(await waiting).toMatchObject({ length: 2, truncated: true });
      expect(new TextDecoder().decode(buffer)).toBe("pi");
      await a.send(bytesOf("ok"), toB);
      expect(await b.recvInto(buffer)).toMatchObject({ length: 2, truncated: false });
      expect(new TextDecoder().decode(buffer)).toBe("ok");
    });

    test("recvInto cuts what had waited, too", async () => {
      const { a, b, toB } = await pairs.make();
      for (const text of ["first", "ping", "x"]) await a.send(bytesOf(text), toB);
      expect(packetText(await b.recv())).toBe("first");
      const buffer = new Uint8Array(2);
      expect(await b.recvInto(buffer)).toMatchObject({ length: 2, truncated: true });
      expect(packetText(await b.recv())).toBe("x");
    });

    test("batches of more than 204 datagrams are sent and counted whole, and come in order", async () => {
      const { a, b, toB } = await pairs.make();
      const count = 250;
      const packets = Array.from({ length: count }, (_, i) => ({ data: bytesOf(String(i)), to: toB }));
      const got: (string | null)[] = [];
      const receiving = (async () => {
        while (got.length < count) for (const packet of await b.recvBatch(100)) got.push(packetText(packet));
      })();
      await a.sendBatch(packets);
      await receiving;
      expect(got).toEqual(packets.map((_, i) => String(i)));
      expect([a.traffic.packetsSent, b.traffic.packetsReceived]).toEqual([count, count]);
    });

    test("a batch has what is there, up to its limit", async () => {
      const { a, b, toB } = await pairs.make();
      await a.sendBatch(["1", "2", "3", "4", "5"].map((text) => ({ data: bytesOf(text), to: toB })));
      expect(packetText(await b.recv())).toBe("1");
      expect((await b.recvBatch(3)).map(packetText)).toEqual(["2", "3", "4"]);
      expect((await b.recvBatch(3)).map(packetText)).toEqual(["5"]);
      expect(b.recvBatch(0)).rejects.toThrow(RangeError);
    });

    test("a batch that fails says how many went out", async () => {
      const { a, b, toB } = await pairs.make();
      const data = [bytesOf("1"), bytesOf("2"), new Uint8Array(kind.traits.tooLarge), bytesOf("4")];
      const error = await failureOf(a.sendBatch(data.map((each) => ({ data: each, to: toB }))));
      expect([error.code, error.packetsSent]).toEqual(["EMSGSIZE", 2]);
      expect([packetText(await b.recv()), packetText(await b.recv())]).toEqual(["1", "2"]);
      expect(a.traffic.packetsSent).toBe(2);
    });

    test("one receive at a time", async () => {
      const { a, b, toB } = await pairs.make();
      const receiving = b.recv();
      for (const other of [b.recv(), b.recvBatch(2), b.recvInto(new Uint8Array(1))])
        expect((await failureOf(other)).code).toBe("EBUSY");
      await a.send(bytesOf("x"), toB);
      expect(packetText(await receiving)).toBe("x");
    });

    test("a destination is named exactly where there is no peer", async () => {
      const { a, b, toB } = await pairs.make();
      const error = await failureOf(a.send(bytesOf("x"), toB === undefined ? b.local : undefined));
      expect([error.code, error.op]).toEqual(["EINVAL", "send"]);
      expect(error.hint).toBeDefined();
      expect(() => a.trySend(bytesOf("x"), toB === undefined ? b.local : undefined)).toThrow("EINVAL");
    });

    test("iteration gives packets until it is closed, and leaving it early loses none", async () => {
      const { a, b, toB } = await pairs.make();
      await a.sendBatch(["1", "2", "3"].map((text) => ({ data: bytesOf(text), to: toB })));
      const seen: (string | null)[] = [];
      for await (const packet of b) {
        seen.push(packetText(packet));
        if (seen.length === 2) break;
      }
      for await (const packet of b) {
        seen.push(packetText(packet));
        void b.close();
      }
      expect(seen).toEqual(["1", "2", "3"]);
    });
  });
}
