import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, ServerProcess } from "./server-process.ts";

let folder = "";
const started: ServerProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "netwright-e2e-"));
});

afterEach(async () => {
  for (const server of started.splice(0)) {
    server.kill("SIGKILL");
    await server.exited;
  }
  await rm(folder, { recursive: true });
});

function start(args: readonly string[], options?: { cwd?: string; stdin?: string }): ServerProcess {
  const server = new ServerProcess(args, options);
  started.push(server);
  return server;
}

const hello = { handle: [{ handler: "static_response", body: "hello" }] };

/** A config with one server on `port`, written to a file. */
async function configFile(port: number, routes: readonly unknown[] = [hello], more: object = {}): Promise<string> {
  const file = join(folder, "netwright.json");
  const server = { listen: [`127.0.0.1:${port}`], automatic_https: { disable: true }, routes };
  await writeFile(file, JSON.stringify({ ...more, apps: { http: { servers: { test: server } } } }));
  return file;
}

async function bodyOf(port: number, path = "/"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
  return response.text();
}

/** Children of a process that live. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("netwright run", () => {
  test("serves a config file, and SIGTERM ends it with 0", async () => {
    const port = freePort();
    const server = start(["run", "--config", await configFile(port)]);
    await server.says(/serving/);
    expect(await bodyOf(port)).toBe("hello");
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("reads a config from stdin", async () => {
    const port = freePort();
    const server = start(["run", "--config", "-"], {
      stdin: JSON.stringify(JSON.parse(readFileSync(await configFile(port), "utf8"))),
    });
    await server.says(/serving/);
    expect(await bodyOf(port)).toBe("hello");
  });

  test("lets an exchange that is under way finish at SIGTERM", async () => {
    const port = freePort();
    const upstream = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const backend = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async () => {
        asked.resolve();
        await upstream.promise;
        return new Response("late");
      },
    });
    const proxy = { handle: [{ handler: "reverse_proxy", upstreams: [{ dial: `127.0.0.1:${backend.port}` }] }] };
    const server = start(["run", "--config", await configFile(port, [proxy])]);
    await server.says(/serving/);
    const answer = bodyOf(port);
    await asked.promise;
    server.kill("SIGTERM");
    await server.says(/stopping/);
    upstream.resolve();
    expect(await answer).toBe("late");
    expect(await server.exited).toBe(0);
    await backend.stop(true);
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
    ["what is not built yet", '{"apps":{"tls":{}}}', "not built"],
  ])("refuses %s with its place and what to do", async (_name, text, expected) => {
    const file = join(folder, "netwright.json");
    await writeFile(file, text);
    for (const command of ["run", "validate"]) {
      const server = start([command, "--config", file]);
      expect(await server.exited).toBe(1);
      expect(server.stderr).toContain(expected);
      expect(server.stderr).not.toContain("fault of netwright");
    }
  });
});

describe("netwright run with workers", () => {
  async function startWorkers(port: number, workers = 2): Promise<{ server: ServerProcess; pids: number[] }> {
    const server = start(["run", "--config", await configFile(port, [hello], { workers })]);
    await server.says(/serving/);
    return { server, pids: childrenOf(server.pid) };
  }

  test("a worker killed by force is replaced, and nothing queued on its socket is lost", async () => {
    const port = freePort();
    const { server, pids } = await startWorkers(port);
    expect(pids).toHaveLength(2);
    process.kill(pids[0]!, "SIGKILL");
    await server.says(/a worker died/);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => bodyOf(port)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => "hello"));
    expect(childrenOf(server.pid)).toHaveLength(2);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(pids.filter(lives)).toEqual([]);
  });

  test("no worker outlives its supervisor", async () => {
    const { server, pids } = await startWorkers(freePort());
    server.kill("SIGKILL");
    await server.exited;
    const deadline = Date.now() + 5000;
    while (pids.some(lives) && Date.now() < deadline) await Bun.sleep(20);
    expect(pids.filter(lives)).toEqual([]);
  }, 10_000);

  test("a second instance on the same port is refused", async () => {
    const port = freePort();
    await startWorkers(port);
    const second = start(["run", "--config", await configFile(port, [hello], { workers: 2 })]);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toContain(String(port));
  });
});

describe("netwright's short commands", () => {
  test("respond answers what it was told to", async () => {
    const port = freePort();
    const server = start([
      "respond",
      "--listen",
      `127.0.0.1:${port}`,
      "--status",
      "201",
      "-H",
      "X-A: b",
      "got {http.request.uri}",
    ]);
    await server.says(/serving/);
    const response = await fetch(`http://127.0.0.1:${port}/x?y=1`);
    expect([response.status, response.headers.get("x-a"), await response.text()]).toEqual([201, "b", "got /x?y=1"]);
  });

  test("file-server serves a folder", async () => {
    await writeFile(join(folder, "page.html"), "<p>page</p>");
    const port = freePort();
    const server = start(["file-server", "--root", folder, "--listen", `127.0.0.1:${port}`]);
    await server.says(/serving/);
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
    const port = freePort();
    const server = start([
      "reverse-proxy",
      "--to",
      `127.0.0.1:${backend.port}`,
      "--from",
      `127.0.0.1:${port}`,
      "--header-up",
      "X-Up: yes",
    ]);
    await server.says(/serving/);
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

  test("the folder it is started from has no say over its runtime", () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});
