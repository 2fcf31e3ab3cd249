import { afterEach, describe, expect, test } from "bun:test";
import { closeDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { receiveMessage, sendMessage } from "./message.ts";
import { type Readiness, watchReadiness } from "./readiness.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { makeSocketPair } from "./socket-pair.ts";

const open: number[] = [];
const watches: Readiness[] = [];

/** Two joined Unix datagram sockets, which the runtime itself cannot watch. */
function pair(): readonly [number, number] {
  const fds = makeSocketPair(SOCKET_TYPE.datagram);
  open.push(...fds);
  return fds;
}

function watched(fd: number, ready: () => void, level = false): Readiness {
  const watch = watchReadiness(fd, ready, level);
  watches.push(watch);
  return watch;
}

afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
  for (const fd of open.splice(0)) closeDescriptor(fd);
});

const PING: Uint8Array = new TextEncoder().encode("ping");
const buffer: Uint8Array = new Uint8Array(16);

async function turns(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("watchReadiness", () => {
  test("tells when something came, for each time", async () => {
    const [a, b] = pair();
    for (let i = 0; i < 3; i++) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const watch = watched(b, resolve);
      sendMessage(a, PING);
      await promise;
      expect(receiveMessage(b, buffer).length).toBe(4);
      watch.close();
    }
  });

  test("tells of what was there before", async () => {
    const [a, b] = pair();
    sendMessage(a, PING);
    await new Promise<void>((resolve) => void watched(b, resolve));
    expect(receiveMessage(b, buffer).length).toBe(4);
  });

  test("tells as long as there is something only while it is to, also of a peer that has gone", async () => {
    const [a, b] = makeSocketPair(SOCKET_TYPE.seqpacket);
    open.push(b);
    let told = 0;
    const watch = watched(b, () => told++, true);
    sendMessage(a, PING);
    closeDescriptor(a);
    while (told < 10) await turns();
    watch.setLevel(false);
    const before = told;
    await turns();
    await turns();
    expect(told - before).toBeLessThanOrEqual(1);
    watch.setLevel(true);
    const then = told;
    while (told < then + 10) await turns();
  });

  test("tells once for what is left, and again when asked to", async () => {
    const [a, b] = pair();
    let told = 0;
    const watch = watched(b, () => told++);
    sendMessage(a, PING);
    await turns();
    expect(told).toBe(1);
    watch.again();
    await turns();
    expect(told).toBe(2);
  });

  test("with a level it tells until nothing is left, and the others are told meanwhile", async () => {
    const [a, b] = pair();
    const other = pair();
    let told = 0;
    const done = Promise.withResolvers<void>();
    watched(b, () => void (++told > 2 && receiveMessage(b, buffer)), true);
    watched(other[1], () => done.resolve());
    for (let i = 0; i < 3; i++) sendMessage(a, PING);
    sendMessage(other[0], PING);
    await done.promise;
    await turns();
    expect(told).toBe(5);
    expect(receiveMessage(b, buffer).length).toBe(-ERRNO.EAGAIN);
  });

  test("tells each of very many, far more than have a door of their own", async () => {
    const told: number[] = [];
    const pairs = Array.from({ length: 200 }, () => pair());
    const all = Promise.withResolvers<void>();
    for (const [i, [, b]] of pairs.entries()) {
      watched(b, () => {
        while (receiveMessage(b, buffer).length >= 0) told.push(i);
        if (told.length === 400) all.resolve();
      });
    }
    for (let round = 0; round < 2; round++) for (const [a] of pairs) sendMessage(a, PING);
    await all.promise;
    expect(new Set(told).size).toBe(200);
  });

  test("tells nothing after close, also when it closes one that is told of in the same turn", async () => {
    const pairs = [pair(), pair()] as const;
    const told: number[] = [];
    const both: Readiness[] = pairs.map(([, b], i) =>
      watched(b, () => {
        told.push(i);
        for (const watch of both) watch.close();
      }),
    );
    for (const [a] of pairs) sendMessage(a, PING);
    await turns();
    expect(told.length).toBe(1);
  });

  test("tells of room to send when asked to", async () => {
    const [a, b] = pair();
    const { promise, resolve } = Promise.withResolvers<void>();
    let full = false;
    const watch = watched(a, () => full && sendMessage(a, PING) === 4 && resolve());
    await turns();
    while (sendMessage(a, PING) >= 0);
    expect(sendMessage(a, PING)).toBe(-ERRNO.EAGAIN);
    full = true;
    watch.watchWritable(true);
    while (receiveMessage(b, buffer).length >= 0);
    await promise;
  });

  test("refuses what cannot be polled", () => {
    expect(() => watchReadiness(1_000_000, () => undefined)).toThrow("EBADF");
  });

  test("keeps the process alive exactly while it is held", async () => {
    const script = `
      import { watchReadiness } from ${JSON.stringify(`${import.meta.dir}/readiness.ts`)};
      const watch = watchReadiness(0, () => { console.log("told"); watch.unref(); });
      process.on("exit", () => console.log("end"));
    `;
    const child = Bun.spawn([process.execPath, "-e", script], { stdin: "pipe", stdout: "pipe" });
    await child.stdin.write("x");
    await child.stdin.flush();
    expect(await new Response(child.stdout).text()).toBe("told\nend\n");
    expect(await child.exited).toBe(0);
    await child.stdin.end();
  });
});
