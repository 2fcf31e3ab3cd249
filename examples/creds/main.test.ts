import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "netwright/net";
import { authenticate } from "./main.ts";

const directory = mkdtempSync(join(tmpdir(), "creds-"));
const path = join(directory, "creds.sock");
afterAll(() => rmSync(directory, { recursive: true }));

test("a member is welcome and stays connected, until the service closes", async () => {
  const warnings: string[] = [];
  const names = [String(process.getegid?.() ?? 0), "no-such-group"];
  const service = await authenticate(path, names, (text) => void warnings.push(text));
  expect(warnings).toEqual(["there is no group no-such-group"]);
  await using conn = await dial("unix", path);
  expect(new TextDecoder().decode((await conn.read())!)).toBe("Welcome\n");
  const end = conn.read();
  expect(service.members).toBe(1);
  await service.close();
  expect(await end).toBe(null);
  expect(existsSync(path)).toBe(false);
});

test("without a group everybody is denied and disconnected", async () => {
  await using service = await authenticate(path, []);
  await using conn = await dial("unix", path);
  expect(new TextDecoder().decode((await conn.read())!)).toBe("Access denied\n");
  expect(await conn.read()).toBe(null);
  expect(service.members).toBe(0);
});
