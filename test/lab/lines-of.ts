import { createInterface } from "node:readline";
import type { LabProcess } from "../../src/lab/index.ts";

/** The lines that a process writes to stdout, one a call. Throws when it ends before. */
export function linesOf(process: LabProcess): () => Promise<string> {
  const lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`it ended before it said a word: ${JSON.stringify(await process.exited)}`);
    return line.value;
  };
}
