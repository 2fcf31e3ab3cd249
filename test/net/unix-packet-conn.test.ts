import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { UnixAddress } from "../../src/addr/index.ts";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { dial, listen, type PacketConn } from "../../src/net/index.ts";
import { bindUnixSocket, closeDescriptor, makeUnixSocket, receiveDatagram, SOCKET_TYPE } from "../../src/sys/index.ts";
import type { PairTime } from "./conn-kind.ts";
import type { PacketPair, PacketTraits } from "./packet-kind.ts";
import { PacketRecorder } from "./packet-recorder.ts";
import { bytesOf, failureOf, settle } from "./pairs.ts";
import { packetText } from "./packet-pairs.ts";
import { describePacketConn } from "./packet-suite.ts";

const directory = mkdtempSync(join(tmpdir(), "unix-packets-"));
afterAll(() => rmSync(directory, { recursive: true }));

let count = 0;
function freshPath(): string {
  return join(directory, `s${count++}`);
}

function options(time: PairTime | undefined): object {
  return time === undefined ? {} : { wheel: time.wheel };
}

const UNIXGRAM: PacketTraits = {
  hasEmptyPackets: true,
  largest: 150_000,
  tooLarge: 300_000,
  drops: false,
  isRefused: false,
  hasEnd: false,
};

/** Two that listen. */
async function listening(one: string, other: string, time: PairTime | undefined): Promise<PacketPair> {
  const a = await listen("unixgram", one, options(time));
  const b = await listen("unixgram", other, options(time));
  return { a, b, toA: a.local, toB: b.local };
}

async function accepted(path: string, time: PairTime | undefined): Promise<PacketPair> {
  await using listener = await listen("unixpacket", path, options(time));
  const a = await dial("unixpacket", path, options(time));
  const b = (await listener.accept())!;
  return { a, b, toA: undefined, toB: undefined };
}

describePacketConn({
  name: "unixgram",
  traits: UNIXGRAM,
  pair: async (time) => listening(freshPath(), freshPath(), time),
});

describePacketConn({
  name: "unixgram, abstract",
  traits: UNIXGRAM,
  pair: async (time) => listening("@", "@", time),
});

describePacketConn({
  name: "unixgram, one side dialled",
  traits: UNIXGRAM,
  pair: async (time) => {
    const path = freshPath();
    const b = await listen("unixgram", path, options(time));
    const a = await dial("unixgram", path, { ...options(time), localAddress: "@" });
    return { a, b, toA: a.local, toB: undefined };
  },
});

describePacketConn({
  name: "unixpacket",
  traits: { ...UNIXGRAM, hasEnd: true },
  pair: async (time) => accepted(freshPath(), time),
});

describePacketConn({
  name: "unixpacket, abstract",
  traits: { ...UNIXGRAM, hasEnd: true },
  pair: async (time) => accepted(`@unix-packets-${process.pid}-${count++}`, time),
});

test("records behind empty ones come before the peer's close, and what is unread then is not lost", async () => {
  const { a, b } = await accepted(freshPath(), undefined);
  for (const text of ["", "x", "", "", "last"]) await a.send(new TextEncoder().encode(text));
  await a.close();
  const got: string[] = [];
  for await (const { data } of b) got.push(new TextDecoder().decode(data));
  expect(got).toEqual(["", "x", "", "", "last"]);
  await b.close();
});

test("a peer that closes with something unread resets: what it sent comes, then the error, once", async () => {
  const { a, b } = await accepted(freshPath(), undefined);
  await a.send(new TextEncoder().encode("never read"));
  await b.close();
  const error = await a.recv().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "ECONNRESET", op: "recv" });
  expect([await a.recv(), a.closed]).toEqual([null, true]);
});

test("five thousand records wait for a slow receiver in their order, and none is dropped", async () => {
  for (const { a, b, toB } of [
    await accepted(freshPath(), undefined),
    await listening(freshPath(), freshPath(), undefined),
  ]) {
    const sending = (async () => {
      for (let i = 0; i < 5000; i++) await a.send(new TextEncoder().encode(String(i)), toB);
    })();
    for (let i = 0; i < 5000; i++) expect(new TextDecoder().decode((await b.recv())!.data)).toBe(String(i));
    await sending;
    expect(b.traffic.packetsDropped).toBe(0);
    await Promise.all([a.close(), b.close()]);
  }
});

