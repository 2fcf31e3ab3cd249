import { extname, join } from "node:path";
import type { WorkerEvents, WorkerHandle } from "./supervisor.ts";
import { type HandedSocket, isFromWorker, type ToWorker } from "./worker-message.ts";

/** What a worker runs: worker-main.ts, or beside a bundle of ours worker-main.js. */
const MAIN: string = join(import.meta.dirname, `worker-main${extname(import.meta.filename)}`);

/** The descriptor that the first handed socket has in a worker. */
const FIRST_HANDED_FD = 3;

/** What a worker is started with. Its sockets are named by their descriptors in this process, which keeps its own copies. */
export interface WorkerStart {
  /** How it calls itself in a list of processes. */
  readonly title: string;
  readonly config: unknown;
  readonly baseDir: string;
  readonly sockets: readonly HandedSocket[];
  readonly spares: readonly HandedSocket[];
}

/** Starts a worker process and tells it to serve. */
export function startWorkerProcess(start: WorkerStart, events: WorkerEvents): WorkerHandle {
  const handed = [...start.sockets, ...start.spares];
  const child = Bun.spawn(
    [process.execPath, "--no-install", "--no-env-file", "--config=/dev/null", MAIN, String(process.pid)],
    {
      argv0: start.title,
      stdio: ["ignore", "inherit", "inherit", ...handed.map((socket) => socket.fd)],
      // Its own process group keeps a terminal's Ctrl-C for the supervisor, which then drains the workers.
      detached: true,
      ipc: (message: unknown) => {
        if (isFromWorker(message)) events.message(message);
      },
      onExit: (_child, code, signal) => events.exit(signal === null ? `exit code ${code}` : `signal ${signal}`),
    },
  );
  const send = (message: ToWorker): void => {
    try {
      child.send(message);
    } catch {
      // It has closed the channel, as the one that ends does: `exit` follows, or the caller's patience does.
    }
  };
  const { config, baseDir } = start;
  const sockets = inWorker(start.sockets, FIRST_HANDED_FD);
  const spares = inWorker(start.spares, FIRST_HANDED_FD + sockets.length);
  send({ type: "start", config, baseDir, sockets, spares });
  return {
    pid: child.pid,
    adopt: () => send({ type: "adopt" }),
    release: () => send({ type: "release" }),
    stop: (graceMs) => send({ type: "stop", graceMs }),
    kill: () => child.kill("SIGKILL"),
  };
}

/** The same sockets by the descriptors that they have in the worker. */
function inWorker(sockets: readonly HandedSocket[], first: number): HandedSocket[] {
  return sockets.map(({ address }, i) => ({ address, fd: first + i }));
}
