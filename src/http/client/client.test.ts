import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NetError } from "../../net/index.ts";
import { Fields, ProtocolError } from "../message/index.ts";
import { Client, type ClientOptions, request } from "./client.ts";
import type { ClientResponse } from "./client-response.ts";

/** A connection of the client's, from the server's side, in plain bytes. */
class Served {
  readonly socket: Socket;
  text = "";
  received = 0;
  closed = false;
  private waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.received += chunk.length;
      this.text = (this.text + chunk.toString("latin1")).slice(-1_000_000);
      this.wake();
    });
    socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
    socket.on("error", () => this.wake());
  }

  /** Waits for a text, and returns everything up to its end. */
  async take(text: string): Promise<string> {
    await this.until(() => this.text.includes(text));
    const end = this.text.indexOf(text) + text.length;
    const taken = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return taken;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  send(text: string): this {
    this.socket.write(Buffer.from(text, "latin1"));
    return this;
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }
}

/** What a promise fails with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

const HELLO = "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello";
let server: Server;
let served: Served[];
let arrivals: (() => void)[];
let client: Client;
let base: string;

beforeEach(async () => {
  served = [];
  arrivals = [];
  server = createServer((socket) => {
    served.push(new Served(socket));
    for (const arrival of arrivals.splice(0)) arrival();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  clientWith({});
});

afterEach(() => {
  client.close();
  for (const { socket } of served) socket.destroy();
  server.close();
});

function clientWith(options: ClientOptions): void {
  client = new Client({ userAgent: "", ...options });
}

async function connection(index = 0): Promise<Served> {
  while (served.length <= index) await new Promise<void>((resolve) => arrivals.push(resolve));
  return served[index]!;
}

/** Asks, and answers with `answer` when the head of the request has come. */
async function ask(answer: string, path = "/"): Promise<ClientResponse> {
  const asked = client.request(`${base}${path}`);
  const peer = await connection();
  await peer.take("\r\n\r\n");
  peer.send(answer);
  return asked;
}

