import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realRandom, seededRandom } from "../../src/clock/index.ts";
import { fuzz, TARGETS } from "./fuzz.ts";

const FAILURES = join(import.meta.dir, "failures");

const cases = flag("--cases", 1_000_000);
const seed = flag("--seed", realRandom.uint32());
console.log(`${cases} cases, seed ${seed}`);
let failed = 0;
for (const [index, { target, share }] of TARGETS.entries()) {
  const count = Math.max(1, Math.round(cases * share));
  const began = performance.now();
  const failure = await fuzz(target, count, seededRandom(seed + index));
  const seconds = (performance.now() - began) / 1000;
  if (failure === undefined) {
    console.log(
      `${target.name}: ${count} cases in ${seconds.toFixed(1)} s (${Math.round(count / seconds)}/s), none failed`,
    );
    continue;
  }
  failed++;
  mkdirSync(FAILURES, { recursive: true });
  const file = join(FAILURES, `${target.name.replaceAll(" ", "-")}-${seed}.txt`);
  writeFileSync(file, failure.text, "latin1");
  console.log(`${target.name}: FAILED: ${failure.what}\n  ${JSON.stringify(failure.text)}\n  kept in ${file}`);
}
process.exit(failed === 0 ? 0 : 1);

function flag(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  if (at < 0) return otherwise;
  const value = Number(process.argv[at + 1]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`usage: npm run fuzz -- [--cases N] [--seed S]; ${name} takes a whole number`);
  process.exit(2);
}
