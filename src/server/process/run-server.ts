import { availableParallelism } from "node:os";
import { explainListenFailure } from "./listen-failure.ts";
import type { RunOptions } from "./run-options.ts";
import { ServerInstance } from "./server-instance.ts";
import { StopSignals } from "./stop-signals.ts";

/** How long connections get to finish at a stop, unless the config's `grace_period` is shorter. */
const GRACE_MS = 10_000;

/**
 * Runs a config until SIGTERM or SIGINT: in this process, or in `workers` of them under its supervision. Resolves to the exit code once everything has
 * stopped. A second signal ends the process at once. Throws ConfigError and NetError when it cannot start.
 */
export async function runServer(options: RunOptions): Promise<number> {
  const signals = new StopSignals();
  const instance = await ServerInstance.provision(options.config, options.baseDir);
  const workers = instance.workers === "auto" ? availableParallelism() : instance.workers;
  try {
    if (workers === 1) await runAlone(instance, options, signals);
    else {
      // A process that serves by itself has no use for these.
      const { superviseServer } = await import("./supervise-server.ts");
      await superviseServer(instance, workers, options, signals);
    }
  } catch (error) {
    throw explainListenFailure(error, options);
  } finally {
    await instance.stop(0);
  }
  return 0;
}

async function runAlone(instance: ServerInstance, options: RunOptions, signals: StopSignals): Promise<void> {
  await instance.start();
  const { listening: addresses, log } = instance;
  options.onListening?.(addresses);
  log.info("serving", { addresses, ...(options.from === undefined ? undefined : { config: options.from }) });
  log.info("stopping: connections may finish", { signal: await signals.first });
  await instance.stop(GRACE_MS);
}
