// What a worker process runs: it is told its config and its sockets by the supervisor, serves, and ends when it is told to or when the supervisor is gone.
import { dieWithParent } from "../../sys/index.ts";
import { HandedSockets } from "./handed-sockets.ts";
import { ServerInstance } from "./server-instance.ts";
import { ignoreSignals } from "./stop-signals.ts";
import type { FromWorker, ToWorker } from "./worker-message.ts";

/** Connections get this long when the supervisor has gone: nobody may find an orphan that serves an old config. */
const ORPHAN_GRACE_MS = 4000;

let sockets: HandedSockets | undefined;
let instance: ServerInstance | undefined;
let stopping = false;

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function start(message: Extract<ToWorker, { type: "start" }>): Promise<void> {
  const handed = new HandedSockets(message.sockets, message.spares);
  try {
    instance = await ServerInstance.provision(message.config, message.baseDir, {
      listen: async (address) => handed.listen(address),
      quiet: true,
    });
    await instance.start();
    sockets = handed;
    tell({ type: "ready" });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
  }
}

async function stop(graceMs: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await instance?.stop(graceMs);
  process.exit();
}

/** Serves the sockets of a worker that is gone for a while, or leaves them to its successor. */
async function deputize(change: "adopt" | "release"): Promise<void> {
  try {
    await sockets?.[change]();
  } catch (error) {
    // They are its own worker's again soon, and keep queueing until then.
    instance?.log.warn(`cannot ${change} the sockets of a worker that died`, { reason: String(error) });
  }
}

process.on("message", (message: ToWorker) => {
  if (message.type === "start") void start(message);
  else if (message.type === "stop") void stop(message.graceMs);
  else void deputize(message.type);
});
process.on("disconnect", () => void stop(ORPHAN_GRACE_MS));
// A terminal's Ctrl-C reaches the whole group, but it is the supervisor that stops its workers.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => void stop(ORPHAN_GRACE_MS));
ignoreSignals();
dieWithParent("SIGTERM", Number(process.argv[2]));
