import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../server/config/index.ts";
import { runServer } from "../server/process/index.ts";
import { parseWorkers } from "./config-of-command.ts";
import { defaultConfig } from "./default-config.ts";

/** `netwright run`: serves a config file, or the embedded default. Resolves to the exit code. */
export async function run(options: { readonly config?: string; readonly workers?: string }): Promise<number> {
  const workers = options.workers === undefined ? undefined : parseWorkers(options.workers);
  if (options.config === undefined) return runDefault(workers);
  const { config, baseDir } = await loadConfig(options.config);
  return runServer({ config: withWorkers(config, workers), baseDir, from: options.config });
}

async function runDefault(workers: number | "auto" | undefined): Promise<number> {
  const socket = join(tmpdir(), `netwright-${process.pid}.sock`);
  return runServer({
    config: withWorkers(defaultConfig(socket), workers),
    baseDir: process.cwd(),
    from: undefined,
    onListening: () => console.log(WELCOME),
  });
}

const WELCOME = `
  Netwright is running.

    http://localhost:8080        a welcome site, served from files
    http://localhost:8080/api/   an example backend, behind the reverse proxy

  To serve your own:  netwright run --config netwright.json
  To stop:            Ctrl-C
`;

function withWorkers(config: unknown, workers: number | "auto" | undefined): unknown {
  if (workers === undefined || typeof config !== "object" || config === null) return config;
  return { ...config, workers };
}
