import { expect, test } from "bun:test";
import { dial, listen } from "netwright/net";
import { pingPong, proxyTo } from "./main.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("ping gets pong and the rest an echo, through the proxy", async () => {
  await using server = await listen("tcp", "127.0.0.1:0");
  server.serve((conn) => void pingPong(conn));
  const { listener, relays } = await proxyTo(server);
  const client = await dial("tcp", String(listener.local));
  for (const [text, answer] of [
    ["ping", "pong"],
    ["pong", "pong"],
    ["echo", "echo"],
    ["ping", "pong"],
  ] as const) {
    await client.write(bytesOf(text));
    expect(new TextDecoder().decode((await client.read())!)).toBe(answer);
  }
  await client.close();
  await relays.shutdown();
  expect(relays.stats).toMatchObject({ accepted: 1, open: 0, failed: 0, bytesUp: 16, bytesDown: 16 });
});

test("an answer that comes only after the client's end still comes", async () => {
  await using server = await listen("tcp", "127.0.0.1:0");
  server.serve((conn) => {
    const answer = async (): Promise<void> => {
      const question = Buffer.concat(await Array.fromAsync(conn)).toString();
      await conn.write(bytesOf(`you asked: ${question}`));
      await conn.close();
    };
    void answer();
  });
  const { listener, relays } = await proxyTo(server);
  const client = await dial("tcp", String(listener.local));
  await client.write(bytesOf("who?"));
  await client.closeWrite();
  expect(Buffer.concat(await Array.fromAsync(client)).toString()).toBe("you asked: who?");
  await client.close();
  await relays.shutdown();
});
