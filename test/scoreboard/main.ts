import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { markdownTable } from "../../bench/table.ts";
import { type Contender, CONTENDERS } from "./contenders.ts";
import type { Effort, Figure, Item } from "./item.ts";
import { ITEMS } from "./items.ts";

const RESULTS = join(import.meta.dir, "../../bench/results/scoreboard.md");

const words = process.argv.slice(2);
const effort: Effort = words.includes("--smoke") ? "smoke" : "full";
const numbers = words.filter((word) => /^\d+$/.test(word)).map(Number);
const names = words.filter((word) => CONTENDERS.some(({ name }) => name === word));
if (words.some((word) => word !== "--smoke" && !/^\d+$/.test(word) && !names.includes(word))) {
  console.error(
    `usage: npm run scoreboard -- [--smoke] [${ITEMS.map(({ number }) => number).join("|")} …] [${CONTENDERS.map(({ name }) => name).join("|")} …]`,
  );
  process.exit(2);
}
const items = ITEMS.filter(({ number }) => numbers.length === 0 || numbers.includes(number));
const contenders = CONTENDERS.filter(({ name }) => names.length === 0 || names.includes(name));

const rows: string[][] = [];
let missed = 0;
/** Figures that could not be measured at all: the one thing that a smoke run is after. */
let unmeasured = 0;
let broken = 0;
for (const item of items) {
  const figures: string[] = [];
  for (const contender of contenders) {
    const figure = await measured(item, contender);
    if (contender === CONTENDERS[0] && !figure.good) missed++;
    if (figure.text.startsWith("failed")) unmeasured++;
    figures.push(figure.text);
    console.log(`${item.number}. ${item.title} · ${contender.name}: ${figure.text}`);
  }
  rows.push([String(item.number), item.title, item.target, ...figures]);
}

const table = markdownTable(["#", "figure", "target", ...contenders.map(({ name }) => name)], rows);
console.log(`\n${table}`);
if (contenders[0] === CONTENDERS[0])
  console.log(`\n${items.length - missed} of ${items.length} targets met by netwright`);
if (effort === "full" && numbers.length === 0 && names.length === 0) {
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Bun ${Bun.version}`;
  writeFileSync(
    RESULTS,
    `# Scoreboard\n\nEvery server on core 0, clients on core 1 of the same machine (${machine}), one after the other in one run.\nWritten by \`npm run scoreboard\`; what each figure is stands beside its code in \`test/scoreboard\`.\n\n${table}\n`,
  );
  console.log("written to bench/results/scoreboard.md");
}
// A smoke is too short for figures, and may share its machine: it fails by what could not be measured.
process.exit((effort === "smoke" ? broken : missed) === 0 ? 0 : 1);

async function measured(item: Item, contender: Contender): Promise<Figure> {
  try {
    return await item.measure(contender, effort);
  } catch (error) {
    broken++;
    return { text: `failed: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`, good: false };
  }
}
