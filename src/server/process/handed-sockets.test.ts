import { afterEach, expect, test } from "bun:test";
import { dial, type Listener, NetError } from "../../net/index.ts";
import { HandedSockets } from "./handed-sockets.ts";
import { ListeningSockets } from "./sockets.ts";
import { duplicateDescriptor } from "../../sys/index.ts";
import type { HandedSocket } from "./worker-message.ts";

const ADDRESS = { network: "tcp", host: "127.0.0.1", port: 0 } as const;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

/** As spawning a worker does: it has descriptors of its own. */
function handOver(sockets: readonly HandedSocket[]): HandedSocket[] {
  return sockets.map(({ address, fd }) => ({ address, fd: duplicateDescriptor(fd) }));
}

/** Answers each connection with a byte. */
function answer(listener: Listener): void {
  open.push(listener);
  listener.serve((conn) => void conn.write(new Uint8Array([1])).then(async () => conn.close()));
}

/** Connects so many clients to a port; the counts of those that were answered so far, and of all. */
async function crowd(
  port: number,
  size: number,
): Promise<{ readonly answers: Promise<Uint8Array | null>[]; answered: number }> {
  const result = { answers: [] as Promise<Uint8Array | null>[], answered: 0 };
  for (let i = 0; i < size; i++) {
    const conn = await dial("tcp", `127.0.0.1:${port}`);
    open.push(conn);
    const answer = conn.read().then((chunk) => {
      if (chunk !== null) result.answered++;
      return chunk;
    });
    result.answers.push(answer);
  }
  return result;
}

/** A supervisor's sockets for two workers, of which the first is at work, as deputy of the second, which is not. */
async function half(): Promise<{
  readonly sockets: ListeningSockets;
  readonly worker: HandedSockets;
  listener: Listener;
  port: number;
}> {
  const sockets = await ListeningSockets.make([ADDRESS], 2);
  const port = Number(sockets.addressTexts[0]!.split(":")[1]);
  const worker = new HandedSockets(handOver(sockets.of(0)), handOver(sockets.onlyOf(1)));
  const listener = await worker.listen(ADDRESS);
  answer(listener);
  return { sockets, worker, listener, port };
}

test("HandedSockets.adopt serves what is queued on the other worker's socket", async () => {
  const { sockets, worker, port } = await half();
  const { answers } = await crowd(port, 32);
  await worker.adopt();
  expect((await Promise.all(answers)).every((chunk) => chunk?.length === 1)).toBe(true);
  sockets.close();
});

test("what was queued behind a release is answered by the last to close the socket", async () => {
  const { sockets, worker, listener, port } = await half();
  await worker.adopt();
  await worker.release();
  const clients = await crowd(port, 32);
  sockets.close();
  await listener.close();
  expect((await Promise.all(clients.answers)).every((chunk) => chunk?.length === 1)).toBe(true);
});

test("ListeningSockets refuses a port on which somebody listens, whoever shares it", async () => {
  const sockets = await ListeningSockets.make([ADDRESS], 3);
  const port = Number(sockets.addressTexts[0]!.split(":")[1]);
  const refused: unknown = await ListeningSockets.make([{ ...ADDRESS, port }], 3).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(NetError);
  expect((refused as NetError).code).toBe("EADDRINUSE");
  sockets.close();
});