test("long records that nobody receives stay with the system, which holds the sender back, and none is dropped", async () => {
  for (const { a, b, toB } of [
    await accepted(freshPath(), undefined),
    await listening(freshPath(), freshPath(), undefined),
  ]) {
    const total = 60;
    const sending = (async () => {
      for (let i = 0; i < total; i++) await a.send(new Uint8Array(100_000).fill(i), toB);
    })();
    // As many as are taken while nobody asks: some 4 MB.
    while (b.traffic.packetsReceived < 39) await settle();
    for (let turn = 0; turn < 10; turn++) await settle();
    const got: number[] = [];
    while (got.length < total) for (const { data } of await b.recvBatch(5)) got.push(data[0]!);
    await sending;
    expect(got).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(b.traffic.packetsDropped).toBe(0);
    await Promise.all([a.close(), b.close()]);
  }
});

describe("a receiver of Unix datagrams that never receives", () => {
  const clock = new SimulatedClock();
  let sender: PacketConn;
  let other: PacketConn;
  let lazy = -1;
  let full: UnixAddress;

  beforeEach(async () => {
    lazy = makeUnixSocket(SOCKET_TYPE.datagram);
    full = new UnixAddress(freshPath());
    bindUnixSocket(lazy, full.path);
    sender = await listen("unixgram", "@", { wheel: new TimerWheel(clock) });
    other = await listen("unixgram", "@");
    while (sender.trySend(bytesOf("?"), full));
  });

  afterEach(async () => {
    closeDescriptor(lazy);
    await Promise.all([sender.close(), other.close()]);
  });

  test("holds up sends to others until the time-out of its own, and no longer", async () => {
    const toFull = failureOf(sender.send(bytesOf("1"), full, { timeoutMs: 100 }));
    const toOther = sender.send(bytesOf("2"), other.local);
    await settle();
    clock.advance(300);
    expect((await toFull).code).toBe("ETIMEDOUT");
    await toOther;
    expect(packetText(await other.recv())).toBe("2");
  });

  test("nor until it is canceled, whatever waits behind it", async () => {
    const controller = new AbortController();
    const toFull = failureOf(sender.send(bytesOf("1"), full, { signal: controller.signal }));
    const sends = [sender.sendBatch([{ data: bytesOf("2"), to: other.local }]), sender.send(bytesOf("3"), other.local)];
    expect(sender.trySend(bytesOf("4"), other.local)).toBe(false);
    await settle();
    controller.abort();
    expect((await toFull).code).toBe("ECANCELED");
    await Promise.all(sends);
    expect((await other.recvBatch(3)).map(packetText)).toEqual(["2", "3"]);
  });

  test("has its drain told when it has room, though a send has given up meanwhile", async () => {
    const sink = new PacketRecorder();
    sender.attach(sink);
    expect(sender.trySend(bytesOf("1"), full)).toBe(false);
    const toFull = failureOf(sender.send(bytesOf("2"), full, { timeoutMs: 100 }));
    await settle();
    clock.advance(300);
    await toFull;
    await settle();
    expect(sink.events).toEqual([]);
    while (receiveDatagram(lazy, new Uint8Array(1)) >= 0);
    await sink.heard("drain");
    expect(sink.events).toEqual(["drain"]);
    expect(sender.trySend(bytesOf("3"), full)).toBe(true);
  });
});

test("a descriptor that is no socket is refused, and stays the caller's", async () => {
  const fd = openSync("/dev/null", "r");
  const path = freshPath();
  const failure = await failureOf(listen("unixgram", path, { fd }));
  expect([failure.code, failure.hint]).toEqual(["EINVAL", `descriptor ${fd} is no socket`]);
  expect((await failureOf(listen("unixpacket", path, { fd }))).code).toBe("EINVAL");
  closeSync(fd);
});
