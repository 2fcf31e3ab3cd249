import { ParseError } from "../bytes/index.ts";
import { NetError } from "../net/index.ts";
import { EXIT_FAILURE, EXIT_USAGE } from "./exit.ts";
import { Misuse } from "./misuse.ts";

/** Says why a command failed, without a stack trace unless it is a fault of ours, and sets the exit code, which it returns: EXIT_USAGE where nothing but another command line helps. */
export function fail(error: unknown): number {
  if (error instanceof Error && isExpected(error)) console.error(`netwright: ${error.message}`);
  else console.error("netwright: this is a fault of netwright itself; please report it with these lines:\n", error);
  const code = isMisuse(error) ? EXIT_USAGE : EXIT_FAILURE;
  process.exitCode = code;
  return code;
}

/** What only a mistake in our own code throws. */
const OURS: ReadonlySet<unknown> = new Set([TypeError, RangeError, ReferenceError, SyntaxError]);

/** Errors that speak to the user: a config, the network, the system or a flag is at fault. A source of ours that does not parse is none: what is printed of it shows where. */
function isExpected(error: Error): boolean {
  return !OURS.has(error.constructor) && error.name !== "BuildMessage";
}

/** Whether nothing but another command line can help: an address that is none, a flag's value that makes no sense. */
function isMisuse(error: unknown): boolean {
  // What cannot be read of bytes came from a peer or a file.
  if (error instanceof ParseError) return typeof error.input === "string";
  if (error instanceof Misuse) return true;
  return error instanceof NetError && error.code === "EINVAL" && (error.op === "dial" || error.op === "listen");
}
