import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import type { Exchange } from "../../src/http/message/index.ts";
import { type HttpServer, serveExchanges } from "../../src/http/server/index.ts";
import { dial, listen } from "../../src/net/index.ts";

const LENGTH = 20_000_000;
const content: Buffer = Buffer.alloc(LENGTH, "0123456789abcdefg");
const clock: SimulatedClock = new SimulatedClock();
let dir: string;
let fd: number;
let server: HttpServer | undefined;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "netwright-http-"));
  writeFileSync(join(dir, "file"), content);
  fd = openSync(join(dir, "file"), "r");
});
afterAll(() => {
  closeSync(fd);
  rmSync(dir, { recursive: true });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Serves a range of the file, said to be `length` long; resolves what became of the exchange to `outcome`. */
async function served(offset: number, length: number): Promise<{ url: string; outcome: Promise<unknown> }> {
  const listener = await listen("tcp", "127.0.0.1:0", { wheel: new TimerWheel(clock) });
  const outcome = Promise.withResolvers<unknown>();
  const next = async (exchange: Exchange): Promise<void> => {
    expect(exchange.canSendFile).toBe(true);
    exchange.start(200, length);
    try {
      await exchange.sendFile(fd, offset, length);
      exchange.end();
      outcome.resolve("sent");
    } catch (error) {
      outcome.resolve(error);
      throw error;
    }
  };
  server = serveExchanges(listener, next, { clock, onError: () => undefined });
  return { url: `http://${String(listener.local)}/`, outcome: outcome.promise };
}

test("a response from a file comes whole, by its own length, and the connection goes on", async () => {
  const { url } = await served(5, LENGTH - 10);
  for (let i = 0; i < 3; i++) {
    const body = await (await fetch(url)).bytes();
    expect(Buffer.compare(body, content.subarray(5, LENGTH - 5))).toBe(0);
  }
  expect(server?.connections).toBe(1);
  const head = await fetch(url, { method: "HEAD" });
  expect([head.headers.get("content-length"), (await head.bytes()).length]).toEqual([String(LENGTH - 10), 0]);
});

test("a file that ends early breaks the connection off: nobody takes it for whole", async () => {
  const { url, outcome } = await served(0, LENGTH + 1);
  expect(fetch(url).then(async (response) => response.bytes())).rejects.toThrow();
  expect(String(await outcome)).toContain(`the file ended after ${LENGTH} of ${LENGTH + 1} bytes`);
});

test("a reader that stops is dropped by the write time-out", async () => {
  const { url, outcome } = await served(0, LENGTH);
  const conn = await dial("tcp", new URL(url).host);
  await conn.write(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  await conn.read();
  for (let minutes = 0; minutes < 10 && server!.connections > 0; minutes++) {
    await clock.advanceAsync(60_000);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  expect(server!.connections).toBe(0);
  expect(String(await outcome)).toContain("ECONNABORTED");
  conn.abort();
});
