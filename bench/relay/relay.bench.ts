import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Contestant, type ContestantSpec, freePort, startContestant } from "../contestant.ts";
import { LOAD_CORE, wrk } from "../load.ts";
import { cpuMicrosOf } from "../process-tree.ts";
import { markdownTable, median } from "../table.ts";
import type { PacketCount } from "./packet-count.ts";
import { packetServer, RELAYS, type RelayWork, webServer } from "./servers.ts";

const RESULTS = join(import.meta.dir, "../results/relay.md");
const BUN = join(import.meta.dir, "../../node_modules/.bin/bun");
const LARGE_BYTES = 64 * 1024 * 1024;

/** How long and how often; a smoke run only shows that everything still works. */
interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

const FULL: Effort = { rounds: 5, seconds: 3 };
const SMOKE: Effort = { rounds: 1, seconds: 1 };

/** What one run counted: things done in how much of the relay's CPU time, and how fast. */
interface Sample {
  /** CPU microseconds a thing. */
  readonly cpu: number;
  /** Things a second. */
  readonly rate: number;
  readonly errors: number;
}

/** A line of work. */
interface Task {
  readonly title: string;
  readonly unit: string;
  readonly measure: (contestant: Contestant, seconds: number) => Promise<Sample>;
}

const SMALL: Task = { title: "Small requests, 64 connections", unit: "request", measure: askSmall };
const BULK: Task = { title: "Bulk, 64 MiB answers, 4 connections", unit: "MiB", measure: askLarge };
const PACKETS: Task = { title: "UDP, 64 bytes, 16 clients", unit: "packet", measure: askPackets };

/** Runs the parts named in `flags` (small, bulk, udp), or all of them; writes the results page after a full run. */
export async function benchRelay(flags: ReadonlySet<string>): Promise<void> {
  const effort = flags.has("--smoke") ? SMOKE : FULL;
  const parts = [...flags].filter((flag) => !flag.startsWith("--"));
  const wants = (part: string): boolean => parts.length === 0 || parts.includes(part);
  const page: string[] = [preface(effort)];
  if (wants("small") || wants("bulk")) page.push(...(await streams(effort, wants)));
  if (wants("udp")) page.push(await packets(effort));
  if (effort !== FULL || parts.length > 0) return;
  mkdirSync(join(RESULTS, ".."), { recursive: true });
  writeFileSync(RESULTS, `${page.join("\n\n")}\n`);
  console.log(`\nwritten to bench/results/relay.md`);
}

function preface(effort: Effort): string {
  const text = `# Relays beside nginx stream and HAProxy

\`netwright relay\` and its peers on core 0, load generator and back end on core 1; they take turns in one run, one round that does not count and ${effort.rounds} rounds
of ${effort.seconds} s each. CPU is user and system time of the relay's whole process tree over what it relayed; medians, and the least of the rounds, which other work on the machine disturbs least.
The ratio to a peer in the same run is what counts. ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}; load before the run ${loadavg()[0]?.toFixed(2)}; Bun ${Bun.version}.

netwright passes streams on by io_uring where the system has it, as here; "netwright, runtime" is the same by the runtime's own sockets (--engine runtime).`;
  console.log(text);
  return text;
}

async function streams(effort: Effort, wants: (part: string) => boolean): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "netwright-bench-relay-"));
  writeFileSync(join(root, "large.bin"), new Uint8Array(LARGE_BYTES).fill(0x78));
  const target = await startContestant(webServer(root, await freePort()));
  const sections: string[] = [];
  try {
    const work: RelayWork = { network: "tcp", target: target.port };
    for (const [part, task] of [
      ["small", SMALL],
      ["bulk", BULK],
    ] as const)
      if (wants(part)) sections.push(await compare(task, work, effort));
  } finally {
    await target.stop();
    rmSync(root, { recursive: true });
  }
  return sections;
}

async function packets(effort: Effort): Promise<string> {
  const port = await freePort();
  const target = await startContestant(packetServer(port, async () => answersPackets(port)));
  try {
    return await compare(PACKETS, { network: "udp", target: port }, effort);
  } finally {
    await target.stop();
  }
}

