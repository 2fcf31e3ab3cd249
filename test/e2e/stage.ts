import { afterEach, beforeEach } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess, type StartOptions } from "./server-process.ts";

/** Where the tests of a file play: a folder for each, and what they started is gone behind them. */
export interface Stage {
  readonly folder: string;
  start(args: readonly string[], options?: StartOptions): ServerProcess;
  /** A config with one server on `port`, written to a file; `top` and `http` are further keys of the config and of its http app. */
  configFile(port: number, routes?: readonly unknown[], top?: object, http?: object): Promise<string>;
}

const HELLO = { handle: [{ handler: "static_response", body: "hello" }] };

/** Sets a stage up for the tests of the file that calls it. */
export function useStage(): Stage {
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
  return {
    get folder() {
      return folder;
    },
    start(args, options) {
      const server = new ServerProcess(args, options);
      started.push(server);
      return server;
    },
    async configFile(port, routes = [HELLO], top = {}, http = {}) {
      const file = join(folder, "netwright.json");
      const server = { listen: [`127.0.0.1:${port}`], automatic_https: { disable: true }, routes };
      await writeFile(file, JSON.stringify({ ...top, apps: { http: { ...http, servers: { test: server } } } }));
      return file;
    },
  };
}
