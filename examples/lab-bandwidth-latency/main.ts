// Bandwidth is not latency: the same bulk and the same questions over links that differ in one of them. Needs Linux and root. Run it: bun examples/lab-bandwidth-latency/main.ts
import { fileURLToPath } from "node:url";
import { Lab, pointToPoint } from "netwright/lab";
import { type Conn, dial, listen } from "netwright/net";

/** What is transferred in bulk, and how many questions are asked one after the other. */
export const BULK_BYTES = 500_000;
export const QUESTIONS = 20;

/** How long both took over a link, told by the side that received. */
export interface Times {
  readonly bulkMs: number;
  readonly questionsMs: number;
}

/** Measures a link. Each of its ways has the rate and the delay. */
export async function measure(rateBitsPerSecond: number, delayMs: number): Promise<Times> {
  await using lab = await Lab.create(pointToPoint({ link: { rateBitsPerSecond, delayMs } }));
  const server = lab.host("b").spawn([process.execPath, MAIN, "server"], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout!.once("data", resolve));
  return JSON.parse((await lab.host("a").run([process.execPath, MAIN, "client"])).stdout) as Times;
}

const MAIN: string = fileURLToPath(import.meta.url);

/** Answers each byte with one byte, but "B" with the bulk. */
async function answer(conn: Conn): Promise<void> {
  await using _closed = conn;
  for await (const chunk of conn) {
    for (const byte of chunk) await conn.write(new Uint8Array(byte === 66 ? BULK_BYTES : 1));
  }
}

async function serve(): Promise<void> {
  const listener = await listen("tcp", ":7");
  listener.serve((conn) => void answer(conn));
  console.log("listening");
}

async function ask(conn: Conn, question: string, bytes: number): Promise<void> {
  await conn.write(Buffer.from(question));
  for (let missing = bytes; missing > 0;) missing -= (await conn.read())?.length ?? missing;
}

async function transfer(): Promise<Times> {
  await using conn = await dial("tcp", "b:7");
  const begin = performance.now();
  for (let i = 0; i < QUESTIONS; i++) await ask(conn, "?", 1);
  const middle = performance.now();
  await ask(conn, "B", BULK_BYTES);
  return { questionsMs: middle - begin, bulkMs: performance.now() - middle };
}

if (import.meta.main) {
  const what = process.argv[2];
  if (what === "server") await serve();
  else if (what === "client") console.log(JSON.stringify(await transfer()));
  else {
    for (const [mbit, delayMs] of [
      [4, 5],
      [40, 5],
      [4, 50],
    ] as const) {
      const { bulkMs, questionsMs } = await measure(mbit * 1e6, delayMs);
      console.log(
        `${mbit} Mbit/s, ${delayMs} ms each way: ${BULK_BYTES} bytes in ${bulkMs.toFixed(0)} ms, ${QUESTIONS} questions in ${questionsMs.toFixed(0)} ms`,
      );
    }
  }
}
