import { describe, expect, test } from "bun:test";
import { ParseError } from "../../bytes/index.ts";
import {
  type ClientMessage,
  type ServerMessage,
  tlvClientMessage,
  tlvJoin,
  tlvPing,
  tlvServerMessage,
} from "./message-wire.ts";

const START = {
  kind: "start",
  version: 1,
  protocol: "udp",
  directions: ["up", "down"],
  streams: 4,
  timeMs: 10_000,
  intervalMs: 1000,
  lengthBytes: 1400,
  rateBitsPerSecond: 1e7,
} as const satisfies ClientMessage;
const COOKIE = "00112233445566778899aabbccddeeff";

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

describe("messages", () => {
  test.each<ClientMessage>([
    START,
    { kind: "go" },
    { kind: "sent", direction: "up", figures: { bytes: 5, ms: 1.5, packets: [1, 2] } },
  ])("of a client come back as they went: %j", (message) => {
    expect(tlvClientMessage.decode(tlvClientMessage.encode(message))).toEqual(message);
  });

  test.each<ServerMessage>([
    { kind: "ready", version: 1, cookie: COOKIE, ids: [0, 0xffff_ffff] },
    { kind: "joined" },
    { kind: "interval", direction: "up", figures: { fromMs: 0, toMs: 1000, bytes: 7 } },
    { kind: "state", direction: "down", tcp: { retransmits: 1, rttMs: 0.5, windowBytes: 14_480 } },
    { kind: "received", direction: "up", figures: { bytes: 7, ms: 1000 } },
    { kind: "error", reason: "busy" },
  ])("of a server come back as they went: %j", (message) => {
    expect(tlvServerMessage.decode(tlvServerMessage.encode(message))).toEqual(message);
  });

  test.each([
    ["no JSON", new TextEncoder().encode("{")],
    ["no UTF-8", Uint8Array.of(0xff)],
    ["no object", bytesOf([1])],
    ["an unknown kind", bytesOf({ kind: "stop" })],
    ["a kind of the other side", bytesOf({ kind: "joined" })],
    ["no streams", bytesOf({ ...START, streams: 0 })],
    ["too many streams", bytesOf({ ...START, streams: 65 })],
    ["half a stream", bytesOf({ ...START, streams: 1.5 })],
    ["no end", bytesOf({ ...START, timeMs: 1e12 })],
    ["a time of text", bytesOf({ ...START, timeMs: "10" })],
    ["a storm of intervals", bytesOf({ ...START, intervalMs: 1 })],
    ["no direction", bytesOf({ ...START, directions: [] })],
    ["a direction twice", bytesOf({ ...START, directions: ["up", "up"] })],
    ["a datagram without room for its head", bytesOf({ ...START, lengthBytes: 19 })],
    ["a datagram that is none", bytesOf({ ...START, lengthBytes: 65_508 })],
    ["datagrams without a rate", bytesOf({ ...START, rateBitsPerSecond: 0 })],
    ["a write of a gigabyte", bytesOf({ ...START, protocol: "tcp", lengthBytes: 2 ** 30 })],
    ["negative figures", bytesOf({ kind: "sent", direction: "up", figures: { bytes: -1, ms: 1 } })],
    [
      "more streams than there may be",
      bytesOf({ kind: "sent", direction: "up", figures: { bytes: 1, ms: 1, packets: new Array(65).fill(1) } }),
    ],
  ])("with %s are refused", (_, bytes) => {
    expect(() => tlvClientMessage.decode(bytes)).toThrow(ParseError);
  });

  test("a refusal names the place", () => {
    expect(() => tlvClientMessage.decode(bytesOf({ ...START, streams: 65 }))).toThrow(/streams/);
    expect(() => tlvClientMessage.decode(bytesOf({ ...START, rateBitsPerSecond: 0 }))).toThrow(/UDP needs one/);
  });

  test("a ready with more streams than a test can have is refused", () => {
    const ids = Array.from({ length: 129 }, (_, i) => i);
    expect(() => tlvServerMessage.decode(bytesOf({ kind: "ready", version: 1, cookie: COOKIE, ids }))).toThrow(
      ParseError,
    );
  });
});

describe("join", () => {
  test("comes back as it went, and has its length", () => {
    const join = { cookie: COOKIE, id: 0xfedc_ba98 };
    expect(tlvJoin.decode(tlvJoin.encode(join))).toEqual(join);
    expect(() => tlvJoin.decode(new Uint8Array(19))).toThrow(ParseError);
  });
});

describe("ping", () => {
  test("comes back as it went, and has its length", () => {
    expect(tlvPing.decode(tlvPing.encode(0xffff_fffe))).toBe(0xffff_fffe);
    expect(() => tlvPing.decode(new Uint8Array(5))).toThrow(ParseError);
  });
});
