import { availableParallelism } from "node:os";
import { realClock } from "../../clock/index.ts";
import { explainListenFailure } from "./listen-failure.ts";
import type { RunOptions } from "./run-options.ts";
import { ServerInstance } from "./server-instance.ts";
import { superviseServer } from "./supervise-server.ts";

/** How long connections get to finish at a stop, unless the config's `grace_period` is shorter. */
const GRACE_MS = 10_000;

/**
 * Runs a config until SIGTERM or SIGINT: in this process, or in `workers` of them under its supervision. Resolves to the exit code once everything has
 * stopped. A second signal ends the process at once. Throws ConfigError and NetError when it cannot start.
 */
export async function runServer(options: RunOptions): Promise<number> {
  const instance = await ServerInstance.provision(options.config, options.baseDir);
  const workers = instance.workers === "auto" ? availableParallelism() : instance.workers;
  try {
    if (workers > 1) return await superviseServer(instance, workers, options, untilSignal);
    return await runAlone(instance, options);
  } catch (error) {
    throw explainListenFailure(error, options);
  }
}

async function runAlone(instance: ServerInstance, options: RunOptions): Promise<number> {
  const stopped = untilSignal();
  try {
    await instance.start();
  } catch (error) {
    await instance.stop(0);
    throw error;
  }
  options.onListening?.(instance.addressTexts);
  instance.log.info("serving", { addresses: instance.addressTexts, config: options.from });
  instance.log.info("stopping: connections may finish", { signal: await stopped });
  await instance.stop(GRACE_MS);
  return 0;
}

/** Resolves at the first SIGTERM or SIGINT; the one after it ends the process at once. */
async function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    let since = 0;
    const heard = (signal: string): void => {
      if (since > 0) process.exit(1);
      since = realClock.now();
      resolve(signal);
    };
    process.on("SIGTERM", heard);
    process.on("SIGINT", heard);
  });
}
