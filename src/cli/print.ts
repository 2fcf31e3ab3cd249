import { standardOutput } from "./netcat/byte-output.ts";

const output = standardOutput(false);
const encoder = new TextEncoder();

/**
 * Prints text and a line feed on stdout, which a command's result goes to: other than console.log, it does not take a full disk for success. Resolves to false when
 * nobody reads it any more, as `head` after its lines: there is no point in going on. Rejects with an Error for the user when it cannot be written.
 */
export async function print(text: string): Promise<boolean> {
  return printRaw(`${text}\n`);
}

/** Prints text as it is. */
export async function printRaw(text: string): Promise<boolean> {
  return output.write(encoder.encode(text));
}
