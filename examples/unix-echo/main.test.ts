import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "netwright/net";
import { readFull } from "netwright/stream";
import { echoStreams } from "./main.ts";

test("three writes of ping come back as one stream of bytes", async () => {
  const directory = mkdtempSync(join(tmpdir(), "unix-echo-"));
  const path = join(directory, "echo.sock");
  {
    await using listener = await echoStreams(path);
    expect(listener.network).toBe("unix");
    expect(statSync(path).mode & 0o777).toBe(0o666);
    await using conn = await dial("unix", path);
    for (let i = 0; i < 3; i++) await conn.write(new TextEncoder().encode("ping"));
    const all = new Uint8Array(12);
    await readFull(conn, all);
    expect(new TextDecoder().decode(all)).toBe("pingpingping");
  }
  expect(existsSync(path)).toBe(false);
  rmSync(directory, { recursive: true });
});
