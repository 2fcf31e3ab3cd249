import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const PATH = join(import.meta.dir, "vectors/differential.txt.gz");

/** An input of the differential test with what both oracles said of it (see their comments for the form). */
export interface Golden {
  /** As `makeInputs` gives it. */
  readonly input: string;
  readonly go: string;
  readonly python: string;
}

/** Reads the goldens that are checked in. */
export function readGoldens(): Golden[] {
  const lines = gunzipSync(readFileSync(PATH)).toString().trimEnd().split("\n");
  return lines.map((line) => {
    const fields = line.split("\t");
    return { input: fields.slice(0, -2).join("\t"), go: fields.at(-2)!, python: fields.at(-1)! };
  });
}

/** Writes them: one line each, the fields with tabs between them. */
export function writeGoldens(goldens: readonly Golden[]): void {
  const text = goldens.map(({ input, go, python }) => `${input}\t${go}\t${python}\n`).join("");
  writeFileSync(PATH, gzipSync(text, { level: 9 }));
}

/** Has an oracle answer inputs: a command that reads one a line and writes one answer a line. Throws when it fails. */
export async function askOracle(command: readonly string[], inputs: readonly string[]): Promise<string[]> {
  const child = Bun.spawn([...command], {
    cwd: join(import.meta.dir, "oracle"),
    stdin: Buffer.from(inputs.map((input) => `${input}\n`).join("")),
    stdout: "pipe",
    stderr: "inherit",
  });
  const [text, status] = await Promise.all([child.stdout.text(), child.exited]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}`);
  return text.split("\n").slice(0, -1);
}
