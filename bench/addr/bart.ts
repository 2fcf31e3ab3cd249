import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Addr, Prefix } from "../../src/addr/index.ts";

/** What was measured of one table: nanoseconds of CPU a call, bytes a prefix. `lookups` and `sums` by mix. */
export interface TableResult {
  readonly bytes: number;
  readonly insert: number;
  readonly get: number;
  readonly delete: number;
  readonly lookups: readonly number[];
  /** The sum of the values that each mix found, by which two tables can be told to agree. */
  readonly sums: readonly number[];
}

/** What every table is given: a prefix's value is its place. */
export interface Workload {
  readonly version: 4 | 6;
  readonly prefixes: readonly Prefix[];
  /** By mix, all of one length. */
  readonly queries: readonly (readonly Addr[])[];
  readonly rounds: number;
}

/** Measures Go's bart, by name of its tables; undefined where there is no Go, or no way to the module. */
export async function measureBart(workload: Workload): Promise<Readonly<Record<string, TableResult>> | undefined> {
  const go = Bun.which("go", { PATH: `${process.env["PATH"] ?? ""}:/usr/local/go/bin` });
  if (go === null) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "netwright-bart-"));
  try {
    const program = join(folder, "bart");
    const build = Bun.spawnSync([go, "build", "-o", program, "."], { cwd: join(import.meta.dir, "bart") });
    if (!build.success) {
      console.error(`bart cannot be built: ${build.stderr.toString()}`);
      return undefined;
    }
    const child = Bun.spawn([program, String(workload.version)], {
      stdin: encode(workload),
      stdout: "pipe",
      stderr: "inherit",
    });
    const [text, status] = await Promise.all([child.stdout.text(), child.exited]);
    if (status !== 0) throw new Error(`bart ended with ${status}`);
    return JSON.parse(text) as Readonly<Record<string, TableResult>>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The form that bart/main.go reads. */
function encode({ prefixes, queries, rounds }: Workload): Uint8Array {
  const each = queries[0]!.length;
  const bytes = new Uint8Array(12 + prefixes.length * 20 + queries.length * each * 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, prefixes.length, true);
  view.setUint32(4, each, true);
  view.setUint32(8, rounds, true);
  let at = 12;
  for (const prefix of prefixes) {
    bytes.set(prefix.addr.toBytes(), at);
    view.setUint32(at + 16, prefix.bits, true);
    at += 20;
  }
  for (const addr of queries.flat()) {
    bytes.set(addr.toBytes(), at);
    at += 16;
  }
  return bytes;
}
