// Makes dist/: the command and the worker, each with all its code in one file and compiled to bytecode, because reading and compiling 170 files is most of what a
// start costs (docs/decisions/0006-one-file-to-start.md). Run by Bun: bun scripts/bundle/build.mjs
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { INPUTS } from "./is-fresh.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const dist = join(root, "dist");
const fresh = `${dist}.${process.pid}`;
const welcome = join(root, "src/cli/welcome");
const begun = new Date();

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

/** Bundles one program into `fresh` and returns the paths of the sources in it. */
async function bundle(entry, name) {
  const made = await Bun.build({
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
    metafile: true,
    plugins: [ownRooms],
  });
  return Object.keys(made.metafile.inputs).map((path) => join(root, path));
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh);
const sources = [
  ...(await bundle("scripts/bundle/entry.mjs", "netwright")),
  ...(await bundle("src/server/process/worker-main.ts", "worker-main")),
  ...readdirSync(welcome).map((file) => join(welcome, file)),
  fileURLToPath(import.meta.url),
  join(root, "package.json"),
  join(root, "src/server/process/own-rooms.ts"),
];
cpSync(welcome, join(fresh, "welcome"), { recursive: true });
const sizes = [...new Set(sources)].map((file) => [relative(root, file), statSync(file).size]);
writeFileSync(join(fresh, INPUTS), JSON.stringify(Object.fromEntries(sizes), null, 1));
utimesSync(join(fresh, INPUTS), begun, begun);
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
