import type { Random } from "../../src/clock/index.ts";
import { mutate } from "../fuzz/mutate.ts";
import { RawClient } from "../scoreboard/raw-client.ts";
import { CASES } from "./cases.ts";
import type { Recorder } from "./recorder.ts";

/** Requests that have been read differently by two servers, with a mark where a second one could hide. */
const TEMPLATES: readonly string[] = [
  "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n24\r\nGET /hidden HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n0\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET http://a/a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r\n\r\n",
  "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
  "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 5\r\n\r\nhello",
];

/** What came of mutants that were sent through a proxy. */
export interface Disagreements {
  readonly sent: number;
  /** Mutants that reached the back end as at least one request. */
  readonly passed: number;
  /** Mutants whose requests the two sides counted or read differently, or behind which somebody else got an answer that was not theirs. */
  readonly disagreed: readonly string[];
}

/**
 * Sends mutants of smuggling templates through the proxy at `port` to `behind`, one after the other. After each one a stranger asks on a connection of their own: their answer must
 * be theirs, and the back end must have seen as many requests as the proxy answered from it, and theirs.
 */
export async function smugglingDisagreements(
  port: number,
  behind: Recorder,
  count: number,
  random: Random,
): Promise<Disagreements> {
  const seeds = [...TEMPLATES, ...CASES.map(({ bytes }) => bytes).filter((bytes) => bytes.length < 1000)];
  const disagreed: string[] = [];
  let passed = 0;
  let before = await behind.seen();
  for (let i = 0; i < count; i++) {
    const text = mutate(seeds[random.uint32() % seeds.length]!, seeds, random);
    const answered = await answersTo(port, text);
    const after = await behind.seen();
    const reached = after - before;
    before = after;
    if (reached > 0) passed++;
    const safe = await strangerIsSafe(port, i);
    before += safe ? 1 : 0;
    if (!safe || reached > Math.max(answered.echoes, answered.asked)) disagreed.push(text);
  }
  return { sent: count, passed, disagreed };
}

/** How many answers came from the back end, and how many requests the bytes could be at the most that the front took (all its answers, one that was cut included). */
async function answersTo(port: number, text: string): Promise<{ readonly echoes: number; readonly asked: number }> {
  const client = await RawClient.connect(port);
  client.send(text);
  await client.end(15);
  client.close();
  const echoes = client.received.match(/\[[A-Z0-9!#$%&'*+.^_`|~-]+ \S* \d+\]/gi)?.length ?? 0;
  const heads = client.received.match(/^HTTP\/1\.1 (?!1\d\d)\d{3}/gm)?.length ?? 0;
  // A request whose body never came whole reached the back end and has no answer yet.
  return { echoes, asked: heads + 1 };
}

async function strangerIsSafe(port: number, number: number): Promise<boolean> {
  const client = await RawClient.connect(port);
  client.send(`GET /stranger${number} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await client.end(3000);
  client.close();
  return client.received.startsWith("HTTP/1.1 200 ") && client.received.includes(`[GET /stranger${number} 0]`);
}
