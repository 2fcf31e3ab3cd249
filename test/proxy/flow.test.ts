import { describe, expect, test } from "bun:test";
import { Peer, PeerServer } from "./peer.ts";
import { TestProxy } from "./start-proxy.ts";

const HUGE = 96 * 1024 * 1024;
/** What may be on its way when the far end reads nothing: the marks of the proxy and the buffers of two loopback sockets. */
const ON_ITS_WAY = 24 * 1024 * 1024;
const PIECE = Buffer.alloc(256 * 1024, "x");

/** Writes `total` bytes as fast as they are taken. */
function pour(peer: Peer, total: number): { readonly taken: () => number } {
  let written = 0;
  const more = (): void => {
    while (written < total) {
      const length = Math.min(PIECE.length, total - written);
      written += length;
      if (!peer.socket.write(PIECE.subarray(0, length))) return;
    }
  };
  peer.socket.on("drain", more);
  more();
  return { taken: () => written - peer.socket.writableLength };
}

/** Waits until a count has not moved for many turns of the event loop, which carries every byte over the loopback. */
async function still(count: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 2000; same++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (count() !== last) same = 0;
    last = count();
  }
  return last;
}

describe("backpressure through the proxy", () => {
  test("a client that does not read holds the upstream back, and gets everything in the end", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = (await Peer.to(proxy.port)).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.discard = true;
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    client.socket.pause();
    server.send(`HTTP/1.1 200 OK\r\nContent-Length: ${HUGE}\r\n\r\n`);
    const poured = pour(server, HUGE);
    expect(await still(poured.taken)).toBeLessThan(ON_ITS_WAY);
    client.socket.resume();
    await client.until((peer) => peer.received > HUGE);
    expect(poured.taken()).toBe(HUGE);
  }, 60_000);

  test("an upstream that does not read holds the client back, and gets everything in the end", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${HUGE}\r\n\r\n`);
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.discard = true;
    server.socket.pause();
    const poured = pour(client, HUGE);
    expect(await still(poured.taken)).toBeLessThan(ON_ITS_WAY);
    server.socket.resume();
    await server.until((peer) => peer.received >= HUGE);
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    await client.take("\r\n\r\nok");
  }, 60_000);

  test("a tunnel's slow end holds the other back", async () => {
    await using upstream = await PeerServer.start();
    await using proxy = await TestProxy.start({ upstreams: [upstream.dial] });
    const client = await Peer.to(proxy.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    const server = await upstream.connection();
    await server.take("\r\n\r\n");
    server.send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    await client.take("\r\n\r\n");
    client.discard = true;
    client.socket.pause();
    const poured = pour(server, HUGE);
    expect(await still(poured.taken)).toBeLessThan(ON_ITS_WAY);
    client.socket.resume();
    await client.until((peer) => peer.received >= HUGE);
    server.socket.end();
    await client.until((peer) => peer.ended);
    client.socket.end();
    await client.whenClosed();
  }, 60_000);
});
