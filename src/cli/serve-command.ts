import { runServer } from "../server/process/index.ts";
import { LISTEN_PATH } from "./config-of-command.ts";
import { explainByFlag, type FlagPlace } from "./flag-error.ts";

/** What a short command serves. */
export interface Served {
  /** The config that it made with `serverConfig`. */
  readonly config: unknown;
  /** What it does, for the line that says so. */
  readonly doing: string;
  /** The flag that changes where it listens. */
  readonly listenFlag: string;
  /** Where the values of its other flags stand in the config. */
  readonly flags: readonly FlagPlace[];
}

/** Serves the config that a short command made, and says so. What is wrong with it is told by the flag that it came from. */
export async function serveCommand({ config, doing, listenFlag, flags }: Served): Promise<number> {
  try {
    return await runServer({
      config,
      baseDir: process.cwd(),
      from: undefined,
      listenSetting: listenFlag,
      onListening: (addresses) => console.log(`${doing} on ${addresses.join(", ")}; Ctrl-C stops`),
    });
  } catch (error) {
    throw explainByFlag(error, [...flags, { flag: listenFlag, path: LISTEN_PATH }]);
  }
}
