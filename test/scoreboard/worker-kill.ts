import type { Contestant } from "../../bench/contestant.ts";
import type { Item } from "./item.ts";
import { RawClient } from "./raw-client.ts";
import { makeSite } from "./site.ts";

const WORKERS = 2;
const CLIENTS = 32;
const BACK_MS = 500;
const REQUEST = "GET /folder/page.html HTTP/1.1\r\nHost: a\r\n\r\n";
const ANSWER = /^HTTP\/1\.1 200 [\s\S]*<p>page<\/p>\n$/;

/** 12: kill -9 of a worker under load fails what that worker was serving and nothing else, and another takes its place. */
export const workerKill: Item = {
  number: 12,
  title: "kill -9 of a worker under load",
  target: "0 lost but its own, back in ≤ 500 ms",
  async measure(contender, effort) {
    if (!contender.replacesWorkers) return { text: "one process: everything is lost", good: false };
    using site = makeSite();
    const server = await contender.start({ root: site.root, workers: WORKERS });
    const load = new Load(server.port);
    try {
      await load.begin();
      const kills = effort === "full" ? 6 : 1;
      let slowest = 0;
      for (let i = 0; i < kills; i++)
        slowest = Math.max(slowest, await killOne(server, effort === "full" ? 5000 : 500));
      await load.stop();
      return {
        text: `${kills} kills: ${load.lost} in flight lost, ${load.others} others, back in ${slowest.toFixed(0)} ms of ${load.answered} requests`,
        good: load.others === 0 && slowest <= BACK_MS,
      };
    } finally {
      await load.stop();
      await server.stop();
    }
  },
};

/** Kills a worker and measures until as many live again, and fresh connections are answered. */
async function killOne(server: Contestant, pauseMs: number): Promise<number> {
  const workers = server.pids().slice(1);
  const victim = workers[Math.floor(Math.random() * workers.length)];
  if (victim === undefined) throw new Error("no worker to kill");
  process.kill(victim, "SIGKILL");
  const began = performance.now();
  while (server.pids().filter((pid) => pid !== victim).length < workers.length + 1) await Bun.sleep(2);
  await Promise.all(Array.from({ length: 20 }, async () => ask(server.port)));
  const tookMs = performance.now() - began;
  await Bun.sleep(pauseMs);
  return tookMs;
}

async function ask(port: number): Promise<void> {
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await client.until(ANSWER, 10_000);
  client.close();
}

/** Clients that ask one request after the other, and connect again when their connection ends. */
class Load {
  answered = 0;
  /** Requests that had been sent on a connection which then ended: their worker's own. */
  lost = 0;
  /** Connections refused, wrong answers, and fresh connections that ended unanswered though no worker had just died. */
  others = 0;
  private readonly port: number;
  private running = true;
  private clients: Promise<void>[] = [];

  constructor(port: number) {
    this.port = port;
  }

  async begin(): Promise<void> {
    this.clients = Array.from({ length: CLIENTS }, async () => this.client());
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
  }

  private async client(): Promise<void> {
    while (this.running) {
      try {
        await this.connection();
      } catch {
        this.others++;
      }
    }
  }

  private async connection(): Promise<void> {
    const client = await RawClient.connect(this.port);
    while (this.running && !client.closed) {
      client.received = "";
      client.send(REQUEST);
      const inTime = await client.until(ANSWER, 10_000);
      if (ANSWER.test(client.received)) this.answered++;
      else if (inTime) this.lost++;
      else this.others++;
      await Bun.sleep(1);
    }
    client.close();
  }
}
