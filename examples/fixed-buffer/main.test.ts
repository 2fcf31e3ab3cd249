import { expect, test } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { dial, listen } from "netwright/net";
import { receive, send } from "./main.ts";

test("16 MiB come whole through 512 KiB", async () => {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const payload = randomBytes(16 * 1024 * 1024);
  const receiving = receive(await dial("tcp", String(listener.local)), 512 * 1024);
  await send((await listener.accept())!, payload);
  const sha256 = createHash("sha256").update(payload).digest("hex");
  expect(await receiving).toEqual({ bytes: payload.length, parts: 32, sha256 });
});
