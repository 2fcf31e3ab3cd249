import { afterEach, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import {
  type Conn,
  dial,
  type Listener,
  listen,
  onCallbackFault,
  type PacketConn,
  type Sink,
} from "../../src/net/index.ts";
import { bytesOf, failureOf, settle } from "./pairs.ts";

const faults: unknown[] = [];

afterEach(() => {
  faults.length = 0;
  onCallbackFault(undefined);
});

function nothing(): void {
  // Most callbacks do nothing here.
}

function sinkThatThrows(where: keyof Sink): Sink {
  const sink: Sink = { data: nothing, drain: nothing, end: nothing, close: nothing, timeout: nothing };
  return {
    ...sink,
    [where]: () => {
      throw new Error(`a fault in ${where}`);
    },
  };
}

async function untilNoneIsOpen(listener: Listener): Promise<void> {
  for (let turn = 0; listener.open > 0 && turn < 1000; turn++) await settle();
  expect(listener.open).toBe(0);
}

async function connect(listener: Listener): Promise<Conn> {
  return dial("tcp", listener.local.toString());
}

describe("what a callback throws", () => {
  for (const where of ["data", "end"] as const) {
    test(`in ${where} resets that connection, is told of, and leaks nothing`, async () => {
      onCallbackFault((fault) => faults.push(fault));
      await using listener = await listen("tcp", "127.0.0.1:0");
      listener.serve((conn) => conn.attach(sinkThatThrows(where)));
      const before = readdirSync("/proc/self/fd").length;
      for (let i = 1; i <= 20; i++) {
        const client = await connect(listener);
        await client.write(bytesOf("x"));
        await client.closeWrite();
        expect((await failureOf(client.read())).code).toBe("ECONNRESET");
        expect(String(faults.at(-1))).toBe(`Error: a fault in ${where}`);
        expect(faults.length).toBe(i);
      }
      await untilNoneIsOpen(listener);
      expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 1);
    });
  }

  test("in drain and in close", async () => {
    onCallbackFault((fault) => faults.push(String(fault)));
    await using listener = await listen("tcp", "127.0.0.1:0");
    for (const where of ["drain", "close"] as const) {
      const accepting = listener.accept();
      const client = await connect(listener);
      const conn = (await accepting)!;
      conn.attach(sinkThatThrows(where));
      conn.send(new Uint8Array(20 << 20));
      if (where === "close") client.abort();
      else expect((await failureOf(readToEnd(client))).code).toBe("ECONNRESET");
      await conn.done;
      await settle();
      expect(faults.at(-1)).toBe(`Error: a fault in ${where}`);
    }
    await untilNoneIsOpen(listener);
  });

  test("in serve", async () => {
    onCallbackFault((fault) => faults.push(String(fault)));
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve(() => {
      throw new Error("a fault in serve");
    });
    const client = await connect(listener);
    expect((await failureOf(client.read())).code).toBe("ECONNRESET");
    expect(faults).toEqual(["Error: a fault in serve"]);
    await untilNoneIsOpen(listener);
  });

  test("in packet costs no other packet", async () => {
    const servers: readonly PacketConn[] = [
      await listen("udp", "127.0.0.1:0"),
      await listen("unixgram", "@netwright-callback-fault"),
    ];
    for (const server of servers) {
      onCallbackFault((fault) => faults.push(String(fault)));
      const { network } = server;
      const address = server.local.toString();
      await using client = network === "udp" ? await dial("udp", address) : await dial("unixgram", address);
      const heard: number[] = [];
      const all = Promise.withResolvers<void>();
      const sink = { data: nothing, drain: nothing, error: nothing, close: nothing, timeout: nothing };
      server.attach({
        ...sink,
        packet({ data }) {
          heard.push(data[0]!);
          if (heard.length === 5) all.resolve();
          if (data[0] === 1) throw new Error(`a fault over ${network}`);
        },
      });
      for (let i = 1; i <= 5; i++) await client.send(Uint8Array.of(i));
      await all.promise;
      expect(heard).toEqual([1, 2, 3, 4, 5]);
      expect(faults.at(-1)).toBe(`Error: a fault over ${network}`);
      await server.close();
    }
  });

  test("is an uncaught exception where nobody hears of it", async () => {
    const script = `
      import { dial, listen } from ${JSON.stringify(import.meta.resolve("../../src/net/index.ts"))};
      const listener = await listen("tcp", "127.0.0.1:0");
      listener.serve(() => { throw new Error("nobody hears"); });
      const conn = await dial("tcp", String(listener.local));
      await conn.read().catch(() => {});
      setTimeout(() => console.log("it went on"), 10);
    `;
    const child = Bun.spawnSync([process.execPath, "-e", script]);
    expect([child.exitCode, child.stdout.toString()]).toEqual([1, ""]);
    expect(child.stderr.toString()).toContain("nobody hears");
  });
});

async function readToEnd(conn: Conn): Promise<void> {
  while ((await conn.read()) !== null);
}
