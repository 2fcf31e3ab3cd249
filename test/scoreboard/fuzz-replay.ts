import { seededRandom } from "../../src/clock/index.ts";
import { mutate } from "../fuzz/mutate.ts";
import { ALL_SEEDS } from "../fuzz/seeds.ts";
import { CASES } from "../conformance/cases.ts";
import type { Item } from "./item.ts";
import { RawClient } from "./raw-client.ts";
import { makeSite } from "./site.ts";

const MUTANTS = 20;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** 4: every seed and case with its mutants, sent to the live server, which must go on answering and keep its processes. */
export const fuzzReplay: Item = {
  number: 4,
  title: "fuzz replay: crashes, and answers slower than 100 ms behind a mutant",
  target: "0, 0",
  async measure(contender, effort) {
    using site = makeSite();
    const server = await contender.start({ root: site.root });
    const random = seededRandom(4);
    const seeds = [...ALL_SEEDS, ...CASES.map(({ bytes }) => bytes)];
    try {
      const before = server.pids().join();
      let slow = 0;
      let sent = 0;
      for (const seed of seeds) {
        const mutants = Array.from({ length: effort === "full" ? MUTANTS : 1 }, () => mutate(seed, seeds, random));
        await Promise.all(mutants.map(async (text) => throwAt(server.port, text)));
        sent += mutants.length;
        const began = performance.now();
        if (!(await answers(server.port)) || performance.now() - began > 100) slow++;
      }
      const crashes = server.pids().join() === before ? 0 : 1;
      return { text: `${crashes}, ${slow} of ${sent} mutants`, good: crashes + slow === 0 };
    } finally {
      await server.stop();
    }
  },
};

async function throwAt(port: number, text: string): Promise<void> {
  const client = await RawClient.connect(port);
  client.send(text);
  // A mutant may be a request that waits for more: it is left after a moment.
  await client.until(/\r\n\r\n/, 5);
  client.close();
}

async function answers(port: number): Promise<boolean> {
  const client = await RawClient.connect(port);
  client.send(REQUEST);
  await client.end(2000);
  client.close();
  return client.received.startsWith("HTTP/1.1 200 ");
}
