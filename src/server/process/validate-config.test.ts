import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateConfig } from "./validate-config.ts";

/** What a config is refused with. */
async function refusalOf(config: unknown): Promise<string> {
  try {
    await validateConfig(config, "/");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it was not refused");
}

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

test("validateConfig refuses __proto__ wherever a name stands, and takes other odd names for what they are", async () => {
  const server = { listen: ["127.0.0.1:0"] };
  const withServers = (json: string): unknown => JSON.parse(`{"apps":{"http":{"servers":${json}}}}`);
  const odd = ["constructor", "toString", "hasOwnProperty"];
  const places = ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"];
  const servers = Object.fromEntries(odd.map((name, i) => [name, { listen: [places[i]] }]));
  expect((await validateConfig(withServers(JSON.stringify(servers)), "/")).addresses).toEqual(places);
  for (const name of odd) {
    expect(await refusalOf({ apps: { [name]: {} } })).toContain(`there is no app "${name}"`);
    expect(await refusalOf({ [name]: {} })).toContain(`${name}: unknown key`);
    const routes = [{ match: [{ [name]: {} }] }];
    const config = { apps: { http: { servers: { a: { ...server, routes } } } } };
    expect(await refusalOf(config)).toContain(`there is no matcher "${name}"`);
  }
  for (const json of ['{"__proto__":{}}', '{"a":{"routes":[{"match":[{"query":{"__proto__":["1"]}}]}]}}']) {
    expect(await refusalOf(withServers(json))).toContain("__proto__: this name is not known");
  }
});
