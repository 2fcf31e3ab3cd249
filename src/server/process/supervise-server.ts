import { realClock } from "../../clock/index.ts";
import { Supervisor } from "./supervisor.ts";
import type { RunOptions } from "./run-options.ts";
import type { ServerInstance } from "./server-instance.ts";
import { makeSockets } from "./sockets.ts";
import { FIRST_HANDED_FD, startWorkerProcess } from "./worker-process.ts";

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
  untilSignal: () => Promise<string>,
): Promise<number> {
  const stopped = untilSignal();
  const sockets = await makeSockets(instance.addresses, workers);
  const supervisor = new Supervisor({
    workers,
    clock: realClock,
    log: instance.log,
    spawn: (index, events) => {
      const handed = sockets.of(index);
      const start = {
        type: "start",
        config: options.config,
        baseDir: options.baseDir,
        worker: index,
        sockets: handed.map((socket, i) => ({ address: socket.address, fd: FIRST_HANDED_FD + i })),
      } as const;
      return startWorkerProcess(
        handed.map((socket) => socket.fd),
        start,
        events,
      );
    },
  });
  try {
    await supervisor.start();
    options.onListening?.(instance.addressTexts);
    instance.log.info("serving", {
      addresses: instance.addressTexts,
      workers,
      pids: supervisor.pids,
      config: options.from,
    });
    instance.log.info("stopping: connections may finish", { signal: await stopped });
  } finally {
    await supervisor.stop(GRACE_MS);
    await sockets.close();
    await instance.stop(0);
  }
  return 0;
}
