// Makes dist/: the command, the worker and a lab's keeper, each with all its code in one file and compiled to bytecode, because reading and compiling 170 files is most of what a
// start costs (docs/decisions/0006-one-file-to-start.md). Run by Bun: bun scripts/bundle/build.mjs
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { INPUTS } from "./is-fresh.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const dist = join(root, "dist");
const fresh = `${dist}.${process.pid}`;
const old = `${fresh}.old`;
const welcome = join(root, "src/cli/welcome");

/** What is to stay as it is for the bundle to be fresh: size and time of change by path. */
const inputs = {};

function note(path) {
  const { size, mtimeMs } = statSync(path);
  inputs[relative(root, path)] = [size, mtimeMs];
}

/** Notes every source before it is read: one that is edited meanwhile makes the bundle stale. */
const noted = {
  name: "noted",
  setup(build) {
    build.onLoad({ filter: /^\// }, ({ path }) => note(path));
  },
};

/** The file that loads the package's own rooms for a user's module, with the rooms that are in the bundle. */
const ownRooms = {
  name: "own rooms",
  setup(build) {
    build.onLoad({ filter: /\/src\/server\/process\/own-rooms\.ts$/ }, () => ({
      loader: "ts",
      contents: tableOfRooms(),
    }));
  },
};

function tableOfRooms() {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const rooms = Object.entries(exports).filter(([, target]) => typeof target === "object");
  const lines = rooms.map(
    ([key, { default: file }]) =>
      `[${JSON.stringify(name + key.slice(1))}, () => import(${JSON.stringify(join(root, file))})],`,
  );
  return `export const ownRooms: ReadonlyMap<string, () => Promise<object>> = new Map([${lines.join("\n")}]);`;
}

/** Bundles one program into `fresh`. */
async function bundle(entry, name) {
  await Bun.build({
    entrypoints: [join(root, entry)],
    outdir: fresh,
    naming: { entry: `${name}.[ext]` },
    target: "bun",
    format: "cjs",
    // As modules are.
    banner: '"use strict";',
    bytecode: true,
    // Bun would write the folder of this build there.
    define: { "import.meta.dirname": "module.path", "import.meta.filename": "module.filename" },
    // Names stay, for the sake of those who read a stack trace.
    minify: { whitespace: true, syntax: true, identifiers: false },
    plugins: [noted, ownRooms],
  });
}

async function make() {
  mkdirSync(fresh);
  note(fileURLToPath(import.meta.url));
  note(join(root, "package.json"));
  await bundle("scripts/bundle/entry.mjs", "netwright");
  await bundle("src/server/process/worker-main.ts", "worker-main");
  await bundle("src/lab/keeper-main.ts", "keeper-main");
  for (const file of readdirSync(welcome)) note(join(welcome, file));
  cpSync(welcome, join(fresh, "welcome"), { recursive: true });
  for (const file of readdirSync(fresh)) {
    const { size, mtimeMs } = statSync(join(fresh, file));
    if (file !== "welcome") inputs[join("dist", file)] = [size, mtimeMs];
  }
  writeFileSync(join(fresh, INPUTS), JSON.stringify(inputs, null, 1));
}

/** Puts it in the place of the one before, which is gone for no longer than two renames take. */
function install() {
  if (existsSync(dist)) moveUnlessLate(dist, old);
  moveUnlessLate(fresh, dist);
}

/** Where several make it at once, one of them has been faster, and its bundle is as good. */
function moveUnlessLate(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
  }
}

try {
  await make();
  install();
} finally {
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
}
