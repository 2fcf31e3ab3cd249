import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "netwright/net";
import { echoRecords } from "./main.ts";

const directory = mkdtempSync(join(tmpdir(), "unixpacket-echo-"));
const path = join(directory, "echo.sock");
const ping = new TextEncoder().encode("ping");
afterAll(() => rmSync(directory, { recursive: true }));

test("three sends of ping are three records", async () => {
  {
    await using listener = await echoRecords(path);
    expect(listener.network).toBe("unixpacket");
    expect(statSync(path).mode & 0o777).toBe(0o666);
    await using conn = await dial("unixpacket", path);
    for (let i = 0; i < 3; i++) await conn.send(ping);
    for (let i = 0; i < 3; i++) expect((await conn.recv())?.data).toEqual(ping);
  }
  expect(existsSync(path)).toBe(false);
});

test("a buffer of 2 bytes gets pi; the rest of the record is lost, and the next one comes", async () => {
  await using listener = await echoRecords(path);
  expect(listener.local.toString()).toBe(path);
  await using conn = await dial("unixpacket", path);
  for (let i = 0; i < 2; i++) await conn.send(ping);
  const buffer = new Uint8Array(2);
  expect(await conn.recvInto(buffer)).toMatchObject({ length: 2, truncated: true });
  expect(new TextDecoder().decode(buffer)).toBe("pi");
  expect(await conn.recvInto(new Uint8Array(10))).toMatchObject({ length: 4, truncated: false });
});
