import { realClock } from "../../clock/index.ts";
import type { RunOptions } from "./run-options.ts";
import type { ServerInstance } from "./server-instance.ts";
import { ListeningSockets } from "./sockets.ts";
import type { StopSignals } from "./stop-signals.ts";
import { deputyOf, Supervisor, type SpawnWorker } from "./supervisor.ts";
import { startWorkerProcess } from "./worker-process.ts";

/** How long workers' connections get to finish at a stop. */
const GRACE_MS = 10_000;

/**
 * Runs a config in several worker processes. `instance` was provisioned to see whether it can be served and where it listens; it serves nothing here.
 * The listening sockets are made in this process and handed to the workers, so that nothing queued on them is lost with one.
 */
export async function superviseServer(
  instance: ServerInstance,
  workers: number,
  options: RunOptions,
  signals: StopSignals,
): Promise<void> {
  const sockets = await ListeningSockets.make(instance.addresses, workers);
  const { log } = instance;
  const spawn = spawnWith(sockets, workers, options);
  const supervisor = new Supervisor({ workers, clock: realClock, log, spawn });
  signals.beforeExit = () => {
    supervisor.kill();
    sockets.removeFiles();
  };
  try {
    const started = supervisor.start().then(() => {
      options.onListening?.(sockets.addressTexts);
      const { addressTexts: addresses } = sockets;
      const config = options.from === undefined ? undefined : { config: options.from };
      log.info("serving", { addresses, workers, pids: supervisor.pids, ...config });
      return signals.first;
    });
    log.info("stopping: connections may finish", { signal: await Promise.race([started, signals.first]) });
  } finally {
    // From here on the workers hold the last descriptors, and each empties its queues before it closes them.
    sockets.close();
    await supervisor.stop(GRACE_MS);
    sockets.removeFiles();
  }
}

function spawnWith(sockets: ListeningSockets, workers: number, options: RunOptions): SpawnWorker {
  const { config, baseDir, from } = options;
  return (index, events) => {
    const title = `netwright: worker ${index + 1} of ${workers}${from === undefined ? "" : `, ${from}`}`;
    const spares = [...Array(workers).keys()].filter((other) => other !== index && deputyOf(other, workers) === index);
    return startWorkerProcess(
      { title, config, baseDir, sockets: sockets.of(index), spares: spares.flatMap((other) => sockets.onlyOf(other)) },
      events,
    );
  };
}
