import type { Contestant } from "../../bench/contestant.ts";
import { LOAD_CORE } from "../../bench/load.ts";
import { RawClient } from "./raw-client.ts";
import type { Effort, Item } from "./item.ts";

/** slowhttptest's ways of being slow. */
const MODES = ["-H", "-B", "-R", "-X"] as const;
/** How long a slow connection is watched for its end. */
const PATIENCE_MS = { full: 75_000, smoke: 2000 } as const;
/** What we promise: the longest life of each slow connection, and a second more. */
const HEADER_MS = 11_000;
const BODY_MS = 31_000;
const READ_MS = 31_000;

/** 7: four thousand slow connections at a time, each way; a bystander must notice nothing, and the slow are cut off. */
export const slowPanel: Item = {
  number: 7,
  title: "slow clients: bystander served; slow header, body, reader cut after",
  target: "100 %; ≤ 11 s, 31 s, 31 s",
  async measure(contender, effort) {
    const upstream = patientBackEnd();
    try {
      const server = await contender.start({ upstreams: [upstream.port] });
      try {
        const probes = Promise.all([slowHeader(server, effort), slowBody(server, effort), slowReader(server, effort)]);
        let asked = 0;
        let answered = 0;
        for (const mode of MODES) {
          const done = await bystander(server, mode, effort);
          asked += done.asked;
          answered += done.answered;
        }
        const [header, body, reader] = await probes;
        const share = (100 * answered) / Math.max(1, asked);
        const cuts = [header, body, reader].map((ms) => (ms === undefined ? "never" : `${(ms / 1000).toFixed(1)} s`));
        const inTime = within(header, HEADER_MS) && within(body, BODY_MS) && within(reader, READ_MS);
        return {
          text: `${share.toFixed(1)} %; ${cuts.join(", ")}`,
          good: answered === asked && (inTime || effort === "smoke"),
        };
      } finally {
        await server.stop();
      }
    } finally {
      await upstream.stop(true);
    }
  },
};

function within(ms: number | undefined, most: number): boolean {
  return ms !== undefined && ms <= most;
}

/** Answers GET with 64 MiB and swallows whatever is posted. */
function patientBackEnd(): { readonly port: number; stop(now: boolean): Promise<void> } {
  const piece = new Uint8Array(64 * 1024);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      if (request.method === "POST") await request.bytes();
      if (!request.url.endsWith("/large")) return new Response("fine");
      let left = 1024;
      return new Response(
        new ReadableStream({ pull: (controller) => (left-- > 0 ? controller.enqueue(piece) : controller.close()) }),
      );
    },
  });
  return { port: server.port ?? 0, stop: async (now) => server.stop(now) };
}

/** Runs slowhttptest in one mode, and asks as any client would meanwhile. */
async function bystander(
  server: Contestant,
  mode: string,
  effort: Effort,
): Promise<{ asked: number; answered: number }> {
  const [connections, seconds] = effort === "full" ? [4000, 20] : [100, 2];
  const child = Bun.spawn(
    [
      "taskset",
      "-c",
      LOAD_CORE,
      "slowhttptest",
      mode,
      "-c",
      String(connections),
      "-r",
      "1000",
      "-i",
      "1",
      "-l",
      String(seconds),
      "-p",
      "5",
      "-v",
      "0",
      "-u",
      `${server.url}/large`,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const until = performance.now() + seconds * 1000;
  let asked = 0;
  let answered = 0;
  while (performance.now() < until) {
    asked++;
    if (await asks(server)) answered++;
    await Bun.sleep(100);
  }
  child.kill();
  await child.exited;
  return { asked, answered };
}

async function asks(server: Contestant): Promise<boolean> {
  try {
    const response = await fetch(`${server.url}/`, { signal: AbortSignal.timeout(2000), keepalive: false });
    return (await response.text()) === "fine";
  } catch {
    return false;
  }
}

async function slowHeader(server: Contestant, effort: Effort): Promise<number | undefined> {
  const client = await RawClient.connect(server.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
  return lifeOf(client, effort, "x");
}

async function slowBody(server: Contestant, effort: Effort): Promise<number | undefined> {
  const client = await RawClient.connect(server.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  return lifeOf(client, effort, "x");
}

/** Takes the first bytes of a large answer and no more: the end shows when the server's counters say so. */
async function slowReader(server: Contestant, effort: Effort): Promise<number | undefined> {
  const began = performance.now();
  let bytes = 0;
  const client = await RawClient.connect(server.port, (chunk) => {
    bytes += chunk.length;
    client.pause();
  });
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  try {
    while (performance.now() - began < PATIENCE_MS[effort]) {
      await Bun.sleep(500);
      if (bytes > 0 && !(await stillOpen(server, client.localPort))) return performance.now() - began;
    }
    return undefined;
  } finally {
    client.close();
  }
}

/** Whether the server's end of a connection lives: a paused client cannot see it go. */
async function stillOpen(server: Contestant, clientPort: number): Promise<boolean> {
  const text = await Bun.file("/proc/net/tcp").text();
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
  const line = new RegExp(`0100007F:${hex(server.port)} 0100007F:${hex(clientPort)} 01 `);
  return line.test(text);
}

/** Sends a byte a second; the milliseconds until the server ends it, or undefined. */
async function lifeOf(client: RawClient, effort: Effort, byte: string): Promise<number | undefined> {
  const began = performance.now();
  try {
    while (performance.now() - began < PATIENCE_MS[effort]) {
      if (await client.until(/^HTTP\/1\.1 [45]/, 1000)) return performance.now() - began;
      client.send(byte);
    }
    return undefined;
  } finally {
    client.close();
  }
}
