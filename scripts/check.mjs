// Runs every check, one after the other, and goes on after a failure so that one run tells all of them.
// Usage: npm run check [-- --no-tests]
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules/.bin", name);

const checks = [
  ["types", bin("tsc"), ["--noEmit", "-p", "."]],
  ["lint", bin("oxlint"), ["--type-aware"]],
  ["format", bin("oxfmt"), ["--check"]],
  ["unused", bin("knip"), []],
];
if (!process.argv.includes("--no-tests")) checks.push(["tests", process.execPath, ["scripts/test.mjs"]]);

const failed = [];
for (const [name, file, args] of checks) {
  console.log(`\n== ${name}`);
  const done = spawnSync(file, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (done.error !== undefined) console.error(`${name}: cannot run ${file}: ${done.error.message}`);
  if (done.status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? "\nevery check passed" : `\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
