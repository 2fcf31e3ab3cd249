import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable, median } from "../table.ts";
import { ROUND_TRIP_KINDS } from "./round-trip-kinds.ts";

const RESULTS = join(import.meta.dir, "../results/net.md");
const OURS = join(import.meta.dir, "round-trips.ts");
const PEER = join(import.meta.dir, "peers/round-trips");

/** How many round trips, how often; a smoke run only shows that everything still works. */
interface Effort {
  readonly rounds: number;
  readonly count: number;
}

const FULL: Effort = { rounds: 5, count: 100_000 };
const SMOKE: Effort = { rounds: 1, count: 500 };

/** Who is measured: the command for one run. */
type Contestants = Readonly<Record<string, (kind: string, count: number, directory: string) => readonly string[]>>;

/** Measures round trips of the kinds named in `flags`, or of all, beside Go where it is installed; writes the results page after a full run. */
export async function benchNet(flags: ReadonlySet<string>): Promise<void> {
  const effort = flags.has("--smoke") ? SMOKE : FULL;
  const parts = [...flags].filter((flag) => !flag.startsWith("--"));
  const kinds = Object.keys(ROUND_TRIP_KINDS).filter((kind) => parts.length === 0 || parts.includes(kind));
  const folder = mkdtempSync(join(tmpdir(), "netwright-bench-net-"));
  try {
    const page = [preface(effort)];
    const rows = kinds.map((kind) => rowOf(kind, contestants(folder), effort, folder));
    const header = ["kind", "push", "pull", "Go", "push, × Go", "pull, × Go", "least: push", "pull", "Go"];
    page.push(markdownTable(header, rows));
    console.log(page[1]);
    if (effort !== FULL || parts.length > 0) return;
    mkdirSync(join(RESULTS, ".."), { recursive: true });
    writeFileSync(RESULTS, `${page.join("\n\n")}\n`);
    console.log("\nwritten to bench/results/net.md");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function preface({ count, rounds }: Effort): string {
  const text = `# Round trips beside Go

"ping" there and back between two sockets in one process, as in "Network Programming with Go", chapter 7: CPU microseconds (user and system, of the whole process) a round trip, medians of ${rounds}
rounds of ${count} after a quarter as many, in which all take turns. Push: callbacks; pull: \`await\` and a buffer of 1,024 bytes, which is what the Go program does.
${cpus().length} × ${cpus()[0]?.model ?? "unknown"}; load before the run ${loadavg()[0]?.toFixed(2)}; Bun ${Bun.version}.`;
  console.log(`${text}\n`);
  return text;
}

function contestants(folder: string): Contestants {
  const ours = (mode: string) => (kind: string, count: number, directory: string) => [
    process.execPath,
    OURS,
    kind,
    mode,
    String(count),
    directory,
  ];
  const program = goProgram(folder);
  const all: Contestants = { push: ours("push"), pull: ours("pull") };
  if (program === undefined) return all;
  return { ...all, go: (kind, count, directory) => [program, kind, String(count), directory] };
}

let built: string | undefined;

/** Builds the Go program once; undefined where there is no Go. */
function goProgram(folder: string): string | undefined {
  const go = Bun.which("go", { PATH: `${process.env["PATH"] ?? ""}:/usr/local/go/bin` });
  if (go === null) return undefined;
  if (built !== undefined) return built;
  const program = join(folder, "round-trips");
  const build = Bun.spawnSync([go, "build", "-o", program, "."], { cwd: PEER });
  if (!build.success) throw new Error(`the Go program cannot be built: ${build.stderr.toString()}`);
  built = program;
  return program;
}

function rowOf(kind: string, all: Contestants, { count, rounds }: Effort, folder: string): string[] {
  const samples: Record<string, number[]> = { push: [], pull: [], go: [] };
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(all)) samples[name]!.push(measure(command, kind, count, folder));
  const of = (name: string, how: (values: readonly number[]) => number): number =>
    samples[name]!.length === 0 ? Number.NaN : how(samples[name]!);
  const least = (values: readonly number[]): number => Math.min(...values);
  const [push, pull, go] = [of("push", median), of("pull", median), of("go", median)];
  const numbers = [push, pull, go, push / go, pull / go, of("push", least), of("pull", least), of("go", least)];
  return [kind, ...numbers.map((number) => (Number.isNaN(number) ? "" : number.toFixed(2)))];
}

function measure(command: Contestants[string], kind: string, count: number, folder: string): number {
  const directory = mkdtempSync(join(folder, "sockets-"));
  const child = Bun.spawnSync([...command(kind, count, directory)], { stderr: "inherit" });
  if (!child.success) throw new Error(`the round trips over ${kind} ended with ${child.exitCode}`);
  return Number(child.stdout.toString());
}
