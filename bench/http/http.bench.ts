import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Contestant, freePort, startContestant } from "../contestant.ts";
import { fixedRate, wrk } from "../load.ts";
import { cpuMicrosOf, memoryBytesOf } from "../process-tree.ts";
import { markdownTable, median } from "../table.ts";
import { openIdleConnections } from "./idle.ts";
import { backEnd, HELLO, SERVERS, type Work } from "./servers.ts";

const BROWSER = join(import.meta.dir, "browser.lua");
const RESULTS = join(import.meta.dir, "../results/http.md");

/** How long and how often; a smoke run only shows that everything still works. */
interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly idle: number;
  readonly starts: number;
  readonly latencySeconds: number;
}

const FULL: Effort = { rounds: 3, seconds: 3, idle: 8000, starts: 11, latencySeconds: 60 };
const SMOKE: Effort = { rounds: 1, seconds: 1, idle: 200, starts: 1, latencySeconds: 2 };

/** One line of work in the table. */
interface Task {
  readonly title: string;
  readonly work: Work;
  readonly path: string;
  readonly browser: boolean;
  /** What the answer must be. */
  readonly bytes: number;
}

/** Runs the parts named in `flags` (throughput, log, idle, start, latency), or all of them; writes the results page after a full run. */
export async function benchHttp(flags: ReadonlySet<string>): Promise<void> {
  const effort = flags.has("--smoke") ? SMOKE : FULL;
  const parts = [...flags].filter((flag) => !flag.startsWith("--"));
  const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const folder = mkdtempSync(join(tmpdir(), "netwright-bench-static-"));
  const page: string[] = [preface(effort)];
  try {
    writeFileSync(join(folder, "1k.bin"), new Uint8Array(1024).fill(0x78));
    writeFileSync(join(folder, "1m.bin"), new Uint8Array(1024 * 1024).fill(0x78));
    if (wants("throughput")) page.push(await throughput(effort, folder));
    if (wants("log")) page.push(await accessLog(effort));
    if (wants("idle")) page.push(await idle(effort));
    if (wants("start")) page.push(await start(effort));
    if (wants("latency")) page.push(await latency(effort, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (effort === FULL && parts.length === 0) {
    mkdirSync(join(RESULTS, ".."), { recursive: true });
    writeFileSync(RESULTS, `${page.join("\n\n")}\n`);
    console.log(`\nwritten to bench/results/http.md`);
  }
}

function preface(effort: Effort): string {
  const text = `# HTTP/1.1 beside nginx, Caddy, HAProxy and Bun.serve

Server on core 0, load generator (wrk, one thread, 64 connections) and back end on core 1; servers take turns in one run,
one round that does not count and ${effort.rounds} rounds of ${effort.seconds} s each, medians. CPU is user and system time of the whole process tree over the requests it
answered; the ratio to nginx in the same run is what counts. One worker each; access log off unless said. ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}; load
before the run ${loadavg()[0]?.toFixed(2)}; Bun ${Bun.version}.`;
  console.log(text);
  return text;
}

function section(title: string, table: string): string {
  const text = `## ${title}\n\n${table}`;
  console.log(`\n${text}`);
  return text;
}

async function throughput(effort: Effort, root: string): Promise<string> {
  const upstream = await startContestant(backEnd(await freePort()));
  try {
    const proxy: Work = { kind: "proxy", upstream: upstream.port };
    const hello: Work = { kind: "hello", accessLog: false };
    const files: Work = { kind: "static", root };
    const tasks: Task[] = [
      { title: "hello", work: hello, path: "/", browser: false, bytes: HELLO.length },
      { title: "hello, as browsers ask", work: hello, path: "/", browser: true, bytes: HELLO.length },
      { title: "reverse proxy", work: proxy, path: "/", browser: false, bytes: HELLO.length },
      { title: "reverse proxy, as browsers ask", work: proxy, path: "/", browser: true, bytes: HELLO.length },
      { title: "static 1 KiB", work: files, path: "/1k.bin", browser: false, bytes: 1024 },
      { title: "static 1 KiB, as browsers ask", work: files, path: "/1k.bin", browser: true, bytes: 1024 },
      { title: "static 1 MiB (nginx: sendfile on)", work: files, path: "/1m.bin", browser: false, bytes: 1024 * 1024 },
    ];
    const rows: string[][] = [];
    for (const task of tasks) rows.push(...(await measure(task, effort)));
    return section(
      "CPU per request",
      markdownTable(["work", "server", "CPU µs/req", "× nginx", "req/s", "errors"], rows),
    );
  } finally {
    await upstream.stop();
  }
}

/** Runs one task on every server that can do it, in turns. */
async function measure(task: Task, effort: Effort): Promise<string[][]> {
  const contestants = await startAll(task.work);
  try {
    for (const contestant of contestants) await checkAnswer(contestant, task);
    const samples = new Map(
      contestants.map(({ name }) => [name, { cpu: [] as number[], rate: [] as number[], errors: 0 }]),
    );
    // A round that does not count: compilers and caches are warm then, as they are in a server that runs.
    for (const contestant of contestants) await loadOnce(contestant, task.path, task.browser, effort.seconds);
    for (let round = 0; round < effort.rounds; round++) {
      for (const contestant of contestants) {
        const sample = samples.get(contestant.name)!;
        const done = await loadOnce(contestant, task.path, task.browser, effort.seconds);
        sample.cpu.push(done.cpu);
        sample.rate.push(done.rate);
        sample.errors += done.errors;
      }
    }
    const reference = median(samples.get("nginx")!.cpu);
    return contestants.map(({ name }) => {
      const { cpu, rate, errors } = samples.get(name)!;
      const row = [
        task.title,
        name,
        median(cpu).toFixed(2),
        (median(cpu) / reference).toFixed(2),
        median(rate).toFixed(0),
        String(errors),
      ];
      console.log(row.join("  "));
      return row;
    });
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
}

async function loadOnce(
  contestant: Contestant,
  path: string,
  browser: boolean,
  seconds: number,
): Promise<{ cpu: number; rate: number; errors: number }> {
  const pids = contestant.pids();
  const before = cpuMicrosOf(pids);
  const options = browser
    ? { connections: 64, seconds, script: BROWSER, env: { BENCH_PATH: path } }
    : { connections: 64, seconds };
  const done = await wrk(contestant.url + path, options);
  const cpu = (cpuMicrosOf(pids) - before) / Math.max(1, done.requests);
  return { cpu, rate: done.requests / done.seconds, errors: done.errors };
}

async function checkAnswer(contestant: Contestant, task: Task): Promise<void> {
  const response = await fetch(contestant.url + task.path);
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200 || body.length !== task.bytes) {
    throw new Error(
      `${contestant.name} answered ${task.title} with ${response.status} and ${body.length} bytes, not 200 and ${task.bytes}`,
    );
  }
}

async function startAll(work: Work, names: readonly string[] = Object.keys(SERVERS)): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const name of names) {
    const spec = SERVERS[name]!(work, await freePort());
    if (spec !== undefined) contestants.push(await startContestant(spec));
  }
  return contestants;
}

/** What a JSON access log costs: the same hello with and without, in turns. */
async function accessLog(effort: Effort): Promise<string> {
  const names = ["netwright", "nginx", "caddy"];
  const rows: string[][] = [];
  for (const browser of [false, true]) {
    const without = await startAll({ kind: "hello", accessLog: false }, names);
    const withLog = await startAll({ kind: "hello", accessLog: true }, names);
    try {
      const samples = names.map(() => ({ off: [] as number[], on: [] as number[] }));
      // As in `measure`, a round that does not count; then more of them, as a difference is noisier than what it is made of.
      for (const contestant of [...without, ...withLog]) await loadOnce(contestant, "/", browser, effort.seconds);
      for (let round = 0; round < 2 * effort.rounds; round++) {
        for (let i = 0; i < names.length; i++) {
          samples[i]!.off.push((await loadOnce(without[i]!, "/", browser, effort.seconds)).cpu);
          samples[i]!.on.push((await loadOnce(withLog[i]!, "/", browser, effort.seconds)).cpu);
        }
      }
      for (const [i, { off, on }] of samples.entries()) {
        const more = median(on) - median(off);
        const title = browser ? "hello, as browsers ask" : "hello";
        const cells = [
          median(off).toFixed(2),
          median(on).toFixed(2),
          more.toFixed(2),
          `${((100 * more) / median(on)).toFixed(0)} %`,
        ];
        rows.push([title, names[i]!, ...cells]);
      }
    } finally {
      await Promise.all([...without, ...withLog].map((contestant) => contestant.stop()));
    }
  }
  const header = ["work", "server", "off, µs/req", "on, µs/req", "more, µs", "share of the whole"];
  return section("JSON access log to a file", markdownTable(header, rows));
}

/** Memory of idle kept-alive connections. */
async function idle(effort: Effort): Promise<string> {
  const contestants = await startAll({ kind: "hello", accessLog: false });
  const rows: string[][] = [];
  try {
    for (const contestant of contestants) {
      await loadOnce(contestant, "/", false, 1);
      const before = memoryBytesOf(contestant.pids());
      const connections = await openIdleConnections(contestant.port, effort.idle);
      const after = memoryBytesOf(contestant.pids());
      await connections.close();
      const each = (after - before) / effort.idle / 1024;
      rows.push([contestant.name, (before / 2 ** 20).toFixed(1), (after / 2 ** 20).toFixed(1), each.toFixed(2)]);
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
  const header = ["server", "before, MiB", `with ${effort.idle} idle connections, MiB`, "KiB each"];
  return section("Idle kept-alive connections", markdownTable(header, rows));
}

/** Time from the start of the process to its first answer. */
async function start(effort: Effort): Promise<string> {
  const rows: string[][] = [];
  for (const name of Object.keys(SERVERS)) {
    const times: number[] = [];
    for (let i = 0; i < effort.starts; i++) {
      const [contestant] = await startAll({ kind: "hello", accessLog: false }, [name]);
      times.push(contestant!.startMs);
      await contestant!.stop();
    }
    rows.push([name, median(times).toFixed(0), Math.max(...times).toFixed(0)]);
  }
  return section("Start to first answer", markdownTable(["server", "median, ms", "slowest, ms"], rows));
}

/** Latency at 40 % of the lower of the two saturating rates, in turns with nginx. */
async function latency(effort: Effort, folder: string): Promise<string> {
  const contestants = await startAll({ kind: "hello", accessLog: false }, ["netwright", "nginx"]);
  try {
    const saturating: number[] = [];
    for (const contestant of contestants)
      saturating.push((await loadOnce(contestant, "/", false, effort.seconds)).rate);
    const rate = Math.floor(Math.min(...saturating) * 0.4);
    const slices = effort === FULL ? 3 : 1;
    const rows: string[][] = [];
    for (let slice = 0; slice < slices; slice++) {
      for (const contestant of contestants) {
        const seconds = Math.ceil(effort.latencySeconds / slices);
        const done = await fixedRate(`${contestant.url}/`, { rate, seconds, logFile: join(folder, "latency.log") });
        const figures = [done.p50, done.p99, done.p999, done.max].map((value) => value.toFixed(3));
        rows.push([contestant.name, String(done.requests), ...figures, String(done.errors)]);
      }
    }
    const header = ["server", "requests", "p50, ms", "p99, ms", "p99.9, ms", "max, ms", "errors"];
    return section(`Latency at ${rate} requests a second (h2load --h1, 50 connections)`, markdownTable(header, rows));
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
}
