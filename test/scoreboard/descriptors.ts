import { cpuMicrosOf } from "../../bench/process-tree.ts";
import type { Item } from "./item.ts";
import { RawClient } from "./raw-client.ts";
import { makeSite } from "./site.ts";

const LIMIT = 256;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const ANSWER = /^HTTP\/1\.1 200 [\s\S]*<p>index<\/p>\n$/;

/** 14: more clients than descriptors. The server must not spin, and serve again as soon as some are free. */
export const descriptors: Item = {
  number: 14,
  title: `${LIMIT} descriptors, 1,000 clients: CPU meanwhile, then served again after`,
  target: "< 10 %, ≤ 1 s",
  async measure(contender, effort) {
    using site = makeSite();
    const server = await contender.start({ root: site.root, descriptors: LIMIT });
    const clients: RawClient[] = [];
    try {
      for (let i = 0; i < 1000; i++) clients.push(await RawClient.connect(server.port));
      for (const client of clients) client.send(REQUEST);
      await Bun.sleep(1000);
      const share = await cpuShare(server.pids(), effort === "full" ? 5000 : 1000);
      const back = await recover(server.port, clients);
      return {
        text: `${(100 * share).toFixed(1)} %, ${back === undefined ? "never" : `${back.toFixed(0)} ms`}`,
        good: share < 0.1 && back !== undefined && back <= 1000,
      };
    } finally {
      for (const client of clients) client.close();
      await server.stop();
    }
  },
};

async function cpuShare(pids: readonly number[], ms: number): Promise<number> {
  const before = cpuMicrosOf(pids);
  await Bun.sleep(ms);
  return (cpuMicrosOf(pids) - before) / (ms * 1000);
}

/** Ends every client; the milliseconds until a fresh one is answered. */
async function recover(port: number, clients: readonly RawClient[]): Promise<number | undefined> {
  for (const client of clients) client.close();
  const began = performance.now();
  const fresh = await RawClient.connect(port);
  fresh.send(REQUEST);
  await fresh.until(ANSWER, 10_000);
  const answered = ANSWER.test(fresh.received);
  fresh.close();
  return answered ? performance.now() - began : undefined;
}
