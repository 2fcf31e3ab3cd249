import { hexdumpRows } from "../bytes/index.ts";
import type { OutletOptions } from "./tap-outlet.ts";
import type { TapOptions } from "./tap-options.ts";

/**
 * Listeners for `tap` that write what passes as rows of `hexdump -C`, behind "< " for what was read and "> " for what was written. Each piece begins a row; the first column goes on, so that it
 * is the place in the stream of that direction.
 *
 * @example
 * const conn = tap(await dial("tcp", address), tapToHexdump((text) => void process.stderr.write(text)));
 */
export function tapToHexdump(write: (rows: string) => void | Promise<void>, options: OutletOptions = {}): TapOptions {
  return { ...options, onRead: dumpOf(write, "< "), onWrite: dumpOf(write, "> ") };
}

function dumpOf(
  write: (rows: string) => void | Promise<void>,
  mark: string,
): (bytes: Uint8Array) => void | Promise<void> {
  let offset = 0;
  return (bytes) => {
    const rows = hexdumpRows(bytes, offset);
    offset += bytes.length;
    return write(rows.map((row) => `${mark}${row}\n`).join(""));
  };
}
