// Runs the tests with the pinned Bun. Usage: npm test [-- [--peers | --no-peers] [bun test's flags] [paths]]
//   (nothing)    everything in src, test and examples; a test whose peer is not installed is skipped and says so
//   --no-peers   all but the tests that need a peer (*.peer.test.ts)
//   --peers      those alone, and a missing peer is a failure
// With NETWRIGHT_JUNIT=FILE the counts go there too, in JUnit's form.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = ["./src", "./test", "./examples"];
const flagsWithValue = new Set(["-t", "--test-name-pattern", "--timeout", "--seed", "--rerun-each", "--retry"]);

const forwarded = [];
const paths = [];
let peers = "all";
const given = process.argv.slice(2);
for (let i = 0; i < given.length; i++) {
  const arg = given[i];
  if (arg === "--peers") peers = "only";
  else if (arg === "--no-peers") peers = "none";
  else if (flagsWithValue.has(arg)) forwarded.push(arg, given[++i] ?? "");
  else if (arg.startsWith("-")) forwarded.push(arg);
  else paths.push(arg);
}
if (peers === "none") forwarded.push("--path-ignore-patterns=**/*.peer.test.ts");
const wanted = peers === "only" ? [".peer.test.ts"] : folders.filter((folder) => existsSync(join(root, folder)));
const junit = process.env["NETWRIGHT_JUNIT"];
if (junit) forwarded.push("--reporter=junit", `--reporter-outfile=${junit}`);

const done = spawnSync(
  join(root, "node_modules/.bin/bun"),
  ["--config=/dev/null", "--no-env-file", "test", ...forwarded, ...(paths.length > 0 ? paths : wanted)],
  {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: peers === "only" ? { ...process.env, NETWRIGHT_PEERS: "required" } : process.env,
  },
);
if (done.error !== undefined) console.error(`netwright: cannot run the tests: ${done.error.message}`);
process.exitCode = done.signal === null ? (done.status ?? 1) : 128 + (constants.signals[done.signal] ?? 0);
