import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddrPort } from "../addr/index.ts";
import type { Conn } from "./conn.ts";
import { dial } from "./dial.ts";
import { listen } from "./listen.ts";
import { listSockets, type SocketEntry } from "./socket-list.ts";
import { socketProblems } from "./socket-problem.ts";

/** The entry of one end of a connection. */
function entryOf(local: string, remote: string): SocketEntry | undefined {
  const all = listSockets({ networks: ["tcp"], timeWait: false });
  return all.find((socket) => socket.local.toString() === local && socket.remote?.toString() === remote);
}

/** Waits, turn by turn of the event loop, until the system says what is expected. */
async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function connected(): Promise<{ a: Conn; b: Conn; from: string; to: string }> {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const accepting = listener.accept();
  const a = await dial("tcp", listener.local.toString());
  return { a, b: (await accepting)!, from: a.local.toString(), to: a.remote.toString() };
}

describe("listSockets", () => {
  test("TCP: who listens, who is connected, how far each has come", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const listening = listSockets({ networks: ["tcp"] }).find(
      ({ state, local }) => state === "LISTEN" && local.toString() === listener.local.toString(),
    );
    expect(listening?.owners.some(({ pid }) => pid === process.pid)).toBe(true);
    expect(listening).toMatchObject({ network: "tcp", remote: undefined, receiveQueue: 0, info: undefined });
    const { a, b, from, to } = await connected();
    await a.write(new Uint8Array(1000));
    const peer = await until(() => {
      const entry = entryOf(to, from);
      return entry?.receiveQueue === 1000 && entry;
    });
    expect(peer).toMatchObject({ network: "tcp", state: "ESTABLISHED", uid: process.getuid?.() ?? 0 });
    expect(entryOf(from, to)!.info).toMatchObject({ state: "ESTABLISHED", bytesSent: 1000, bytesAcked: 1001 });
    expect(socketProblems(peer)).toEqual([]);
    a.abort();
    b.abort();
  });

  test("a process that forgets to close is told of", async () => {
    const { a, b, from, to } = await connected();
    await a.close();
    const forgotten = await until(() => {
      const entry = entryOf(to, from);
      return entry?.state === "CLOSE_WAIT" && entry;
    });
    expect(forgotten.owners.map(({ pid }) => pid)).toContain(process.pid);
    expect(socketProblems(forgotten).map(({ kind }) => kind)).toEqual(["close-wait"]);
    await b.close();
    await until(() => entryOf(to, from)?.state !== "CLOSE_WAIT");
  });

  test("a peer that has stopped reading is told of", async () => {
    const { a, b, from, to } = await connected();
    const writing = a.write(new Uint8Array(64 << 20)).catch(() => {});
    const held = await until(() => {
      const entry = entryOf(from, to);
      return entry !== undefined && socketProblems(entry).some(({ kind }) => kind === "zero-window") && entry;
    });
    expect(held.sendQueue).toBeGreaterThan(0);
    await until(() => socketProblems(entryOf(to, from)!).some(({ kind }) => kind === "unread"));
    b.abort();
    await writing;
  });

  test("Unix sockets", async () => {
    const dir = mkdtempSync(join(tmpdir(), "netwright-sockets-"));
    const path = join(dir, "a.sock");
    const listener = await listen("unix", path);
    const conn = await dial("unix", path);
    const found = listSockets({ networks: ["unix"] }).filter(({ local }) => local.toString() === path);
    expect(found.map(({ network, state }) => `${network} ${state}`)).toContain("unix LISTEN");
    expect(listSockets({ networks: ["unixgram"] }).every(({ network }) => network === "unixgram")).toBe(true);
    conn.abort();
    await listener.close();
    rmSync(dir, { recursive: true });
  });

  test("without their owners, which takes most of the time", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    const { port } = listener.local as AddrPort;
    const found = listSockets({ networks: ["tcp"], owners: false }).filter(
      ({ local }) => (local as AddrPort).port === port,
    );
    expect(found.map(({ owners }) => owners)).toEqual([[]]);
  });
});
