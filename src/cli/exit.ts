/** The command line was wrong. */
export const EXIT_USAGE = 2;
/** It was right, but could not be done. */
export const EXIT_FAILURE = 1;

/** Says why a command failed, without a stack trace unless it is a fault of ours, and sets the exit code. */
export function fail(error: unknown): void {
  if (error instanceof Error && isExpected(error)) console.error(`netwright: ${error.message}`);
  else console.error("netwright: this is a fault of netwright itself; please report it with these lines:\n", error);
  process.exitCode = EXIT_FAILURE;
}

/** What only a mistake in our own code throws. */
const OURS: ReadonlySet<unknown> = new Set([TypeError, RangeError, ReferenceError, SyntaxError]);

/** Errors that speak to the user: a config, the network, the system or a flag is at fault. A source of ours that does not parse is none: what is printed of it shows where. */
function isExpected(error: Error): boolean {
  return !OURS.has(error.constructor) && error.name !== "BuildMessage";
}
