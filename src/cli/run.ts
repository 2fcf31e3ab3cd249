import { loadConfig } from "../server/config/index.ts";
import { runServer } from "../server/process/index.ts";
import { parseWorkers } from "./config-of-command.ts";

/** The flags of `run`, as they were given. */
export interface RunFlags {
  readonly config?: string;
  /** Where the welcome site listens; never together with `config`. */
  readonly listen?: string;
  readonly workers?: string;
}

/** `netwright run`: serves a config file, or the embedded default. Resolves to the exit code. */
export async function run(flags: RunFlags): Promise<number> {
  const workers = flags.workers === undefined ? undefined : parseWorkers(flags.workers);
  if (flags.config === undefined) return runDefault(flags.listen ?? ":8080", workers);
  const { config, baseDir } = await loadConfig(flags.config);
  return runServer({ config: withWorkers(config, workers), baseDir, from: flags.config });
}

async function runDefault(listen: string, workers: number | "auto" | undefined): Promise<number> {
  const { defaultBackendSocket, defaultConfig } = await import("./default-config.ts");
  const backendSocket = defaultBackendSocket();
  // npm's own way of passing a flag on is worth telling to whoever started it by npm.
  const byNpm = process.env["npm_lifecycle_event"] === "start";
  return runServer({
    config: withWorkers(defaultConfig({ listen, backendSocket }), workers),
    baseDir: process.cwd(),
    from: undefined,
    listenSetting: byNpm ? "npm start -- --listen :PORT" : "--listen :PORT",
    onListening: (addresses) => console.log(welcome(addresses, backendSocket)),
  });
}

/** What stands on the terminal while the default runs. */
function welcome(addresses: readonly string[], backendSocket: string): string {
  const url = urlOf(addresses[0] ?? "");
  return `
  Netwright is running.

    ${url}      a welcome site, served from files
    ${url}/api/ an example backend, behind the reverse proxy
${" ".repeat(url.length)}          (it listens on unix/${backendSocket})

  To serve your own:  netwright run --config netwright.json
  To stop:            Ctrl-C
`;
}

/** The URL to open for a listening address: this machine by its name where every address is listened on. */
function urlOf(address: string): string {
  return `http://${address.replace(/^tcp[46]?\//, "").replace(/^(?:0\.0\.0\.0|\[::\])?:/, "localhost:")}`;
}

function withWorkers(config: unknown, workers: number | "auto" | undefined): unknown {
  if (workers === undefined || typeof config !== "object" || config === null) return config;
  return { ...config, workers };
}
