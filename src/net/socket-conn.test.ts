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

test("an end that was not asked for before the peer's reset is unknown, and not invented", async () => {
  const { client, server } = await accepted();
  client.abort();
  expect((await server.done)?.remote).toBeUndefined();
  expect(server.remote).toBeInstanceOf(UnknownAddress);
  expect(JSON.stringify([server.remote, String(server.local)])).toBe('["unknown","unknown"]');
});

test("an end that was asked for is known after the peer's reset, and named by its error", async () => {
  const { client, server } = await accepted();
  const [local, remote] = [String(server.local), String(server.remote)];
  client.abort();
  const error = await server.done;
  expect(error?.message).toContain(remote);
  expect([String(error?.local), String(error?.remote)]).toEqual([local, remote]);
});
