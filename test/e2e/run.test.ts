import { describe, expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { useStage } from "./stage.ts";

const stage = useStage();
const { configFile, start } = stage;

async function bodyOf(port: number, path = "/"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
  return response.text();
}

describe("netwright run", () => {
  test("serves a config file, and SIGTERM ends it with 0", async () => {
    const server = start(["run", "--config", await configFile(0)]);
    const port = await server.port();
    expect(await bodyOf(port)).toBe("hello");
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("reads a config from stdin", async () => {
    const server = start(["run", "--config", "-"], { stdin: await readFile(await configFile(0), "utf8") });
    const port = await server.port();
    expect(await bodyOf(port)).toBe("hello");
  });

  test("a port in use is refused with the setting to change", async () => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const file = await configFile(taken.port);
    const server = start(["run", "--config", file]);
    expect(await server.exited).toBe(1);
    expect(server.stderr).toContain(`${taken.port}`);
    expect(server.stderr).toContain('"listen"');
    expect(server.stderr).toContain(file);
    taken.stop(true);
  });

  test.each([
    ["an empty file", "", "empty"],
    ["no JSON", '{"apps": {,}}', "netwright.json:1:11"],
    [
      "an unknown handler",
      '{"apps":{"http":{"servers":{"a":{"listen":[":0"],"routes":[{"handle":[{"handler":"file_sever"}]}]}}}}}',
      "file_server",
    ],
    ["an unknown key", '{"apps":{"http":{"servers":{"a":{"lissen":[":0"]}}}}}', "listen"],
    ["a wrong type", '{"apps":{"http":{"servers":{"a":{"listen":":0"}}}}}', "apps.http.servers.a.listen"],
    ["a key of Caddy's that is not built yet", '{"storage":{"module":"file_system"}}', "not built"],
    ["a misspelt key at the top", '{"logs":{}}', "logging"],
    ["an app that is not built yet", '{"apps":{"tls":{}}}', "not built"],
  ])("refuses %s with its place and what to do", async (_name, text, expected) => {
    const file = join(stage.folder, "netwright.json");
    await writeFile(file, text);
    for (const command of ["run", "validate"]) {
      const server = start([command, "--config", file]);
      expect(await server.exited).toBe(1);
      expect(server.stderr).toContain(expected);
      expect(server.stderr).not.toContain("fault of netwright");
    }
  });
});

test.each([
  ["what is not there", "nothing.json", "there is no such file"],
  ["a folder", ".", "it is a folder"],
])("a config that is %s is refused by its name", async (_name, file, expected) => {
  const server = start(["run", "--config", file], { cwd: stage.folder });
  expect(await server.exited).toBe(1);
  expect(server.stderr).toContain(`netwright: ${file}: cannot read the config: ${expected}`);
});

test("validate says where a config would listen, and serves nothing", async () => {
  const file = await configFile(8080);
  const valid = start(["validate", "--config", file]);
  expect(await valid.exited).toBe(0);
  expect(valid.stdout).toBe(`${file} is valid; it listens on 127.0.0.1:8080\n`);
});

describe("netwright's short commands", () => {
  test("respond answers what it was told to", async () => {
    const server = start([
      "respond",
      "--listen",
      "127.0.0.1:0",
      "--status",
      "201",
      "-H",
      "X-A: b",
      "got {http.request.uri}",
    ]);
    const port = await server.port();
    const response = await fetch(`http://127.0.0.1:${port}/x?y=1`);
    expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([201, "b", "got /x?y=1"]);
  });

  test("file-server serves a folder", async () => {
    await writeFile(join(stage.folder, "page.html"), "<p>page</p>");
    const server = start(["file-server", "--root", stage.folder, "--listen", "127.0.0.1:0"]);
    const port = await server.port();
    const response = await fetch(`http://127.0.0.1:${port}/page.html`);
    expect([response.headers.get("content-type"), await response.text()]).toEqual([
      "text/html; charset=utf-8",
      "<p>page</p>",
    ]);
  });

  test("reverse-proxy passes requests on", async () => {
    const backend = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => new Response(request.headers.get("x-up")),
    });
    const server = start([
      "reverse-proxy",
      "--to",
      `127.0.0.1:${backend.port}`,
      "--from",
      "127.0.0.1:0",
      "--header-up",
      "X-Up: yes",
    ]);
    const port = await server.port();
    expect(await bodyOf(port)).toBe("yes");
    await backend.stop(true);
  });

  test("version, help and unknown commands", async () => {
    const version = start(["version"]);
    expect(await version.exited).toBe(0);
    expect(version.stdout).toMatch(/^netwright \d+\.\d+\.\d+ \(bun /);
    const help = start(["run", "--help"]);
    expect(await help.exited).toBe(0);
    expect(help.stdout).toContain("--config");
    const unknown = start(["rum"]);
    expect(await unknown.exited).toBe(2);
    expect(unknown.stderr).toContain("run");
  });
});
