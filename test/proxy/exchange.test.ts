import { describe, expect, test } from "bun:test";
import { createServer, type IncomingMessage, request } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Peer, PeerServer } from "./peer.ts";
import { TestProxy } from "./start-proxy.ts";

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/** An upstream that answers every request it reads whole, without a body, with `answer`. */
const answering = (answer: string) => (peer: Peer) => {
  void (async () => {
    for (;;) {
      await peer.take("\r\n\r\n");
      peer.send(answer);
    }
  })().catch(() => undefined);
};

describe("a request through the proxy", () => {
  test("has the fields of its answer changed where that meets a requirement", async () => {
    await using upstream = await PeerServer.start(
      (peer, index) =>
        void peer
          .take("\r\n\r\n")
          .then(() => peer.send(index === 0 ? HELLO.replace("200", "404") : HELLO).socket.end()),
    );
    const response = { require: { status_code: [4] }, set: { "X-Changed": ["1"] } };
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial], headers: { response } });
    const changed: (string | null)[] = [];
    for (let i = 0; i < 2; i++) changed.push((await fetch(proxy.url())).headers.get("x-changed"));
    expect(changed).toEqual(["1", null]);
  });

  test("reaches the upstream with its fields, without hop-by-hop ones, and with ours", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send(
      "GET /a%20b?c=d&e HTTP/1.1\r\nHost: example.com\r\nX-Own: 1\r\nConnection: keep-alive, X-Private\r\nX-Private: 2\r\n" +
        "Keep-Alive: timeout=5\r\nX-Forwarded-For: 10.0.0.1\r\nProxy-Authorization: Basic eA==\r\nCookie: a=b\r\n\r\n",
    );
    const server = await upstream.connection();
    expect(await server.take("\r\n\r\n")).toBe(
      "GET /a%20b?c=d&e HTTP/1.1\r\nHost: example.com\r\nX-Own: 1\r\nCookie: a=b\r\nX-Forwarded-For: 127.0.0.1\r\n" +
        "X-Forwarded-Proto: http\r\nX-Forwarded-Host: example.com\r\nVia: 1.1 Netwright\r\n\r\n",
    );
    server.send(
      "HTTP/1.1 201 Made\r\nX-Up: 1\r\nConnection: X-Hop\r\nX-Hop: 2\r\nServer: up\r\nContent-Length: 2\r\n\r\nok",
    );
    const answer = await client.take("\r\n\r\nok");
    expect(answer.replace(/Date: .*\r\n/, "")).toBe(
      "HTTP/1.1 201 Created\r\nX-Up: 1\r\nServer: up\r\nVia: 1.1 Netwright\r\nContent-Length: 2\r\n\r\nok",
    );
  });

  test("uses the upstream's connection again, and a second one only beside it", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const [one, two] = [await Peer.to(proxy.port), await Peer.to(proxy.port)];
    one.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    await (await upstream.connection(0)).take("\r\n\r\n");
    two.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    await (await upstream.connection(1)).take("\r\n\r\n");
    for (const peer of upstream.connections) peer.send(HELLO);
    await one.take("hello");
    await two.take("hello");
    for (let i = 0; i < 5; i++) {
      one.send(`GET /again/${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const busy = await Promise.race(
        upstream.connections.map(async (peer) => peer.until((p) => p.text.includes("\r\n\r\n"))),
      );
      expect(await busy.take("\r\n\r\n")).toStartWith(`GET /again/${i} `);
      busy.send(HELLO);
      await one.take("hello");
    }
    expect(upstream.connections.length).toBe(2);
  });

  test("of HTTP/1.0 without a Host names the upstream", async () => {
    await using upstream = await PeerServer.start(answering(HELLO));
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.0\r\n\r\n");
    await client.until((peer) => peer.ended);
    expect(client.text).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(client.text).toEndWith("hello");
  });

  test("believes the X-Forwarded-* of proxies that are trusted", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial], trusted_proxies: ["127.0.0.0/8"] });
    const client = await Peer.to(proxy.port);
    client.send(
      "GET / HTTP/1.1\r\nHost: inner\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: outer\r\n\r\n",
    );
    const got = await (await upstream.connection()).take("\r\n\r\n");
    expect(got).toContain("X-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n");
    expect(got).toContain("X-Forwarded-Proto: https\r\n");
    expect(got).toContain("X-Forwarded-Host: outer\r\n");
    expect(got).toContain("Host: inner\r\n");
  });

  test("goes to a Unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "netwright-"));
    try {
      const path = join(folder, "app.sock");
      await using _upstream = await PeerServer.start(answering(HELLO), path);
      await using proxy = await TestProxy.start({ upstreams: [`unix/${path}`] });
      const response = await fetch(proxy.url());
      expect([response.status, await response.text()]).toEqual([200, "hello"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("that asks for 100 Continue gets it, and its body goes on without", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    await client.take("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    const server = await upstream.connection();
    const got = await server.take("hello");
    expect(got).not.toContain("Expect");
    expect(got).toContain("Content-Length: 5\r\n");
    server.send(HELLO);
    expect(await client.take("hello")).toStartWith("HTTP/1.1 200 OK\r\n");
  });

  test("that asks for 100 Continue has the upstream asked, where the config says so", async () => {
    await using upstream = await PeerServer.start();
    const transport = { protocol: "http", expect_continue_timeout: "1m" };
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial], transport });
    const client = await Peer.to(proxy.port);
    const head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    client.send(head);
    const server = await upstream.connection();
    expect(await server.take("\r\n\r\n")).toContain("Expect: 100-continue\r\n");
    expect(client.text).toBe("");
    server.send("HTTP/1.1 100 Continue\r\n\r\n");
    expect(await client.take("\r\n\r\n")).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    await server.take("hello");
    server.send(HELLO);
    await client.take("\r\n\r\nhello");
    client.send(head);
    await server.take("\r\n\r\n");
    server.send("HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n");
    expect(await client.take("\r\n\r\n")).toStartWith("HTTP/1.1 413 ");
    await server.whenClosed();
    expect(server.text).toBe("");
  });

  test("that asks for 100 Continue does not wait for an upstream that says nothing", async () => {
    await using upstream = await PeerServer.start();
    const transport = { protocol: "http", expect_continue_timeout: "10ms" };
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial], transport });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    await client.take("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    const server = await upstream.connection();
    await server.take("hello");
    server.send(HELLO);
    await client.take("\r\n\r\nhello");
  });

  test("sends its body on as it comes, in chunks with trailers", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    const server = await upstream.connection();
    expect(await server.take("3\r\none\r\n")).toContain("Transfer-Encoding: chunked\r\n");
    client.send("3\r\ntwo\r\n");
    await server.take("3\r\ntwo\r\n");
    client.send("0\r\nX-T: 1\r\n\r\n");
    expect(await server.take("0\r\nX-T: 1\r\n\r\n")).toBe("0\r\nX-T: 1\r\n\r\n");
    server.send(HELLO);
    await client.take("hello");
  });
});

describe("an answer through the proxy", () => {
  test("comes on as it is sent, chunk by chunk, with trailers", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n");
    const server = await upstream.connection();
    expect(await server.take("\r\n\r\n")).toContain("TE: trailers\r\n");
    server.send("HTTP/1.1 200 OK\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect(await client.take("\r\n\r\n")).toContain("Trailer: X-T\r\n");
    for (const word of ["one", "two"]) {
      server.send(`3\r\n${word}\r\n`);
      await client.take(`3\r\n${word}\r\n`);
    }
    server.send("0\r\nX-T: 1\r\n\r\n");
    expect(await client.take("0\r\nX-T: 1\r\n\r\n")).toBe("0\r\nX-T: 1\r\n\r\n");
  });

  test("is begun before the request's body is whole, and both go on", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    await client.take("\r\n\r\n");
    for (const word of ["ping", "pong"]) {
      client.send(`4\r\n${word}\r\n`);
      await server.take(`4\r\n${word}\r\n`);
      server.send(`4\r\n${word}\r\n`);
      await client.take(`4\r\n${word}\r\n`);
    }
    client.send("0\r\n\r\n");
    await server.take("0\r\n\r\n");
    server.send("0\r\n\r\n");
    await client.take("0\r\n\r\n");
    client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await server.take("\r\n\r\n")).toStartWith("GET /2 ");
  });

  test("to HEAD has a length and no body", async () => {
    await using upstream = await PeerServer.start(answering("HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n"));
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await client.take("\r\n\r\n")).toContain("Content-Length: 123\r\n");
    expect(await client.take("\r\n\r\n")).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(upstream.connections.length).toBe(1);
  });

  test.each([204, 304])("with status %d has no body", async (status) => {
    await using upstream = await PeerServer.start(answering(`HTTP/1.1 ${status} X\r\nETag: "x"\r\n\r\n`));
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    for (let i = 0; i < 2; i++) {
      const answer = await client.take("\r\n\r\n");
      expect(answer).toStartWith(`HTTP/1.1 ${status} `);
      expect(answer).toContain('ETag: "x"\r\n');
      expect(answer).not.toContain("Content-Length");
    }
  });

  test.each([
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello"],
    ["HTTP/1.1 without a length", "HTTP/1.1 200 OK\r\n\r\nhello"],
  ])("of %s ends with its connection, and the client's goes on", async (_, answer) => {
    await using upstream = await PeerServer.start((peer) => {
      void peer.take("\r\n\r\n").then(() => peer.send(answer).socket.end());
    });
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    for (let i = 1; i <= 2; i++) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(await client.take("0\r\n\r\n")).toContain("hello");
      expect(upstream.connections.length).toBe(i);
    }
  });

  test("comes behind interim ones, of which 103 goes on", async () => {
    await using upstream = await PeerServer.start(
      answering(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${HELLO}`),
    );
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await client.take("hello")).toStartWith("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n");
  });

  test("of node:http comes whole, both ways", async () => {
    const server = createServer((incoming, outgoing) => {
      outgoing.writeHead(200, { "X-Method": incoming.method, "X-Url": incoming.url });
      incoming.pipe(outgoing);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      await using proxy = await TestProxy.start({ upstreams: [`127.0.0.1:${port}`] });
      const body = Buffer.alloc(3_000_000, "0123456789");
      for (const headers of [{ "Content-Length": body.length }, { "Transfer-Encoding": "chunked" }]) {
        const asked = request({ host: "127.0.0.1", port: proxy.port, method: "PUT", path: "/x?y", headers });
        asked.end(body);
        const [answer] = (await once(asked, "response")) as [IncomingMessage];
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        expect(answer.headers["x-method"]).toBe("PUT");
        expect(answer.headers["x-url"]).toBe("/x?y");
        expect(Buffer.concat(chunks).equals(body)).toBe(true);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("an upgrade through the proxy", () => {
  test("makes a tunnel in which bytes go both ways, those behind the heads first", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: Chat\r\n\r\nfirst");
    const server = await upstream.connection();
    const got = await server.take("\r\n\r\n");
    expect(got.toLowerCase()).toContain("\r\nconnection: upgrade\r\nupgrade: chat\r\n");
    expect(server.text).toBe("");
    server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: Chat\r\n\r\nwelcome");
    expect(await client.take("welcome")).toStartWith("HTTP/1.1 101 Switching Protocols\r\n");
    await server.take("first");
    client.send("second");
    await server.take("second");
    client.socket.end();
    await server.until((peer) => peer.ended);
    server.send("bye");
    await client.take("bye");
    server.socket.end();
    await client.whenClosed();
    expect(client.error).toBeUndefined();
    expect(proxy.outcomes).toEqual([undefined]);
  });

  test("that the upstream declines is answered like any other request", async () => {
    await using upstream = await PeerServer.start(answering(HELLO));
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    expect(await client.take("hello")).toStartWith("HTTP/1.1 200 OK\r\n");
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.take("hello");
  });

  test("that nobody asked for is a 502", async () => {
    await using upstream = await PeerServer.start(
      answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
    );
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    expect((await fetch(proxy.url())).status).toBe(502);
  });

  test("carries a WebSocket", async () => {
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (asked, self) => (self.upgrade(asked) ? undefined : new Response("no", { status: 400 })),
      websocket: { message: (socket, message) => void socket.send(message) },
    });
    try {
      await using proxy = await TestProxy.start({ upstreams: [`127.0.0.1:${server.port}`] });
      const socket = new WebSocket(proxy.url("/ws").replace("http", "ws"));
      socket.binaryType = "arraybuffer";
      await once(socket, "open");
      for (const message of ["hello", "x".repeat(100_000)]) {
        socket.send(message);
        const [{ data }] = (await once(socket, "message")) as [MessageEvent<string>];
        expect(data === message).toBe(true);
      }
      socket.close(1000, "done");
      const [closed] = (await once(socket, "close")) as [CloseEvent];
      expect(closed.code).toBe(1000);
    } finally {
      await server.stop(true);
    }
  });
});
