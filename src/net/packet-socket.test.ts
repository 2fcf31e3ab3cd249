import { afterEach, describe, expect, test } from "bun:test";
import { UnixAddress } from "../addr/index.ts";
import { SimulatedClock, TimerWheel } from "../clock/index.ts";
import { closeDescriptor, ERRNO, makeSocketPair, sendMessage, SOCKET_TYPE, SystemError } from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { NetError } from "./net-error.ts";
import type { PacketSink } from "./packet-conn.ts";
import { PacketSocket } from "./packet-socket.ts";

/** A PacketConn whose system has as much room as the test says. */
class Narrow extends PacketSocket {
  readonly network = "narrow";
  readonly local: Endpoint = new UnixAddress("here");
  readonly remote: Endpoint = new UnixAddress("there");
  /** The other end of its socket. */
  other = -1;
  private room = 0;
  /** What sending fails with, once. */
  refusal = 0;
  /** How often it cannot be waited for room. */
  unwatched = 0;
  readonly sent: number[] = [];

  /** Gives room, and wakes the loop as a system does that has some. */
  give(room: number): void {
    this.room = room;
    sendMessage(this.other, one(0));
  }

  protected override watchRoom(on: boolean, to: Endpoint | undefined): void {
    if (on && this.unwatched > 0) {
      this.unwatched--;
      throw new SystemError("socket", ERRNO.EMFILE);
    }
    super.watchRoom(on, to);
  }

  protected override receiveAll(): void {
    // Nothing comes.
  }

  protected override transmit(data: Uint8Array): number {
    const { refusal } = this;
    this.refusal = 0;
    if (refusal !== 0) return refusal;
    if (this.room === 0) return -ERRNO.EAGAIN;
    this.room--;
    this.sent.push(data[0]!);
    return data.length;
  }
}

class Drains implements PacketSink {
  readonly told: Promise<void>;
  count = 0;
  private tell: () => void = () => undefined;

  constructor() {
    this.told = new Promise((resolve) => (this.tell = resolve));
  }

  drain(): void {
    this.count++;
    this.tell();
  }

  packet(): void {}
  error(): void {}
  close(): void {}
  timeout(): void {}
}

const open: { close(): Promise<void> }[] = [];
const clock: SimulatedClock = new SimulatedClock();

function narrow(): Narrow {
  const [fd, other] = makeSocketPair(SOCKET_TYPE.datagram);
  const conn = new Narrow(fd, new TimerWheel(clock));
  conn.other = other;
  open.push(conn, { close: async () => closeDescriptor(other) });
  return conn;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()));
});

const one = (number: number): Uint8Array => new Uint8Array([number]);

async function failureOf(promise: Promise<unknown>): Promise<NetError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NetError)) throw new Error("it did not fail with a NetError");
  return error;
}

describe("a PacketSocket without room", () => {
  test("keeps sends waiting, in their order, until there is some", async () => {
    const conn = narrow();
    const first = conn.send(one(1));
    const batch = conn.sendBatch([{ data: one(2) }, { data: one(3) }, { data: one(4) }]);
    const last = conn.send(one(5));
    expect(conn.sent).toEqual([]);
    conn.give(2);
    await first;
    expect(conn.sent).toEqual([1, 2]);
    conn.give(10);
    conn.trySend(one(6));
    await Promise.all([batch, last]);
    expect(conn.sent).toEqual([1, 2, 3, 4, 5]);
    expect([conn.traffic.packetsSent, conn.traffic.bytesSent]).toEqual([5, 5]);
  });

  test("says false and tells of room once", async () => {
    const conn = narrow();
    const sink = new Drains();
    conn.attach(sink);
    expect([conn.trySend(one(1)), conn.trySend(one(2))]).toEqual([false, false]);
    conn.give(2);
    await sink.told;
    expect(conn.sent).toEqual([]);
    expect(conn.trySend(one(1))).toBe(true);
    expect(sink.count).toBe(1);
  });

  test("a send that its limits end was not sent, and those behind it go", async () => {
    const conn = narrow();
    const controller = new AbortController();
    const timedOut = failureOf(conn.send(one(1), undefined, { timeoutMs: 100 }));
    const canceled = failureOf(conn.send(one(2), undefined, { signal: controller.signal }));
    const behind = conn.send(one(3));
    clock.advance(300);
    controller.abort();
    const [first, second] = await Promise.all([timedOut, canceled]);
    expect([first.code, first.packetsSent, second.code, second.packetsSent]).toEqual(["ETIMEDOUT", 0, "ECANCELED", 0]);
    conn.give(5);
    await behind;
    expect(conn.sent).toEqual([3]);
  });

  test("a batch that is canceled half-way says how many went", async () => {
    const conn = narrow();
    const controller = new AbortController();
    conn.give(2);
    const batch = [1, 2, 3].map((number) => ({ data: one(number) }));
    const canceled = failureOf(conn.sendBatch(batch, { signal: controller.signal }));
    expect(conn.sent).toEqual([1, 2]);
    controller.abort();
    expect((await canceled).packetsSent).toBe(2);
  });

  test("a send that waited is refused with its reason, and those behind it go", async () => {
    const conn = narrow();
    const refused = failureOf(conn.send(one(1)));
    const behind = conn.send(one(2));
    conn.refusal = -ERRNO.ECONNREFUSED;
    conn.give(5);
    expect((await refused).code).toBe("ECONNREFUSED");
    await behind;
    expect(conn.sent).toEqual([2]);
  });

  test("a send that cannot wait for room fails with the reason, and leaves nothing behind", async () => {
    const conn = narrow();
    conn.unwatched = 2;
    const { code, packetsSent } = await failureOf(conn.send(one(1)));
    expect([code, packetsSent]).toEqual(["EMFILE", 0]);
    expect(() => conn.trySend(one(2))).toThrow("EMFILE");
    const waits = conn.send(one(3));
    conn.give(5);
    await waits;
    expect(conn.sent).toEqual([3]);
  });

  test("a send that can wait no longer for room fails, and those behind it go", async () => {
    const conn = narrow();
    conn.give(1);
    const batch = failureOf(conn.sendBatch([{ data: one(1) }, { data: one(2) }, { data: one(3) }]));
    const behind = conn.send(one(4));
    conn.unwatched = 1;
    conn.give(1);
    const { code, packetsSent } = await batch;
    expect([code, packetsSent]).toEqual(["EMFILE", 2]);
    conn.give(1);
    await behind;
    expect(conn.sent).toEqual([1, 2, 4]);
  });

  test("close ends sends that wait", async () => {
    const conn = narrow();
    const waiting = failureOf(conn.send(one(1)));
    await conn.close();
    const { code, packetsSent } = await waiting;
    expect([code, packetsSent]).toEqual(["ECANCELED", 0]);
  });
});
