import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostsFile } from "./hosts-file.ts";

test("HostsFile knows the names of a file, and follows it when it changes", () => {
  const dir = mkdtempSync(join(tmpdir(), "netwright-hosts-"));
  const path = join(dir, "hosts");
  const hosts = new HostsFile(path);
  expect(hosts.has("db")).toBe(false);
  writeFileSync(path, "# 192.0.2.9 hidden\n192.0.2.1\tDB db.example. # no\n\n::1 localhost\n192.0.2.2");
  const known = (...names: string[]): boolean[] => names.map((name) => hosts.has(name));
  expect(known("db", "DB", "db.example", "db.example.", "localhost")).toEqual([true, true, true, true, true]);
  expect(known("hidden", "no", "192.0.2.1", "")).toEqual([false, false, false, false]);
  writeFileSync(path, "192.0.2.1 another-name\n");
  expect(known("db", "another-name")).toEqual([false, true]);
  rmSync(dir, { recursive: true });
});