describe("Client.request", () => {
  test("sends what it is given, and nothing else", async () => {
    const asked = client.request(`${base}/a b?c=\u00e4#d`, {
      method: "PUT",
      headers: { "X-B": "2" },
      body: "gr\u00fc\u00df",
    });
    const peer = await connection();
    const host = base.slice("http://".length);
    expect(await peer.take("\u00c3\u009f")).toBe(
      `PUT /a%20b?c=%C3%A4 HTTP/1.1\r\nHost: ${host}\r\nX-B: 2\r\nContent-Length: 6\r\n\r\ngr\u00c3\u00bc\u00c3\u009f`,
    );
    peer.send(HELLO);
    const response = await asked;
    expect([response.status, response.length, response.headers.get("x-a")]).toEqual([200, 5, "1"]);
    expect(await response.text()).toBe("hello");
  });

  test.each([
    [
      "pairs",
      [
        ["Host", "other"],
        ["X-B", "2"],
      ] as const,
    ],
    [
      "Fields",
      Fields.from([
        ["Host", "other"],
        ["X-B", "2"],
      ]),
    ],
    ["Headers", new Headers({ host: "other", "X-B": "2" })],
  ])("takes fields from %s, and a Host in place of the URL's", async (_, headers) => {
    clientWith({ userAgent: "mine" });
    const asked = client.request(base, { headers });
    const peer = await connection();
    expect((await peer.take("\r\n\r\n")).toLowerCase()).toBe(
      "get / http/1.1\r\nhost: other\r\nx-b: 2\r\nuser-agent: mine\r\n\r\n",
    );
    peer.send(HELLO);
    await asked;
  });

  test.each([
    ["https", "https://127.0.0.1/", {}],
    ["another scheme", "ftp://127.0.0.1/", {}],
    ["credentials in the URL", "http://a:b@127.0.0.1/", {}],
    ["a method that is no token", "http://127.0.0.1/", { method: "A B" }],
    ["CONNECT", "http://127.0.0.1/", { method: "CONNECT" }],
    ["a line break in a field", "http://127.0.0.1/", { headers: { a: "b\r\nc: d" } }],
    ["a field of the connection's", "http://127.0.0.1/", { headers: { "Transfer-Encoding": "chunked" } }],
    ["a length that the body does not have", "http://127.0.0.1/", { headers: { "Content-Length": "3" }, body: "ab" }],
  ])("refuses %s with a TypeError", async (_, url, options) => {
    expect(await failureOf(client.request(url, options))).toBeInstanceOf(TypeError);
  });

  test("refuses a Host that cannot be sent", async () => {
    expect(await failureOf(client.request(base, { headers: { Host: "a b" } }))).toBeInstanceOf(ProtocolError);
  });

  test("reads JSON, and says when it is none", async () => {
    const response = await ask('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a": [1]}'.replace("9", "10"));
    expect(await response.json()).toEqual({ a: [1] });
    const other = await ask(HELLO);
    expect(await failureOf(other.json())).toBeInstanceOf(SyntaxError);
    expect(served.length).toBe(1);
  });

  test("gives the body on chunk by chunk, and the trailers behind it", async () => {
    const response = await ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const peer = await connection();
    const chunks: string[] = [];
    peer.send("3\r\none\r\n");
    for await (const chunk of response) {
      chunks.push(Buffer.from(chunk).toString());
      peer.send(chunks.length === 1 ? "3\r\ntwo\r\n" : "0\r\nX-T: 1\r\n\r\n");
    }
    expect(chunks).toEqual(["one", "two"]);
    expect(response.trailers?.get("x-t")).toBe("1");
    expect(await response.read()).toBeNull();
    expect(client.idleConnections).toBe(1);
  });

  test("gives the body as a web stream", async () => {
    const response = await ask(HELLO);
    expect(await new Response(response.stream).text()).toBe("hello");
  });

  test("sends a body from a source as it comes, in chunks", async () => {
    const gate = Promise.withResolvers<void>();
    const asked = client.request(base, {
      method: "POST",
      body: (async function* () {
        yield Buffer.from("one");
        await gate.promise;
        yield Buffer.from("two");
      })(),
    });
    const peer = await connection();
    expect(await peer.take("3\r\none\r\n")).toContain("Transfer-Encoding: chunked\r\n");
    gate.resolve();
    await peer.take("3\r\ntwo\r\n0\r\n\r\n");
    peer.send(HELLO);
    expect(await (await asked).text()).toBe("hello");
  });

  test("reads a source only as fast as the server does", async () => {
    let made = 0;
    const total = 64 * 1024 * 1024;
    const piece = new Uint8Array(256 * 1024);
    const asked = client.request(base, {
      method: "POST",
      headers: { "Content-Length": String(total) },
      body: (function* () {
        for (; made < total; made += piece.length) yield piece;
      })(),
    });
    const peer = await connection();
    peer.socket.pause();
    let before = -1;
    for (let same = 0; same < 1000; same++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (made !== before) same = 0;
      before = made;
    }
    expect(made).toBeLessThan(16 * 1024 * 1024);
    peer.socket.resume();
    await peer.until(() => peer.received > total);
    peer.send(HELLO);
    expect(await (await asked).text()).toBe("hello");
  }, 30_000);

  test("fails with what the source throws, and never looks whole", async () => {
    const asked = client.request(base, {
      method: "POST",
      body: (async function* () {
        yield Buffer.from("one");
        await (await connection()).take("one\r\n");
        throw new RangeError("no more");
      })(),
    });
    expect(String(await failureOf(asked))).toContain("no more");
    const peer = await connection();
    await peer.until(() => peer.closed);
    expect(peer.text).toBe("");
  });

  test("stops reading the source when the answer has come early", async () => {
    let returned = false;
    const asked = client.request(base, {
      method: "POST",
      body: (async function* () {
        try {
          for (;;) {
            yield Buffer.from("x");
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          returned = true;
        }
      })(),
    });
    const peer = await connection();
    await peer.take("x");
    peer.send("HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n");
    expect((await asked).status).toBe(413);
    await peer.until(() => peer.closed);
    while (!returned) await new Promise((resolve) => setImmediate(resolve));
    expect(client.connections).toBe(0);
  });

  test("reaches a Unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "netwright-"));
    const path = join(folder, "s.sock");
    const local = createServer((socket) => socket.once("data", () => socket.write(HELLO)));
    await new Promise<void>((resolve) => local.listen(path, resolve));
    try {
      const response = await client.request("http://any.host/", { unix: path });
      expect(await response.text()).toBe("hello");
    } finally {
      client.close();
      local.close();
      rmSync(folder, { recursive: true });
    }
  });

  test("fails with a NetError when nobody listens", async () => {
    server.close();
    expect(await failureOf(client.request(base))).toBeInstanceOf(NetError);
  });

  test("fails with a ProtocolError when the answer is none", async () => {
    expect(await failureOf(ask("220 smtp.example.com ESMTP\r\n"))).toBeInstanceOf(ProtocolError);
  });

  test("fails reading when the body breaks off", async () => {
    const response = await ask("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    expect(Buffer.from((await response.read())!).toString()).toBe("half");
    (await connection()).socket.destroy();
    expect(await failureOf(response.read())).toBeInstanceOf(NetError);
  });
});

describe("giving up", () => {
  test("by a signal that was aborted before sends nothing", async () => {
    const signal = AbortSignal.abort(new Error("no need"));
    expect(await failureOf(client.request(base, { signal }))).toMatchObject({
      code: "ECANCELED",
      cause: { message: "no need" },
    });
    expect(client.connections).toBe(0);
  });

  test("by a signal before the answer breaks the connection off", async () => {
    const controller = new AbortController();
    const asked = client.request(base, { signal: controller.signal });
    const peer = await connection();
    await peer.take("\r\n\r\n");
    controller.abort();
    expect(await failureOf(asked)).toMatchObject({ code: "ECANCELED" });
    await peer.until(() => peer.closed);
    expect(client.connections).toBe(0);
  });

  test("by a signal in the middle of the body fails the read that is pending", async () => {
    const controller = new AbortController();
    const asked = client.request(base, { signal: controller.signal });
    const peer = await connection();
    await peer.take("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    const response = await asked;
    await response.read();
    const read = response.read();
    controller.abort();
    expect(await failureOf(read)).toMatchObject({ code: "ECANCELED" });
    await peer.until(() => peer.closed);
  });

  test("by a signal after the end does nothing", async () => {
    const controller = new AbortController();
    const asked = client.request(base, { signal: controller.signal });
    const peer = await connection();
    await peer.take("\r\n\r\n");
    peer.send(HELLO);
    expect(await (await asked).text()).toBe("hello");
    controller.abort();
    expect(client.idleConnections).toBe(1);
  });

  test("by time counts the whole", async () => {
    const asked = client.request(base, { timeoutMs: 100 });
    const peer = await connection();
    await peer.take("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    const response = await asked;
    expect(await failureOf(response.text())).toMatchObject({ code: "ETIMEDOUT", op: "request" });
    await peer.until(() => peer.closed);
  });
});

describe("a response that nobody wants", () => {
  test("is let come when it is short, and the connection lives on", async () => {
    const response = await ask("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    response.cancel();
    expect(String(await failureOf(response.read()))).toContain("cancelled");
    (await connection()).send("itself");
    while (client.idleConnections === 0) await new Promise((resolve) => setImmediate(resolve));
    const next = await ask(HELLO, "/2");
    expect(await next.text()).toBe("hello");
    expect(served.length).toBe(1);
  });

  test.each([
    ["long", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx"],
    ["of unknown length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"],
  ])("breaks its connection off when it is %s", async (_, answer) => {
    {
      await using response = await ask(answer);
      expect(response.status).toBe(200);
    }
    const peer = await connection();
    await peer.until(() => peer.closed);
    expect(client.connections).toBe(0);
  });

  test("is cancelled when its iteration is left", async () => {
    const response = await ask("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
    for await (const chunk of response) {
      expect(chunk.length).toBe(1);
      break;
    }
    const peer = await connection();
    await peer.until(() => peer.closed);
  });

  test("holds the server back until it is read", async () => {
    const total = 64 * 1024 * 1024;
    const response = await ask(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
    const peer = await connection();
    peer.socket.write(Buffer.alloc(total));
    let before = -1;
    for (let same = 0; same < 1000; same++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (peer.socket.writableLength !== before) same = 0;
      before = peer.socket.writableLength;
    }
    expect(before).toBeGreaterThan(total - 16 * 1024 * 1024);
    let read = 0;
    for await (const chunk of response) read += chunk.length;
    expect(read).toBe(total);
  }, 30_000);

  test("is refused when it is longer than its reader takes", async () => {
    const response = await ask(HELLO);
    expect(String(await failureOf(response.bytes(4)))).toContain("longer than 4 bytes");
  });

  test("ends its exchange when it is collected", async () => {
    await (async () => {
      await ask("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
    })();
    const peer = await connection();
    for (let turn = 0; turn < 500 && !peer.closed; turn++) {
      Bun.gc(true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(peer.closed).toBe(true);
  });
});

test("Client.close closes idle connections and takes no more requests", async () => {
  const response = await ask(HELLO);
  await response.text();
  client.close();
  const peer = await connection();
  await peer.until(() => peer.closed);
  expect(String(await failureOf(client.request(base)))).toContain("was closed");
});

test("request uses a client that the process shares", async () => {
  for (let i = 0; i < 2; i++) {
    const asked = request(base);
    const peer = await connection();
    expect(await peer.take("\r\n\r\n")).toContain("User-Agent: Netwright\r\n");
    peer.send(HELLO);
    expect(await (await asked).text()).toBe("hello");
  }
  expect(served.length).toBe(1);
});
