import type { OutletOptions } from "./tap-outlet.ts";
import type { TapOptions } from "./tap-options.ts";

/** How a tap writes its lines. */
export interface TapToLogOptions extends OutletOptions {
  /** What each line begins with. Default "monitor: ". */
  readonly prefix?: string;
}

/**
 * Listeners for `tap` that write what passes, in both directions, as lines of text: each piece at once, so that a line that comes in two pieces is written as two. Control characters are escaped, so
 * that a peer can neither forge a line nor steer a terminal; bytes that are no UTF-8 become U+FFFD.
 *
 * @example
 * const conn = tap(await dial("tcp", address), tapToLog((line) => logger.info(line)));
 */
export function tapToLog(write: (line: string) => void | Promise<void>, options: TapToLogOptions = {}): TapOptions {
  const prefix = options.prefix ?? "monitor: ";
  return { ...options, onRead: logOf(write, prefix), onWrite: logOf(write, prefix) };
}

/** The listener for one direction: a character that comes in two pieces is written with the second. */
function logOf(
  write: (line: string) => void | Promise<void>,
  prefix: string,
): (bytes: Uint8Array) => void | Promise<void> {
  const decoder = new TextDecoder();
  return (bytes) => {
    const waits: unknown[] = linesOf(decoder.decode(bytes, { stream: true })).map((line) => write(prefix + line));
    // A writer that does not wait is done here, and nothing queues up behind it.
    return waits.some((wait) => wait instanceof Promise) ? Promise.all(waits).then(() => undefined) : undefined;
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => escaped(line.endsWith("\r") ? line.slice(0, -1) : line));
}

// Control characters of ASCII and Latin-1, and the separators that some viewers take for line ends.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g;

function escaped(line: string): string {
  return line.replaceAll(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
