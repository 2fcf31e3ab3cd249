import { fail } from "../fail.ts";

/** By which the exit code of a process is told that a signal ended (128 and its number). */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a command that reads stdin, and ends the process with its exit code, whatever stdin still has. A signal aborts it, a second one does not wait for it. */
export async function runTool(work: (stop: AbortSignal) => Promise<number>): Promise<never> {
  const stop = new AbortController();
  let ended: number | undefined;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(code);
      ended = code;
      stop.abort();
    });
  }
  let code = 0;
  try {
    code = await work(stop.signal);
  } catch (error) {
    if (ended === undefined) code = fail(error);
  }
  process.exit(ended ?? code);
}
