import { builtinModules } from "node:module";
import { posix } from "node:path";
import { type Facts, type Import, factsOf } from "./facts.ts";
import { ENTRANCES, IMPURE_FILES, ROOMS, type Room, SANS_IO, SIBLINGS } from "./rooms.ts";

/** A broken rule: which rule, in which file, and what was found. */
export interface Violation {
  readonly rule: Rule;
  readonly file: string;
  readonly detail: string;
}

export type Rule =
  | "bun-outside"
  | "computed-import"
  | "cycle"
  | "dev-dependency"
  | "door"
  | "impure"
  | "no-index"
  | "node-prefix"
  | "outside"
  | "parent"
  | "sibling"
  | "star"
  | "syntax"
  | "unknown-room"
  | "unresolved"
  | "upward";

export interface Report {
  readonly visited: number;
  readonly violations: readonly Violation[];
}

/** What the rules look at: every file below `src` by its path there, tests left out. */
export interface House {
  readonly files: ReadonlyMap<string, string>;
  /** The packages that a user of netwright gets installed too. */
  readonly dependencies: readonly string[];
}

const ROOM_INDEX = new Map(ROOMS.map((room, index) => [room.path, index]));
const BUILTIN = new Set(builtinModules);
const IMPURE_GLOBALS =
  /^(?:Date\.now|Math\.random|new Date|performance|crypto|process|set(?:Timeout|Interval|Immediate))$/;

/** The room that a file belongs to; undefined when its folder is not in the list. */
export function roomOf(file: string): Room | undefined {
  const folder = posix.dirname(file);
  for (let path = folder; path !== "."; path = posix.dirname(path)) {
    const room = ROOMS[ROOM_INDEX.get(path) ?? -1];
    if (room !== undefined) return path === folder || room.folders === true ? room : undefined;
  }
  return undefined;
}

/** Holds every file of the house against the rules of ARCHITECTURE.md. */
export function inspect(house: House): Report {
  const violations: Violation[] = [];
  const facts = new Map<string, Facts>();
  for (const [file, source] of house.files) facts.set(file, factsOf(file, source));
  const sansIo = sansIoFiles(facts);

  for (const [file, { imports, globals, onlyReExports, errors }] of facts) {
    const report = (rule: Rule, detail: string): void => void violations.push({ rule, file, detail });
    for (const error of errors) report("syntax", error);
    const room = roomOf(file);
    if (room === undefined) {
      report("unknown-room", `src/${posix.dirname(file)} is not in test/layers/rooms.ts`);
      continue;
    }
    const pure = (room.pure === true && !IMPURE_FILES.includes(file)) || sansIo.has(file);
    if (room.parent === true && (posix.basename(file) !== "index.ts" || !onlyReExports)) {
      report("parent", `${room.path}/ only holds an index.ts that re-exports its children`);
    }
    if (globals.includes("Bun") && room.bun !== true) report("bun-outside", "uses the global Bun");
    for (const name of globals) if (pure && IMPURE_GLOBALS.test(name)) report("impure", `uses ${name}`);
    for (const entry of imports) checkImport(entry, file, room, pure, house, report);
  }
  return { visited: facts.size, violations: [...violations, ...roomsWithoutIndex(facts), ...cycles(facts)] };
}

type Reporter = (rule: Rule, detail: string) => void;

function checkImport(entry: Import, file: string, room: Room, pure: boolean, house: House, report: Reporter): void {
  const { specifier } = entry;
  if (specifier === undefined) {
    if (room.loads !== true) report("computed-import", "an import() whose path is computed belongs in server/process");
  } else if (specifier.startsWith(".")) {
    if (entry.star && posix.basename(file) === "index.ts") report("star", `export * from "${specifier}"`);
    checkRelative(specifier, file, room, house, report);
  } else {
    checkPackage(specifier, room, pure, house, report);
  }
}

function checkPackage(specifier: string, room: Room, pure: boolean, house: House, report: Reporter): void {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (specifier === "bun" || specifier.startsWith("bun:")) {
    if (room.bun !== true) report("bun-outside", `imports ${specifier}`);
    if (pure) report("impure", `imports ${specifier}`);
  } else if (specifier.startsWith("node:")) {
    if (pure) report("impure", `imports ${specifier}`);
  } else if (BUILTIN.has(name)) {
    report("node-prefix", `write node:${specifier}`);
  } else if (!house.dependencies.includes(name)) {
    report("dev-dependency", `${specifier} is not among the dependencies in package.json`);
  }
}

function checkRelative(specifier: string, file: string, room: Room, house: House, report: Reporter): void {
  const target = resolve(file, specifier);
  if (target === "../package.json") return;
  if (target.startsWith("../")) return report("outside", `${specifier} leaves src`);
  if (target.endsWith(".test.ts")) return report("outside", `${specifier} is a test`);
  if (!target.endsWith(".ts")) return; // an asset beside the code
  if (!house.files.has(target)) return report("unresolved", `${specifier} is no file of src`);
  const other = roomOf(target);
  if (other === undefined || other === room) return;
  if (SIBLINGS.some((group) => group.includes(room.path) && group.includes(other.path))) {
    report("sibling", `${room.path} and ${other.path} are siblings`);
  } else if (order(other) > order(room)) {
    report("upward", `${room.path} stands below ${other.path}`);
  }
  if (target !== `${other.path}/index.ts`) report("door", `${specifier} goes around ${other.path}/index.ts`);
}

function order(room: Room): number {
  return ROOM_INDEX.get(room.path) ?? -1;
}

function resolve(file: string, specifier: string): string {
  return posix.join(posix.dirname(file), specifier);
}

/** The wire.ts and machine.ts of every room, and what they pull in at run time from their own room. */
function sansIoFiles(facts: ReadonlyMap<string, Facts>): ReadonlySet<string> {
  const found = new Set([...facts.keys()].filter((file) => SANS_IO.test(file)));
  for (const file of found) {
    for (const { specifier, typeOnly } of facts.get(file)?.imports ?? []) {
      if (typeOnly || specifier?.startsWith(".") !== true) continue;
      const target = resolve(file, specifier);
      if (facts.has(target) && roomOf(target) === roomOf(file)) found.add(target);
    }
  }
  return found;
}

function roomsWithoutIndex(facts: ReadonlyMap<string, Facts>): Violation[] {
  const used = new Set([...facts.keys()].map((file) => roomOf(file)?.path));
  return ROOMS.filter(({ path }) => used.has(path) && !ENTRANCES.includes(path) && !facts.has(`${path}/index.ts`)).map(
    ({ path }) => ({ rule: "no-index", file: path, detail: `src/${path} has no index.ts` }),
  );
}

/** Every file that reaches itself again over imports of any kind, told once a circle. */
function cycles(facts: ReadonlyMap<string, Facts>): Violation[] {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      violations.push({ rule: "cycle", file, detail: [...path.slice(start), file].join(" → ") });
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const { specifier } of facts.get(file)?.imports ?? []) {
      const target = specifier?.startsWith(".") === true ? resolve(file, specifier) : undefined;
      if (target !== undefined && facts.has(target)) visit(target);
    }
    path.pop();
    done.add(file);
  };
  for (const file of facts.keys()) visit(file);
  return violations;
}
