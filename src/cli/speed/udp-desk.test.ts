import { beforeEach, describe, expect, test } from "bun:test";
import { AddrPort } from "../../addr/index.ts";
import { seededRandom } from "../../clock/index.ts";
import type { OutgoingPacket, PacketConn, PacketSink } from "../../net/index.ts";
import type { DatagramWay } from "./datagram-sender.ts";
import { encodeHandshake, packetKind, packetSecret, writeData } from "./packet-wire.ts";
import { UdpDesk } from "./udp-desk.ts";

const COOKIE = "00112233445566778899aabbccddeeff";
const CLIENT = AddrPort.parse("192.0.2.1:1000");
const STRANGER = AddrPort.parse("198.51.100.1:53");

/** A socket of a test's: what comes and goes is told by hand. */
class HandSocket {
  readonly sent: OutgoingPacket[] = [];
  private sink: PacketSink | undefined = undefined;

  get socket(): PacketConn {
    return this as unknown as PacketConn;
  }

  attach(sink: PacketSink): void {
    this.sink = sink;
  }

  async sendBatch(packets: readonly OutgoingPacket[]): Promise<void> {
    this.sent.push(...packets);
  }

  receive(data: Uint8Array, from: AddrPort): void {
    this.sink?.packet({ data, from, to: undefined, truncated: false });
  }
}

function dataOf(id: number): Uint8Array {
  const data = new Uint8Array(100);
  writeData(new DataView(data.buffer), id, 0, 0);
  return data;
}

describe("UdpDesk", () => {
  let hand: HandSocket;
  let desk: UdpDesk;
  let ways: DatagramWay[];
  let taken: number;
  beforeEach(() => {
    hand = new HandSocket();
    desk = new UdpDesk(hand.socket, seededRandom(5));
    ways = [];
    taken = 0;
    desk.add({ id: 7, cookie: COOKIE, onOpen: (way) => ways.push(way), onData: () => taken++ });
  });

  const open = encodeHandshake({ kind: "open", id: 7, secret: COOKIE });

  /** The token that an address was challenged with. */
  function challenged(from: AddrPort): string {
    hand.receive(open, from);
    const { data, to } = hand.sent.pop()!;
    expect(to).toBe(from);
    expect(data.length).toBeLessThanOrEqual(open.length);
    const view = new DataView(data.buffer);
    expect(packetKind(view)).toBe("challenge");
    return packetSecret(view);
  }

  function answer(secret: string, from: AddrPort): void {
    hand.receive(encodeHandshake({ kind: "answer", id: 7, secret }), from);
  }

  test("opens a stream to an address that has sent the token back, once", () => {
    const token = challenged(CLIENT);
    expect(ways).toEqual([]);
    answer(token, CLIENT);
    expect(ways).toEqual([{ socket: hand.socket, id: 7, to: CLIENT, from: undefined }]);
    expect(packetKind(new DataView(hand.sent.pop()!.data.buffer))).toBe("accepted");
    // What accepted it was lost: it is said again, and nothing more.
    answer(token, CLIENT);
    expect(hand.sent).toHaveLength(1);
    expect(ways).toHaveLength(1);
  });

  test("takes load from the address that opened the stream alone", () => {
    hand.receive(dataOf(7), CLIENT);
    answer(challenged(CLIENT), CLIENT);
    hand.receive(dataOf(7), STRANGER);
    hand.receive(dataOf(8), CLIENT);
    expect(taken).toBe(0);
    hand.receive(dataOf(7), AddrPort.parse(CLIENT.toString()));
    expect(taken).toBe(1);
  });

  test.each([
    ["a cookie that is wrong", encodeHandshake({ kind: "open", id: 7, secret: COOKIE.replace("0", "1") })],
    ["a stream that there is not", encodeHandshake({ kind: "open", id: 8, secret: COOKIE })],
    ["an answer to nothing", encodeHandshake({ kind: "answer", id: 7, secret: "0".repeat(32) })],
    ["a challenge", encodeHandshake({ kind: "challenge", id: 7, secret: COOKIE })],
    ["a longer open", Buffer.concat([open, new Uint8Array(1000)])],
    ["a shorter open", open.subarray(0, 23)],
    ["nothing", new Uint8Array(0)],
    ["noise", new Uint8Array(500).fill(0x4e)],
  ])("says nothing to %s", (_, data) => {
    hand.receive(data, STRANGER);
    expect(hand.sent).toEqual([]);
    expect(ways).toEqual([]);
  });

  test("a token is good for the address that it was sent to alone", () => {
    const token = challenged(CLIENT);
    answer(token, STRANGER);
    expect(hand.sent).toEqual([]);
    expect(ways).toEqual([]);
  });

  test("who opens in another's name gets nothing sent there but a challenge", () => {
    for (let i = 0; i < 3; i++) challenged(STRANGER);
    hand.receive(encodeHandshake({ kind: "answer", id: 7, secret: COOKIE }), STRANGER);
    expect(hand.sent).toEqual([]);
    expect(ways).toEqual([]);
  });

  test("a stream that is open is not opened again elsewhere, and one that is removed is unknown", () => {
    answer(challenged(CLIENT), CLIENT);
    hand.sent.length = 0;
    hand.receive(open, STRANGER);
    desk.remove(7);
    hand.receive(open, CLIENT);
    hand.receive(dataOf(7), CLIENT);
    expect(hand.sent).toEqual([]);
    expect(taken).toBe(0);
  });
});
