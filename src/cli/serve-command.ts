import { runServer } from "../server/process/index.ts";

/** Serves the config that a short command made, and says so. `flag` is the one that changes where it listens. */
export async function serveCommand(config: unknown, doing: string, flag: string): Promise<number> {
  return runServer({
    config,
    baseDir: process.cwd(),
    from: undefined,
    listenSetting: flag,
    onListening: (addresses) => console.log(`${doing} on ${addresses.join(", ")}; Ctrl-C stops`),
  });
}
