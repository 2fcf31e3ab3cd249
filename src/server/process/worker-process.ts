import { fileURLToPath } from "node:url";
import type { WorkerEvents, WorkerHandle } from "./supervisor.ts";
import { isFromWorker, type ToWorker } from "./worker-message.ts";

const MAIN: string = fileURLToPath(new URL("worker-main.ts", import.meta.url));

/** The descriptor that the first handed socket has in a worker. */
export const FIRST_HANDED_FD = 3;

/** Starts a worker with `descriptors` as its descriptors from FIRST_HANDED_FD on, and tells it to start. The caller keeps its own copies. */
export function startWorkerProcess(
  descriptors: readonly number[],
  start: Extract<ToWorker, { type: "start" }>,
  events: WorkerEvents,
): WorkerHandle {
  const child = Bun.spawn([process.execPath, "--no-install", "--no-env-file", "--config=/dev/null", MAIN], {
    stdio: ["ignore", "inherit", "inherit", ...descriptors],
    // Its own process group keeps a terminal's Ctrl-C for the supervisor, which then drains the workers.
    detached: true,
    ipc: (message: unknown) => {
      if (isFromWorker(message)) events.message(message);
    },
    onExit: (_child, code, signal) => events.exit(signal === null ? `exit code ${code}` : `signal ${signal}`),
  });
  const send = (message: ToWorker): void => {
    if (child.exitCode === null && child.signalCode === null) child.send(message);
  };
  send(start);
  return {
    pid: child.pid,
    stop: (graceMs) => send({ type: "stop", graceMs }),
    kill: () => child.kill("SIGKILL"),
  };
}
