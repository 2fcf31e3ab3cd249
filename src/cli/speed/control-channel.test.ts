import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, pipe } from "../../net/index.ts";
import { encodeTlv } from "../../stream/index.ts";
import { ControlChannel } from "./control-channel.ts";
import {
  type ClientMessage,
  type ServerMessage,
  tlvClientMessage,
  tlvPing,
  tlvPong,
  tlvServerMessage,
} from "./message-wire.ts";

/** A server's channel in simulated time, and the Conn of whoever speaks to it. */
class Bench {
  readonly clock = new SimulatedClock();
  readonly peer: Conn;
  readonly channel: ControlChannel<ClientMessage, ServerMessage>;
  readonly messages: ClientMessage[] = [];
  readonly ends: (Error | undefined)[] = [];
  readonly trips: number[] = [];

  constructor() {
    const [peer, conn] = pipe({ wheel: new TimerWheel(this.clock) });
    this.peer = peer;
    this.channel = new ControlChannel<ClientMessage, ServerMessage>(conn, {
      incoming: tlvClientMessage,
      outgoing: tlvServerMessage,
      onMessage: (message) => void this.messages.push(message),
      onEnd: (error) => void this.ends.push(error),
      onRoundTrip: (ms) => void this.trips.push(ms),
      farewell: (error) => ({ kind: "error", reason: error.message }),
    });
  }

  async pass(ms = 0): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  async say(...bytes: readonly Uint8Array[]): Promise<void> {
    for (const part of bytes) {
      await this.peer.write(part);
      await this.pass();
    }
  }

  /** What the peer was told before the connection ended. */
  async farewell(): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.peer) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
}

const GO = encodeTlv(tlvClientMessage, { kind: "go" });

describe("ControlChannel", () => {
  test("ends once, for its own reason, when there is no more room for its farewell", () => {
    const bench = new Bench();
    const message: ServerMessage = { kind: "error", reason: "x".repeat(100) };
    const size = encodeTlv(tlvServerMessage, message).length;
    const { conn } = bench.channel;
    conn.highWaterMark = 1;
    while (conn.queued + size <= 256 * 1024) bench.channel.send(message);
    bench.channel.fail(new Error("y".repeat(900)));
    expect(bench.ends.map((end) => end?.message)).toEqual(["y".repeat(900)]);
  });

  test("takes messages in pieces and several at once", async () => {
    const bench = new Bench();
    await bench.say(...Array.from(GO, (byte) => Uint8Array.of(byte)));
    await bench.say(Buffer.concat([GO, GO]));
    expect(bench.messages).toEqual([{ kind: "go" }, { kind: "go" }, { kind: "go" }]);
    expect(bench.ends).toEqual([]);
  });

  test("answers pings, and measures its own", async () => {
    const bench = new Bench();
    await bench.say(encodeTlv(tlvPing, 7));
    expect(await bench.peer.read()).toEqual(encodeTlv(tlvPong, 7));
    bench.channel.ping();
    await bench.pass(30);
    expect(await bench.peer.read()).toEqual(encodeTlv(tlvPing, 0));
    await bench.say(encodeTlv(tlvPong, 0));
    expect(bench.trips).toEqual([30]);
  });

  test.each([
    ["a type that there is not", Uint8Array.of(71, 69, 84, 32, 47)],
    ["a message of the other side", encodeTlv(tlvServerMessage, { kind: "joined" })],
    ["more than a message may have", Uint8Array.of(16, 0x40, 0, 0, 0)],
    ["a message that is none", Uint8Array.of(16, 0, 0, 0, 1, 0x7b)],
    ["a ping of a wrong length", Uint8Array.of(19, 0, 0, 0, 0)],
    ["an answer to no ping", encodeTlv(tlvPong, 0)],
  ])("ends for %s, once, and says so", async (_, bytes) => {
    const bench = new Bench();
    await bench.say(Buffer.concat([bytes, GO]));
    expect(bench.ends).toEqual([expect.any(Error)]);
    expect(bench.messages).toEqual([]);
    expect(await bench.farewell()).toContain('"kind":"error"');
  });

  test("gives up a peer that is silent", async () => {
    const bench = new Bench();
    await bench.pass(10_000);
    await bench.say(encodeTlv(tlvPing, 1));
    await bench.pass(14_000);
    expect(bench.ends).toEqual([]);
    await bench.pass(1200);
    expect(bench.ends).toEqual([expect.objectContaining({ message: "the other side has been silent for 15 s" })]);
  });

  test("gives up a peer that does not read, with bounded memory", async () => {
    const bench = new Bench();
    let most = 0;
    for (let i = 0; i < 100_000 && bench.ends.length === 0; i++) {
      bench.channel.send({ kind: "error", reason: "x".repeat(900) });
      most = Math.max(most, bench.channel.conn.queued);
    }
    expect(bench.ends).toHaveLength(1);
    expect(most).toBeLessThan(300 * 1024);
  });

  test("sends no more than 256 pings that nobody answers", async () => {
    const bench = new Bench();
    for (let i = 0; i < 1000; i++) bench.channel.ping();
    await bench.pass();
    expect(bench.channel.conn.traffic.bytesWritten).toBe(256 * 9);
  });

  test("tells a peer's end as one without an error, and a reset as one with", async () => {
    const ended = new Bench();
    await ended.peer.close();
    await ended.pass();
    expect(ended.ends).toEqual([undefined]);
    const reset = new Bench();
    reset.peer.abort();
    await reset.pass();
    expect(reset.ends).toEqual([expect.objectContaining({ code: "ECONNRESET" })]);
  });

  test("does not wait long for a peer that does not take the farewell", async () => {
    const bench = new Bench();
    while (bench.channel.conn.queued < 100_000) bench.channel.send({ kind: "error", reason: "x".repeat(900) });
    bench.channel.fail(new Error("over"));
    let gone = false;
    void bench.channel.conn.done.then(() => (gone = true));
    await bench.pass(1900);
    expect(gone).toBe(false);
    await bench.pass(300);
    expect(gone).toBe(true);
  });
});
