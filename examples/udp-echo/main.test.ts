import { expect, test } from "bun:test";
import { dial, listen } from "netwright/net";
import { echoDatagrams } from "./main.ts";

const ping: Uint8Array = new TextEncoder().encode("ping");

test("answers whoever asks, from the address that was asked, until it is cancelled", async () => {
  const stop = new AbortController();
  const server = await echoDatagrams(":0", stop.signal);
  for (const host of ["127.0.0.1", "127.0.0.2", "[::1]"]) {
    await using client = await dial("udp", `${host}:${server.local.port}`);
    await client.send(ping);
    expect(await client.recv()).toMatchObject({ data: ping, truncated: false });
  }
  stop.abort();
  expect(server.closed).toBe(true);
  await using again = await listen("udp", `:${server.local.port}`);
  expect(again.local.port).toBe(server.local.port);
});

test("what is longer than the buffer is cut, and the next one is whole", async () => {
  await using server = await echoDatagrams("127.0.0.1:0");
  await using client = await dial("udp", server.local.toString());
  await client.send(new Uint8Array(2000).fill(1));
  await client.send(ping);
  expect((await client.recv())?.data.length).toBe(1024);
  expect((await client.recv())?.data).toEqual(ping);
});
