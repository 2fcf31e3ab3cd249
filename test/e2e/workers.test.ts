import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { childrenOf, clientPortsOf, lives, until } from "./processes.ts";
import { RawClient } from "./raw-client.ts";
import type { ServerProcess } from "./server-process.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

interface Workers {
  readonly server: ServerProcess;
  readonly port: number;
  readonly pids: readonly number[];
}

async function startWorkers(): Promise<Workers> {
  const server = stage.start(["run", "--config", await stage.configFile(0, undefined, { workers: 2 })]);
  const port = await server.port();
  return { server, port, pids: childrenOf(server.pid) };
}

/** So many connections, each of which has been answered once. */
async function keptAlive(port: number, count: number): Promise<RawClient[]> {
  const clients = await Promise.all(Array.from({ length: count }, async () => RawClient.open(port)));
  for (const client of clients) expect(await client.ask()).toContain("200 OK");
  return clients;
}

describe("netwright run with workers", () => {
  test("a worker killed under load fails only what it was serving, and is replaced", async () => {
    const { server, port, pids } = await startWorkers();
    const [victim] = pids;
    const kept = await keptAlive(port, 32);
    const load = { running: true, asked: 0, failed: 0 };
    const loops = Array.from({ length: 4 }, async () => {
      while (load.running) {
        const client = await RawClient.open(port);
        load.asked++;
        if ((await client.ask()) === undefined) load.failed++;
        client.close();
      }
    });
    const before = load.asked;
    await until(() => load.asked > before + 50, "the load runs");
    const served = clientPortsOf(victim!);
    process.kill(victim!, "SIGKILL");
    await server.says(/a worker died/);
    await until(() => childrenOf(server.pid).length === 2, "the worker is replaced");
    const after = load.asked;
    await until(() => load.asked > after + 50, "the load goes on");
    load.running = false;
    await Promise.all(loops);
    // A loop has one request on its way, so that the kill can have hit each of them once.
    expect(load.failed).toBeLessThanOrEqual(loops.length);
    for (const client of kept) {
      const response = await client.ask();
      expect(response === undefined).toBe(served.has(client.localPort));
    }
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("what was queued on a killed worker's socket is answered by its successor", async () => {
    const { server, port, pids } = await startWorkers();
    process.kill(pids[0]!, "SIGSTOP");
    const clients = await Promise.all(Array.from({ length: 40 }, async () => RawClient.open(port)));
    for (const client of clients) client.send();
    // Those of the worker that runs are answered; which socket a connection comes to is the system's choice.
    await until(() => clients.some((client) => client.answered), "somebody is answered");
    process.kill(pids[0]!, "SIGKILL");
    const responses = await Promise.all(clients.map(async (client) => client.response()));
    expect(responses.filter((response) => response?.endsWith("hello") !== true)).toEqual([]);
    expect(childrenOf(server.pid)).toHaveLength(2);
  });

  test("SIGTERM ends every worker, and the exit code is 0", async () => {
    const { server, port, pids } = await startWorkers();
    const clients = await keptAlive(port, 4);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    await Promise.all(clients.map(async (client) => client.closed));
    expect(pids.filter(lives)).toEqual([]);
  });

  test("no worker outlives its supervisor", async () => {
    const { server, pids } = await startWorkers();
    server.kill("SIGKILL");
    await server.exited;
    await until(() => !pids.some(lives), "the workers are gone");
  }, 10_000);

  test("a second start on the same port is refused with the setting to change, whichever of them has workers", async () => {
    const { port } = await startWorkers();
    for (const workers of [1, 2]) {
      const file = await stage.configFile(port, undefined, { workers });
      const second = stage.start(["run", "--config", file]);
      expect(await second.exited).toBe(1);
      expect(second.stderr).toContain(`127.0.0.1:${port}`);
      expect(second.stderr).toContain(`change "listen" of the server in ${file}`);
    }
  });

  test("workers that cannot start end the start with their reason, and nothing is left", async () => {
    const module = join(stage.folder, "unfit.ts");
    await writeFile(
      module,
      `import * as z from ${JSON.stringify(join(import.meta.dirname, "../../node_modules/zod/mini/index.js"))};
       export default {
         id: "http.handlers.unfit",
         schema: z.strictObject({}),
         provision: () => ({
           // Only a worker has a channel to its supervisor.
           start: () => { if (process.send !== undefined) throw new Error("unfit for work"); },
           handle: (exchange, next) => next(exchange),
         }),
       };`,
    );
    const file = await stage.configFile(0, [{ handle: [{ handler: "unfit" }] }], { workers: 2, modules: [module] });
    const server = stage.start(["run", "--config", file]);
    expect(await server.exited).toBe(1);
    expect(server.stderr).toContain("unfit for work");
    expect(server.stderr).not.toContain("is replaced");
  });

  test("all workers share a Unix socket, whose file is gone behind them", async () => {
    const socket = join(stage.folder, "site.sock");
    const file = join(stage.folder, "unix.json");
    const routes = [{ handle: [{ handler: "static_response", body: "hello" }] }];
    const test = { listen: [`unix/${socket}`], automatic_https: { disable: true }, routes };
    await writeFile(file, JSON.stringify({ workers: 2, apps: { http: { servers: { test } } } }));
    const server = stage.start(["run", "--config", file]);
    await server.says(/"serving"/);
    process.kill(childrenOf(server.pid)[0]!, "SIGKILL");
    for (let i = 0; i < 20; i++) {
      const response = await fetch("http://test/", { unix: socket, headers: { connection: "close" } });
      expect(await response.text()).toBe("hello");
    }
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });
});
