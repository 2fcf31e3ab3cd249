import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { childOf } from "./keeper-process.ts";

/** How a process ended. Exit codes of 128 and a signal's number, by which shells tell the end of what they started, count as that signal: exit code 143 is SIGTERM. */
export interface ProcessEnd {
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A command that runs in a host. It ends with the lab at the latest, and so does what it has started. */
export class LabProcess implements AsyncDisposable {
  /** Resolves when it has ended and its output was read. Rejects when it could not be started. */
  readonly exited: Promise<ProcessEnd>;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
    this.exited = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(endOf(code, signal)));
    });
    this.exited.catch(() => undefined);
  }

  /** Its process id, seen from here; undefined once it has ended, and in the first milliseconds, while it is on its way into the host. */
  get pid(): number | undefined {
    // The child is nsenter, which waits for a shell, which waits for its only child: the command.
    return this.isRunning ? childOf(childOf(this.child.pid)) : undefined;
  }

  /** Its streams; null where `stdio` said something else than a pipe. */
  get stdin(): Writable | null {
    return this.child.stdin;
  }

  get stdout(): Readable | null {
    return this.child.stdout;
  }

  get stderr(): Readable | null {
    return this.child.stderr;
  }

  /** Sends it a signal (default SIGTERM). One that has ended is left alone. */
  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    if (!this.isRunning) return;
    try {
      process.kill(this.pid ?? this.child.pid!, signal);
    } catch {
      // It ended between the two.
    }
  }

  /** Kills it and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.exited.catch(() => undefined);
  }

  private get isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }
}

/** The signals, by their numbers; SIGABRT's other names do not count. */
const SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map(
  (Object.entries(constants.signals) as [NodeJS.Signals, number][])
    .toReversed()
    .map(([name, number]) => [number, name]),
);

function endOf(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
  const told = signal ?? (code === null ? undefined : SIGNALS.get(code - 128));
  return { exitCode: told === undefined ? (code ?? undefined) : undefined, signal: told };
}
