import { readFileSync, rmSync } from "node:fs";

/** The core that load generators and back ends run on; servers run on core 0. */
export const LOAD_CORE = "1";

/** What one run of a load generator counted. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 2xx and 3xx, socket errors, time-outs. */
  readonly errors: number;
  readonly bytes: number;
}

/** Runs wrk with one thread against `url`. `script` is the path of a Lua script that makes the requests. Throws when wrk fails. */
export async function wrk(
  url: string,
  options: {
    readonly connections: number;
    readonly seconds: number;
    readonly script?: string;
    /** What the script finds in its environment. */
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<LoadResult> {
  const args = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", `-c${options.connections}`, `-d${options.seconds}s`];
  if (options.script !== undefined) args.push("-s", options.script);
  const text = await run([...args, url], options.env);
  const summary = /(\d+) requests in ([\d.]+)(m?s|m), ([\d.]+)(\w+) read/.exec(text);
  if (summary === null) throw new Error(`cannot read wrk's output:\n${text}`);
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
  const broken = socket === null ? 0 : socket.slice(1).reduce((sum, count) => sum + Number(count), 0);
  return {
    requests: Number(summary[1]),
    seconds: toSeconds(Number(summary[2]), summary[3]!),
    errors: refused + broken,
    bytes: toBytes(Number(summary[4]), summary[5]!),
  };
}

/** Latencies at a fixed rate, in milliseconds. */
export interface LatencyResult {
  readonly requests: number;
  readonly errors: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Sends `rate` requests a second over 50 connections with h2load, in HTTP/1.1, and reads every request's time from its log. */
export async function fixedRate(
  url: string,
  options: { readonly rate: number; readonly seconds: number; readonly logFile: string },
): Promise<LatencyResult> {
  const connections = 50;
  // h2load adds to a log that is there: every run begins with none.
  rmSync(options.logFile, { force: true });
  const perConnection = Math.max(1, Math.floor(options.rate / connections));
  const args = ["--h1", `-c${connections}`, "-t1", `--rps=${perConnection}`, `-D${options.seconds}`];
  await run(["taskset", "-c", LOAD_CORE, "h2load", ...args, `--log-file=${options.logFile}`, url]);
  const micros: number[] = [];
  let errors = 0;
  for (const line of readFileSync(options.logFile, "utf8").split("\n")) {
    const [, status, time] = line.split("\t");
    if (time === undefined) continue;
    if (status === "200") micros.push(Number(time));
    else errors++;
  }
  micros.sort((a, b) => a - b);
  const at = (share: number): number =>
    (micros[Math.min(micros.length - 1, Math.floor(micros.length * share))] ?? 0) / 1000;
  return { requests: micros.length, errors, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "pipe", env: { ...process.env, ...env } });
  const [text, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${text}${errors}`);
  return text;
}

function toSeconds(value: number, unit: string): number {
  return unit === "ms" ? value / 1000 : unit === "m" ? value * 60 : value;
}

function toBytes(value: number, unit: string): number {
  return value * ({ B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }[unit] ?? 1);
}
