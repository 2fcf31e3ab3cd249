import { describe, expect, test } from "bun:test";
import { Peer, PeerServer, unusedPort } from "./peer.ts";
import { TestProxy } from "./start-proxy.ts";

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const post = (body: string): string => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** An upstream that answers every request without a body with 200, and says who it is. */
const named = (name: string) => (peer: Peer) => {
  void (async () => {
    for (;;) {
      await peer.take("\r\n\r\n");
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
    }
  })().catch(() => undefined);
};

/** An upstream that reads the head of a request and resets the connection. */
const resetting = (peer: Peer): void => {
  void peer.take("\r\n\r\n").then(() => peer.socket.resetAndDestroy());
};

async function statusOf(proxy: TestProxy, init?: RequestInit): Promise<number> {
  const response = await fetch(proxy.url(), init);
  await response.arrayBuffer();
  return response.status;
}

describe("an upstream that", () => {
  test("refuses the connection makes a 502", async () => {
    await using proxy = await TestProxy.start({ upstreams: [`127.0.0.1:${await unusedPort()}`] });
    expect(await statusOf(proxy)).toBe(502);
    expect(await statusOf(proxy, { method: "POST", body: "x" })).toBe(502);
  });

  test("is a socket that is not there makes a 502", async () => {
    await using proxy = await TestProxy.start({ upstreams: ["unix//nonexistent/app.sock"] });
    expect(await statusOf(proxy)).toBe(502);
  });

  test("hangs makes a 504 after the time it is given, and its connection is dropped", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({
      upstreams: [upstream.dial],
      transport: { protocol: "http", response_header_timeout: "150ms" },
    });
    expect(await statusOf(proxy)).toBe(504);
    await (await upstream.connection()).whenClosed();
  });

  test("stops in the middle of its answer breaks the client's connection off after the time it is given", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({
      upstreams: [upstream.dial],
      transport: { protocol: "http", read_timeout: "150ms" },
    });
    const client = (await Peer.to(proxy.port)).send(GET);
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await client.take("half");
    await client.whenClosed();
    await server.whenClosed();
    expect(proxy.outcomes[0]).toBeInstanceOf(Error);
  });

  test.each([
    ["by length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
    ["in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ["until the end", "HTTP/1.1 200 OK\r\n\r\nhalf"],
  ])("resets in the middle of an answer %s breaks the client's connection off", async (_, answer) => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = (await Peer.to(proxy.port)).send(GET);
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.send(answer);
    await client.until((peer) => peer.text.includes("half"));
    server.socket.resetAndDestroy();
    await client.whenClosed();
    expect(client.text).not.toContain("0\r\n\r\n");
    expect(proxy.outcomes[0]).toBeInstanceOf(Error);
  });

  test.each([
    ["garbage", "SSH-2.0-OpenSSH_9\r\n"],
    ["a head without an end", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(20_000)}`],
    ["a malformed chunk behind a head", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n"],
    ["both framings", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["nothing, and closes", ""],
  ])("answers %s makes a 502, and its connection is dropped", async (_, answer) => {
    await using upstream = await PeerServer.start((peer) => {
      void peer.take("\r\n\r\n").then(() => (answer === "" ? peer.socket.end() : peer.send(answer)));
    });
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    expect(await statusOf(proxy)).toBe(502);
    await (await upstream.connection()).whenClosed();
  });

  test("sends more than its answer is not asked again on that connection", async () => {
    await using upstream = await PeerServer.start(
      (peer, index) => void peer.take("\r\n\r\n").then(() => peer.send(index === 0 ? `${HELLO}${HELLO}` : HELLO)),
    );
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    for (let i = 0; i < 2; i++) await client.send(GET).take("hello");
    expect(client.text).toBe("");
    expect(upstream.connections.length).toBe(2);
    await upstream.connections[0]!.whenClosed();
  });

  test("answers a large POST before it is whole gets its answer through, and is not asked again on that connection", async () => {
    await using upstream = await PeerServer.start((peer, index) => {
      peer.discard = index === 0;
      if (index === 0) void peer.until((p) => p.received > 0).then(() => peer.socket.pause());
    });
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    client.socket.write(Buffer.alloc(20_000_000));
    const server = await upstream.connection();
    await server.until((peer) => peer.received > 0);
    server.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
    expect(await client.take("much")).toStartWith("HTTP/1.1 413 ");
    server.socket.resume();
    await server.whenClosed();
    const other = (await Peer.to(proxy.port)).send(GET);
    const second = await upstream.connection(1);
    await second.take("\r\n\r\n");
    second.send(HELLO);
    await other.take("hello");
  });

  test("answers a large POST and closes without having read it gets its answer through", async () => {
    await using upstream = await PeerServer.start((peer) => {
      void peer
        .take("\r\n\r\n")
        .then(() => peer.send("HTTP/1.1 413 X\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch").socket.end());
    });
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n");
    client.socket.write(Buffer.alloc(1_000_000));
    expect(await client.take("much")).toStartWith("HTTP/1.1 413 ");
    await (await upstream.connection()).whenClosed();
  });
});

describe("a client that goes away", () => {
  test("before the answer has the request given up", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = (await Peer.to(proxy.port)).send(GET);
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    client.socket.resetAndDestroy();
    await server.whenClosed();
    expect(proxy.outcomes[0]).toBeInstanceOf(Error);
  });

  test("in the middle of the answer has the rest given up", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = (await Peer.to(proxy.port)).send(GET);
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    await client.take("half");
    client.socket.resetAndDestroy();
    await server.whenClosed();
  });

  test("in the middle of its body has the request broken off, so that the upstream never takes it for whole", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    const server = await upstream.connection();
    await server.take("abc\r\n");
    client.socket.end();
    await server.whenClosed();
    expect(server.text).not.toContain("0\r\n");
  });
});

describe("several upstreams", () => {
  const roundRobin = { selection_policy: { policy: "round_robin" } };

  test("take turns, and one that is dead costs nobody an error", async () => {
    await using one = await PeerServer.start(named("one"));
    await using two = await PeerServer.start(named("two"));
    const dead = `127.0.0.1:${await unusedPort()}`;
    await using proxy = await TestProxy.start({
      upstreams: [one.dial, dead, two.dial],
      load_balancing: { ...roundRobin, retries: 2 },
    });
    const got = new Map<string, number>();
    for (let i = 0; i < 12; i++) {
      const text = await (await fetch(proxy.url())).text();
      got.set(text, (got.get(text) ?? 0) + 1);
    }
    expect([...got.keys()].sort()).toEqual(["one", "two"]);
    expect(got.get("one")! + got.get("two")!).toBe(12);
    expect(Math.min(...got.values())).toBeGreaterThanOrEqual(4);
  });

  test("of which one fails: it is left alone for as long as failures are remembered", async () => {
    await using bad = await PeerServer.start(resetting);
    await using good = await PeerServer.start(named("good"));
    await using proxy = await TestProxy.start({
      upstreams: [bad.dial, good.dial],
      load_balancing: { selection_policy: { policy: "first" } },
      health_checks: { passive: { fail_duration: "10m" } },
    });
    expect(await statusOf(proxy)).toBe(502);
    for (let i = 0; i < 4; i++) expect(await statusOf(proxy)).toBe(200);
    expect(bad.connections.length).toBe(1);
  });

  test("of which one answers with an unhealthy status: that counts as a failure", async () => {
    await using bad = await PeerServer.start(
      (peer) => void peer.take("\r\n\r\n").then(() => peer.send("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n")),
    );
    await using proxy = await TestProxy.start({
      upstreams: [bad.dial],
      health_checks: { passive: { fail_duration: "10m", max_fails: 1, unhealthy_status: [5] } },
    });
    const first = await fetch(proxy.url());
    expect([first.status, first.headers.get("via")]).toEqual([503, "1.1 Netwright"]);
    const second = await fetch(proxy.url());
    expect([second.status, second.headers.get("via")]).toEqual([503, null]);
    expect(bad.connections.length).toBe(1);
  });

  test("none of which answers are tried again until one does", async () => {
    const port = await unusedPort();
    await using proxy = await TestProxy.start({
      upstreams: [`127.0.0.1:${port}`],
      load_balancing: { try_duration: "20s", try_interval: "10ms" },
    });
    const answer = statusOf(proxy);
    await using _late = await PeerServer.start(named("late"), port);
    expect(await answer).toBe(200);
  });

  test("with a body that none of them has seen a byte of: it goes to the next one whole", async () => {
    await using good = await PeerServer.start();
    await using proxy = await TestProxy.start({
      upstreams: [`127.0.0.1:${await unusedPort()}`, good.dial],
      load_balancing: { selection_policy: { policy: "round_robin" }, retries: 3 },
    });
    for (let i = 0; i < 2; i++) {
      const client = (await Peer.to(proxy.port)).send(post("the body"));
      const server = await good.connection(0);
      expect(await server.take("the body")).toContain("Content-Length: 8\r\n");
      server.send(HELLO);
      await client.take("hello");
    }
  });

  test("a GET is repeated elsewhere when its upstream breaks off", async () => {
    await using bad = await PeerServer.start(resetting);
    await using good = await PeerServer.start(named("good"));
    await using proxy = await TestProxy.start({
      upstreams: [bad.dial, good.dial],
      load_balancing: { ...roundRobin, retries: 5 },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push(await statusOf(proxy));
    expect(statuses).toEqual([200, 200, 200, 200]);
    expect(bad.connections.length).toBeGreaterThan(0);
  });

  test("a POST of which a byte was sent goes nowhere else", async () => {
    await using bad = await PeerServer.start(resetting);
    await using good = await PeerServer.start();
    await using proxy = await TestProxy.start({
      upstreams: [bad.dial, good.dial],
      load_balancing: { selection_policy: { policy: "first" }, retries: 5, try_duration: "5s", try_interval: "1ms" },
    });
    expect(await statusOf(proxy, { method: "POST", body: "x" })).toBe(502);
    expect(await statusOf(proxy, { method: "POST" })).toBe(502);
    expect(await statusOf(proxy, { method: "DELETE" })).toBe(502);
    expect(bad.connections.length).toBe(3);
    expect(good.connections.length).toBe(0);
  });
});

describe("a kept-alive connection that the upstream closes just when the next request goes out", () => {
  /** Answers one request; when the next one comes on the same connection, closes it in place of an answer. */
  const closesLate = (peer: Peer, index: number): void => {
    void (async () => {
      await peer.take("\r\n\r\n");
      peer.send(HELLO);
      await peer.until((p) => p.text !== "");
      if (index === 0) peer.socket.destroy();
      else peer.send(HELLO);
    })().catch(() => undefined);
  };

  test("costs a GET nothing: it goes out again, once, on another one", async () => {
    await using upstream = await PeerServer.start(closesLate);
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    expect(await statusOf(proxy)).toBe(200);
    expect(await statusOf(proxy)).toBe(200);
    expect(upstream.connections.length).toBe(2);
  });

  test("fails a POST, which is not sent again", async () => {
    await using upstream = await PeerServer.start(closesLate);
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    expect(await statusOf(proxy)).toBe(200);
    expect(await statusOf(proxy, { method: "POST", body: "x" })).toBe(502);
    expect(upstream.connections.length).toBe(1);
  });
});
