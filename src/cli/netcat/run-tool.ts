import { ParseError } from "../../bytes/index.ts";
import { NetError } from "../../net/index.ts";
import { EXIT_FAILURE, EXIT_USAGE, fail } from "../exit.ts";
import { Misuse } from "./misuse.ts";

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
    if (ended === undefined) code = told(error);
  }
  process.exit(ended ?? code);
}

/** Says what went wrong, and what exit code that is. */
export function told(error: unknown): number {
  fail(error);
  return isMisuse(error) ? EXIT_USAGE : EXIT_FAILURE;
}

/** Whether nothing but another command line can help: an address that is none. */
function isMisuse(error: unknown): boolean {
  if (error instanceof ParseError || error instanceof Misuse) return true;
  return error instanceof NetError && error.code === "EINVAL" && (error.op === "dial" || error.op === "listen");
}