/** Starts all that can do the work, has them take turns, and tells the figures. */
async function compare(task: Task, work: RelayWork, effort: Effort): Promise<string> {
  const contestants: Contestant[] = [];
  for (const spec of await specsFor(work)) contestants.push(await startContestant(spec));
  const samples = contestants.map((): Sample[] => []);
  try {
    for (const contestant of contestants) await task.measure(contestant, 1);
    for (let round = 0; round < effort.rounds; round++)
      for (const [i, contestant] of contestants.entries())
        samples[i]!.push(await task.measure(contestant, effort.seconds));
  } finally {
    await Promise.all(contestants.map(async (contestant) => contestant.stop()));
  }
  return section(task, contestants, samples);
}

async function specsFor(work: RelayWork): Promise<ContestantSpec[]> {
  const specs: ContestantSpec[] = [];
  for (const make of Object.values(RELAYS)) {
    const port = await freePort();
    const ready = work.network === "udp" ? { ready: async () => answersPackets(port) } : {};
    const spec = make({ ...work, ...ready }, port);
    if (spec !== undefined) specs.push(spec);
  }
  return specs;
}

function section(task: Task, contestants: readonly Contestant[], samples: readonly (readonly Sample[])[]): string {
  const cpu = samples.map((each) => median(each.map((sample) => sample.cpu)));
  const least = samples.map((each) => Math.min(...each.map((sample) => sample.cpu)));
  const rate = samples.map((each) => median(each.map((sample) => sample.rate)));
  const ours = contestants.findIndex(({ name }) => name === "netwright");
  const ratio = (values: readonly number[], i: number): string => (values[ours]! / values[i]!).toFixed(2);
  const rows = contestants.map(({ name }, i) => [
    name,
    cpu[i]!.toFixed(2),
    least[i]!.toFixed(2),
    ratio(cpu, i),
    ratio(least, i),
    rate[i]!.toFixed(0),
    ratio(rate, i),
    String(samples[i]!.reduce((sum, { errors }) => sum + errors, 0)),
  ]);
  const { unit } = task;
  const header = ["relay", `CPU µs/${unit}`, "least", "ours ×", "least, ours ×", `${unit}s/s`, "ours ×", "errors"];
  const text = `## ${task.title}\n\n${markdownTable(header, rows)}`;
  console.log(`\n${text}`);
  return text;
}

async function askSmall(contestant: Contestant, seconds: number): Promise<Sample> {
  const before = cpuMicrosOf(contestant.pids());
  const done = await wrk(`${contestant.url}/`, { connections: 64, seconds });
  const used = cpuMicrosOf(contestant.pids()) - before;
  return { cpu: used / done.requests, rate: done.requests / done.seconds, errors: done.errors };
}

async function askLarge(contestant: Contestant, seconds: number): Promise<Sample> {
  const before = cpuMicrosOf(contestant.pids());
  const done = await wrk(`${contestant.url}/large.bin`, { connections: 4, seconds });
  const used = cpuMicrosOf(contestant.pids()) - before;
  const mebibytes = done.bytes / 2 ** 20;
  return { cpu: used / mebibytes, rate: mebibytes / done.seconds, errors: done.errors };
}

/** Each packet that came back was relayed twice. */
async function askPackets(contestant: Contestant, seconds: number): Promise<Sample> {
  const before = cpuMicrosOf(contestant.pids());
  const script = join(import.meta.dir, "packet-load.ts");
  const child = Bun.spawn(["taskset", "-c", LOAD_CORE, BUN, script, String(contestant.port), String(seconds)]);
  const count: PacketCount = JSON.parse(await new Response(child.stdout).text());
  const used = cpuMicrosOf(contestant.pids()) - before;
  const relayed = 2 * count.answers;
  return { cpu: used / relayed, rate: relayed / seconds, errors: count.lost + count.wrong };
}

/** Whether one packet comes back from a port. */
async function answersPackets(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = await Bun.udpSocket({
    connect: { hostname: "127.0.0.1", port },
    socket: { data: () => resolve(), error: (_socket, error) => reject(error) },
  });
  const late = setTimeout(() => reject(new Error("nothing came back")), 50);
  try {
    socket.send(new Uint8Array(1));
    await promise;
  } finally {
    clearTimeout(late);
    socket.close();
  }
}
