// Makes dist/ when it is absent or behind the sources, and is silent otherwise. Without it everything works, only a start takes longer, so a failure is told and
// no more. Run by Node, after an installation and before the commands of package.json.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFresh } from "./is-fresh.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bun = join(root, "node_modules/.bin/bun");

if (!isFresh(join(root, "dist")) && existsSync(bun)) {
  const build = join(root, "scripts/bundle/build.mjs");
  const done = spawnSync(bun, ["--no-install", "--no-env-file", "--config=/dev/null", build], {
    cwd: root,
    encoding: "utf8",
  });
  if (done.status !== 0)
    console.error(
      `netwright: runs from its sources, as it could not be bundled:\n${done.error?.message ?? done.stderr}`,
    );
}
