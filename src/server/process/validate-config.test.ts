import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateConfig } from "./validate-config.ts";

test("validateConfig makes neither log files nor their folders", async () => {
  const folder = mkdtempSync(join(tmpdir(), "netwright-validate-"));
  try {
    const config = {
      logging: { logs: { default: { writer: { output: "file", filename: "logs/all.log" } } } },
      apps: { http: { servers: { one: { listen: ["127.0.0.1:0"], logs: {} } } } },
    };
    expect(await validateConfig(config, folder)).toEqual({ warnings: [], addresses: ["127.0.0.1:0"] });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
