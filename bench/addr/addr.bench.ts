import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchParse } from "./parse.bench.ts";
import { benchTable } from "./table.bench.ts";

const RESULTS = join(import.meta.dir, "../results/addr.md");

/** Every part gives its section of the results page. */
const PARTS: Readonly<Record<string, (flags: ReadonlySet<string>) => string | Promise<string>>> = {
  parse: benchParse,
  table: benchTable,
};

/** Runs the parts named in `flags`, or all of them; writes the results page after a full run. */
export async function benchAddr(flags: ReadonlySet<string>): Promise<void> {
  const wanted = Object.keys(PARTS).filter((part) => flags.has(part));
  const page = [`# Addresses\n\nOne core of ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}; Bun ${Bun.version}.`];
  for (const part of wanted.length === 0 ? Object.keys(PARTS) : wanted) {
    const section = await PARTS[part]!(flags);
    console.log(`${section}\n`);
    page.push(section);
  }
  if (wanted.length > 0 || flags.has("--smoke")) return;
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  writeFileSync(RESULTS, `${page.join("\n\n")}\n`);
  console.log("written to bench/results/addr.md");
}
