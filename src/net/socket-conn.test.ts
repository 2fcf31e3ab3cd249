import { expect, test } from "bun:test";
import type { Conn } from "./conn.ts";
import { dial } from "./dial.ts";
import { listen } from "./listen.ts";
import { UnknownAddress } from "./unknown-address.ts";

async function accepted(): Promise<{ client: Conn; server: Conn }> {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const client = await dial("tcp", listener.local.toString());
  const server = await listener.accept();
  return { client, server: server! };
}

test.each(["close", "abort"] as const)("an accepted Conn knows its ends after %s", async (end) => {
  const { client, server } = await accepted();
  await server[end]();
  await server.done;
  expect(String(server.remote)).toBe(String(client.local));
  expect(String(server.local)).toBe(String(client.remote));
  await client.close();
});

async function served(): Promise<{ client: Conn; server: Conn }> {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const taken = Promise.withResolvers<Conn>();
  listener.serve(taken.resolve);
  const client = await dial("tcp", listener.local.toString());
  return { client, server: await taken.promise };
}

test("a Conn that was accepted knows its ends after the peer's reset, and its error names them", async () => {
  const { client, server } = await accepted();
  const peer = String(client.local);
  client.abort();
  expect((await server.done)?.message).toContain(peer);
  expect(String(server.remote)).toBe(peer);
});

test("connections that waited in the queue when the listener closed know their ends", async () => {
  const listener = await listen("tcp", "127.0.0.1:0");
  const taken: Conn[] = [];
  listener.serve((conn) => taken.push(conn));
  const clients = await Promise.all(Array.from({ length: 8 }, async () => dial("tcp", listener.local.toString())));
  await listener.close();
  expect(taken.map((conn) => String(conn.remote)).toSorted()).toEqual(
    clients.map((conn) => String(conn.local)).toSorted(),
  );
  for (const conn of [...taken, ...clients]) conn.abort();
});

test("an end of a Conn that was served is unknown after the peer's reset, and not invented", async () => {
  const { client, server } = await served();
  client.abort();
  expect((await server.done)?.remote).toBeUndefined();
  expect(server.remote).toBeInstanceOf(UnknownAddress);
  expect(JSON.stringify([server.remote, String(server.local)])).toBe('["unknown","unknown"]');
});

test("unless it was asked for before", async () => {
  const { client, server } = await served();
  const [local, remote] = [String(server.local), String(server.remote)];
  client.abort();
  const error = await server.done;
  expect(error?.message).toContain(remote);
  expect([String(error?.local), String(error?.remote)]).toEqual([local, remote]);
});
