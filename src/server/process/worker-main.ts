// What a worker process runs: it is told its config and its sockets by the supervisor, serves, and ends when it is told to or when the supervisor is gone.
import { dieWithParent } from "../../sys/index.ts";
import { ServerInstance } from "./server-instance.ts";
import type { FromWorker, ToWorker } from "./worker-message.ts";

/** Connections get this long when the supervisor has gone: nobody may find an orphan that serves an old config. */
const ORPHAN_GRACE_MS = 4000;

let instance: ServerInstance | undefined;
let stopping = false;

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function start(message: Extract<ToWorker, { type: "start" }>): Promise<void> {
  try {
    instance = await ServerInstance.provision(message.config, message.baseDir, {
      sockets: message.sockets,
      quiet: true,
    });
    await instance.start();
    tell({ type: "ready" });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect();
  }
}

async function stop(graceMs: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await instance?.stop(graceMs);
  tell({ type: "stopped" });
  process.exit(0);
}

process.on("message", (message: ToWorker) => {
  if (message.type === "start") void start(message);
  else void stop(message.graceMs);
});
process.on("disconnect", () => void stop(ORPHAN_GRACE_MS));
// A terminal's Ctrl-C reaches the whole group, but it is the supervisor that stops its workers.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => void stop(ORPHAN_GRACE_MS));
dieWithParent();
