import { heapStats } from "bun:jsc";
import { type Addr, type Prefix, PrefixTable } from "../../src/addr/index.ts";
import { seededRandom } from "../../src/clock/index.ts";
import { markdownTable, median } from "../table.ts";
import { measureBart, type TableResult, type Workload } from "./bart.ts";
import { internetPrefixes, type Mix, queriesOf } from "./internet-prefixes.ts";

const MIXES: Readonly<Record<Mix, string>> = {
  hot: "1,024 addresses",
  traffic: "Zipf over all prefixes",
  uniform: "all prefixes alike",
};
const VERSIONS = [4, 6] as const;
const BY_ADDR = "netwright, by Addr";

interface Effort {
  readonly prefixes: number;
  readonly queries: number;
  readonly rounds: number;
}

const FULL: Effort = { prefixes: 1_000_000, queries: 1 << 19, rounds: 5 };
const SMOKE: Effort = { prefixes: 20_000, queries: 1 << 14, rounds: 1 };

/** What PrefixTable costs with a million prefixes, beside Go's bart, which answers the same queries; throws when the two do not find the same. */
export async function benchTable(flags: ReadonlySet<string>): Promise<string> {
  const effort = flags.has("--smoke") ? SMOKE : FULL;
  const lookups: string[][] = [];
  const costs: string[][] = [];
  for (const version of VERSIONS) {
    const random = seededRandom(version);
    const prefixes = internetPrefixes(version, effort.prefixes, random);
    const mixes = Object.keys(MIXES) as Mix[];
    const queries = mixes.map((mix) => queriesOf(mix, prefixes, effort.queries, random));
    const results = await measureAll({ version, prefixes, queries, rounds: effort.rounds });
    for (const [name, result] of Object.entries(results)) {
      lookups.push([`IPv${version}`, name, ...result.lookups.map(lookupCell)]);
      if (name === BY_ADDR) continue;
      const updates = [result.insert, result.get, result.delete].map((each) => `${each.toFixed(0)} ns`);
      costs.push([`IPv${version}`, name, result.bytes.toFixed(1), ...updates]);
    }
  }
  return [
    `## PrefixTable with ${effort.prefixes.toLocaleString("en")} prefixes`,
    explanation(effort),
    markdownTable(["version", "table", ...Object.values(MIXES)], lookups),
    "Bytes a prefix: what the heap and its buffers grew by, the array of values included; then one call each, in no order of addresses.",
    markdownTable(["version", "table", "bytes a prefix", "insert", "get", "delete"], costs),
  ].join("\n\n");
}

function explanation({ queries, rounds }: Effort): string {
  return `Lengths spread as in the Internet's tables, from a seed. Three mixes of ${queries.toLocaleString("en")} look-ups: addresses that come around and stay in the
cache; prefixes by Zipf's law (the n-th 1/n as often as the first); every prefix alike, where nearly every step waits for memory. One such
read costs ${missNanos().toFixed(0)} ns of this machine's time (a chain through 32 MiB). CPU time, medians of ${rounds} rounds after one that does not count. "by Addr": with
\`lookup(addr)\`, else by raw words; bart gets \`netip.Addr\`. Both found the same values.`;
}

function lookupCell(nanos: number): string {
  return `${nanos.toFixed(0)} ns, ${(1000 / nanos).toFixed(1)} M/s`;
}

async function measureAll(workload: Workload): Promise<Record<string, TableResult>> {
  const table = measureOurs(workload);
  const bart = (await measureBart(workload)) ?? {};
  for (const [name, { sums }] of Object.entries({ ...table, ...bart })) {
    if (String(sums) !== String(table["netwright"]!.sums))
      throw new Error(`${name} finds other prefixes than netwright`);
  }
  return { ...table, ...bart };
}

function measureOurs({ prefixes, queries, rounds }: Workload): Record<string, TableResult> {
  const before = heapBytes();
  const table = new PrefixTable<number>();
  const insert = nanos(prefixes.length, () => prefixes.forEach((prefix, i) => table.set(prefix, i)));
  const bytes = (heapBytes() - before) / prefixes.length;
  const get = nanos(prefixes.length, () => checkGets(table, prefixes));
  const words = queries.map((addrs) => Int32Array.from(addrs.flatMap((addr) => addr.words)));
  const version = prefixes[0]!.addr.version;
  const byWords = words.map((each) =>
    medianLookup(each.length / 4, rounds, () => (version === 4 ? sumV4(table, each) : sumV6(table, each))),
  );
  const byAddr = queries.map((each) => medianLookup(each.length, rounds, () => sumAddrs(table, each)));
  const remove = nanos(prefixes.length, () => prefixes.forEach((prefix) => table.delete(prefix)));
  if (table.size !== 0) throw new Error("a prefix was not deleted");
  const result = (found: readonly Lookups[]): TableResult => ({
    bytes,
    insert,
    get,
    delete: remove,
    lookups: found.map((each) => each.nanos),
    sums: found.map((each) => each.sum),
  });
  return { netwright: result(byWords), [BY_ADDR]: result(byAddr) };
}

interface Lookups {
  readonly nanos: number;
  readonly sum: number;
}

function medianLookup(count: number, rounds: number, run: () => number): Lookups {
  let sum = run();
  const times = Array.from({ length: rounds }, () => nanos(count, () => (sum = run())));
  return { nanos: median(times), sum };
}

function checkGets(table: PrefixTable<number>, prefixes: readonly Prefix[]): void {
  for (let i = 0; i < prefixes.length; i++) if (table.get(prefixes[i]!) !== i) throw new Error("a prefix is missing");
}

function sumV4(table: PrefixTable<number>, words: Int32Array): number {
  let sum = 0;
  for (let i = 3; i < words.length; i += 4) sum += table.lookupV4(words[i]!) ?? 0;
  return sum;
}

function sumV6(table: PrefixTable<number>, words: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; i += 4) {
    sum += table.lookupV6(words[i]!, words[i + 1]!, words[i + 2]!, words[i + 3]!) ?? 0;
  }
  return sum;
}

function sumAddrs(table: PrefixTable<number>, addrs: readonly Addr[]): number {
  let sum = 0;
  for (const addr of addrs) sum += table.lookup(addr) ?? 0;
  return sum;
}

/** CPU time a call. */
function nanos(calls: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

function heapBytes(): number {
  Bun.gc(true);
  return heapStats().heapSize;
}

/** What a read costs that waits for the one before it and finds nothing in the cache. */
function missNanos(): number {
  const random = seededRandom(1);
  const chain = Int32Array.from({ length: 1 << 23 }, (_, i) => i);
  // Sattolo's shuffle: one cycle through all places.
  for (let i = chain.length - 1; i > 0; i--) {
    const j = random.uint32() % i;
    [chain[i], chain[j]] = [chain[j]!, chain[i]!];
  }
  let at = 0;
  const reads = 1 << 20;
  const follow = (): void => {
    for (let i = 0; i < reads; i++) at = chain[at]!;
  };
  follow();
  return nanos(reads, follow);
}
