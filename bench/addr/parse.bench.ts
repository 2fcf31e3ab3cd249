import ipaddr from "ipaddr.js";
import { Addr } from "../../src/addr/index.ts";
import { markdownTable, median } from "../table.ts";

/** Addresses as logs and configs have them, short and long. */
const TEXTS: Readonly<Record<"IPv4" | "IPv6", readonly string[]>> = {
  IPv4: ["192.0.2.1", "10.0.0.1", "255.255.255.255", "8.8.8.8", "172.16.254.3"],
  IPv6: [
    "2001:db8::1",
    "fe80::1ff:fe23:4567:890a",
    "2001:db8:85a3:8d3:1319:8a2e:370:7348",
    "::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:82a::200e",
    "::ffff:192.0.2.1",
    "fd12:3456:789a:1::1",
  ],
};

const PARSERS: Readonly<Record<string, (text: string) => number>> = {
  netwright: (text) => Addr.parse(text).version,
  "ipaddr.js": (text) => ipaddr.parse(text).kind().length,
};

/** What parsing an address costs beside ipaddr.js: both take turns in one run, after a warm-up; medians of CPU time. */
export function benchParse(flags: ReadonlySet<string>): string {
  const effort = flags.has("--smoke") ? { rounds: 1, calls: 10_000 } : { rounds: 9, calls: 1_000_000 };
  const rows = Object.entries(TEXTS).map(([version, texts]) => {
    const costs = Object.values(PARSERS).map((): number[] => []);
    for (let round = 0; round <= effort.rounds; round++) {
      Object.values(PARSERS).forEach((parse, i) => {
        const nanos = nanosPerCall(parse, texts, effort.calls);
        if (round > 0) costs[i]!.push(nanos);
      });
    }
    const [ours, theirs] = costs.map(median);
    return [version, `${ours!.toFixed(0)} ns`, `${theirs!.toFixed(0)} ns`, `${(theirs! / ours!).toFixed(1)} ×`];
  });
  return `## Parsing an address\n\n${markdownTable(["version", ...Object.keys(PARSERS), "faster"], rows)}`;
}

function nanosPerCall(parse: (text: string) => number, texts: readonly string[], calls: number): number {
  const before = process.cpuUsage();
  let sum = 0;
  for (let i = 0; i < calls; i += texts.length) for (const text of texts) sum += parse(text);
  const { user, system } = process.cpuUsage(before);
  if (sum === 0) throw new Error("nothing was parsed");
  return ((user + system) * 1000) / calls;
}
