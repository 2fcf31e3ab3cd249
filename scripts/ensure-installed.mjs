// Runs `npm ci` when node_modules is absent or behind package-lock.json, and is silent otherwise.
// Plain JavaScript for Node 20, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Says in a few words why an installation is needed, or returns undefined when there is nothing to do. */
function reasonToInstall() {
  if (!existsSync(join(root, "node_modules"))) return "node_modules is absent";
  const wanted = packagesOf("package-lock.json");
  const installed = packagesOf("node_modules/.package-lock.json");
  if (wanted === undefined) return undefined;
  if (installed === undefined) return "node_modules is incomplete";
  if (!existsSync(join(root, "node_modules/.bin/bun"))) return "node_modules has no bun";
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    // An optional package for another platform is in the lock file and rightly not installed.
    if (found === undefined ? entry.optional !== true : differs(found, entry)) return `${path} is behind the lock file`;
  }
  const stale = Object.keys(installed).find((path) => wanted[path] === undefined);
  return stale === undefined ? undefined : `${stale} is no longer in the lock file`;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

function differs(found, entry) {
  return found.version !== entry.version || (entry.integrity !== undefined && found.integrity !== entry.integrity);
}

const reason = reasonToInstall();
if (reason !== undefined) {
  console.log(`netwright: ${reason}: running npm ci`);
  const args = ["ci", "--no-audit", "--no-fund"];
  const npm = process.env["npm_execpath"];
  const options = { cwd: root, stdio: ["ignore", "inherit", "inherit"] };
  const done = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, options);
  if (done.error !== undefined) console.error(`netwright: cannot run npm ci: ${done.error.message}`);
  process.exitCode = done.status ?? 1;
}
