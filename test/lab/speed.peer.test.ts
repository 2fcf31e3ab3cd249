import { describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type Host, Lab, type LabProcess, pointToPoint } from "../../src/lab/index.ts";
import { peer } from "../peers.ts";
import { labs } from "./lab-peer.ts";
import { linesOf } from "./lines-of.ts";

const iperf3 = peer("iperf3");
const skipped = !labs.available || !iperf3.available;
const why = `${labs.skipped}${iperf3.skipped}`;

const NETWRIGHT = fileURLToPath(new URL("../../bin/netwright", import.meta.url));
const TIME_LIMIT_MS = 60_000;

/** What netwright tells of one direction. */
interface Direction {
  readonly received: { readonly bitsPerSecond: number; readonly udp?: { readonly lost: number } };
}
interface Result {
  readonly up?: Direction;
  readonly down?: Direction;
  readonly latency: { readonly idle: { readonly avgMs: number }; readonly loaded: { readonly avgMs: number } };
}

/** What iperf3 tells: its receiver's figures of TCP and UDP stand at different places. */
interface IperfResult {
  readonly end: {
    readonly sum_received?: { readonly bits_per_second: number };
    readonly sum: { readonly bits_per_second: number };
  };
}

async function servers(host: Host): Promise<AsyncDisposable> {
  const started: LabProcess[] = [
    host.spawn([NETWRIGHT, "speed", "serve"], { stdio: ["ignore", "pipe", "inherit"] }),
    host.spawn([iperf3.path, "-s", "--forceflush"], { stdio: ["ignore", "pipe", "inherit"] }),
  ];
  const [ours, theirs] = started.map((one) => linesOf(one));
  expect(await ours!()).toStartWith("waiting for tests");
  while (!(await theirs!()).startsWith("Server listening"));
  return {
    async [Symbol.asyncDispose]() {
      for (const one of started) await one[Symbol.asyncDispose]();
    },
  };
}

async function ours(host: Host, ...args: string[]): Promise<Result> {
  const { stdout } = await host.run([NETWRIGHT, "speed", "b", "--json", "--time", "2s", ...args]);
  return JSON.parse(stdout) as Result;
}

async function theirs(host: Host, ...args: string[]): Promise<number> {
  const { stdout } = await host.run([iperf3.path, "-c", "b", "-J", "-t", "2", ...args]);
  const { end } = JSON.parse(stdout) as IperfResult;
  return (end.sum_received ?? end.sum).bits_per_second;
}

describe("netwright speed beside iperf3", () => {
  test.skipIf(skipped).each([20, 100])(
    `measures the same on a link of %d Mbit/s, TCP and UDP, both directions${why}`,
    async (mbit) => {
      await using lab = await Lab.create(pointToPoint({ link: { rateBitsPerSecond: mbit * 1e6 } }));
      const a = lab.host("a");
      await using _servers = await servers(lab.host("b"));
      // UDP below what the link takes, so that neither loses any.
      const rate = `${mbit * 0.8}`;
      const pairs = [
        { mine: [], others: [] },
        { mine: ["--udp", "--rate", `${rate}mbit`], others: ["-u", "-b", `${rate}M`] },
      ];
      for (const { mine, others } of pairs) {
        const up = (await ours(a, ...mine)).up!.received;
        const down = (await ours(a, "--reverse", ...mine)).down!.received;
        const [theirUp, theirDown] = [await theirs(a, ...others), await theirs(a, "-R", ...others)];
        expect(up.bitsPerSecond / theirUp).toBeWithin(0.95, 1.05);
        expect(down.bitsPerSecond / theirDown).toBeWithin(0.95, 1.05);
      }
    },
    TIME_LIMIT_MS,
  );

  test.skipIf(skipped)(
    `shows how full the queue gets: 100 ms under load, where nothing waits without${why}`,
    async () => {
      // In user space, as the kernel lets TCP fill its own machine's queues by little only; and with Reno, which fills every queue (BBR does not).
      const link = { rateBitsPerSecond: 20e6, queueBytes: 250_000 };
      await using lab = await Lab.create(pointToPoint({ link }), { driver: "userspace" });
      await using _servers = await servers(lab.host("b"));
      const a = lab.host("a");
      await a.run(["sh", "-c", "echo reno > /proc/sys/net/ipv4/tcp_congestion_control"]);
      const { latency } = await ours(a);
      expect(latency.idle.avgMs).toBeLessThan(20);
      expect(latency.loaded.avgMs).toBeWithin(40, 130);
    },
    TIME_LIMIT_MS,
  );

  test.skipIf(skipped)(
    `counts datagrams that are lost, come twice or overtake others${why}`,
    async () => {
      const link = { delayMs: 10, lossPercent: 5, duplicatePercent: 5, reorderPercent: 5 };
      await using lab = await Lab.create(pointToPoint({ link }), { driver: "userspace" });
      await using _servers = await servers(lab.host("b"));
      const { up } = await ours(lab.host("a"), "--udp", "--rate", "10mbit");
      const { duplicates, lost, packets, reordered } = up!.received.udp as Readonly<Record<string, number>>;
      const sent = packets! + lost!;
      expect(lost! / sent).toBeWithin(0.03, 0.07);
      expect(duplicates! / sent).toBeWithin(0.03, 0.07);
      // One that overtakes skips 10 ms, and so comes before about 8 others, which are late by that.
      expect(reordered! / sent).toBeWithin(0.15, 0.45);
    },
    TIME_LIMIT_MS,
  );
});
