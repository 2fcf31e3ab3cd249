import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "netwright/net";
import { echoDatagrams } from "./main.ts";

test("three sends of ping come back as three datagrams; who has no name is passed over", async () => {
  const directory = mkdtempSync(join(tmpdir(), "unixgram-echo-"));
  const path = join(directory, "echo.sock");
  const own = join(directory, "client.sock");
  const ping = new TextEncoder().encode("ping");
  {
    await using server = await echoDatagrams(path);
    expect(server.network).toBe("unixgram");
    expect(statSync(path).mode & 0o777).toBe(0o622);
    await using nameless = await dial("unixgram", path);
    await nameless.send(ping);
    await using conn = await dial("unixgram", path, { localAddress: own });
    for (let i = 0; i < 3; i++) await conn.send(ping);
    for (let i = 0; i < 3; i++) expect((await conn.recv())?.data).toEqual(ping);
  }
  expect([existsSync(path), existsSync(own)]).toEqual([false, false]);
  rmSync(directory, { recursive: true });
});
