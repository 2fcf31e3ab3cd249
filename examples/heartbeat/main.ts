// A server that pings each second and hangs up after five seconds of silence. Run it: bun examples/heartbeat/main.ts [INTERVAL_MS [SILENCE_MS]]
import { type Conn, dial, listen, NetError } from "netwright/net";
import { ConnHeartbeat } from "netwright/stream";

/** Keeps a connection alive until the peer is silent for too long, or ends; returns what the peer said, and how it ended. */
export async function serve(conn: Conn, intervalMs: number, silenceMs: number): Promise<string[]> {
  const heartbeat = new ConnHeartbeat(conn, { intervalMs, silenceMs });
  const seen: string[] = [];
  try {
    for (let chunk = await heartbeat.read(); chunk !== null; chunk = await heartbeat.read()) seen.push(textOf(chunk));
    seen.push("end");
  } catch (error) {
    if (!(error instanceof NetError && error.isTimeout)) throw error;
    seen.push("silence");
  }
  return seen;
}

/** Reads four pings, answers, reads four more and whatever comes then. */
export async function talk(conn: Conn, heard: (text: string) => void): Promise<void> {
  await using _closed = conn;
  for (let pings = 1; ; pings++) {
    const chunk = await conn.read();
    heard(chunk === null ? "end" : textOf(chunk));
    if (chunk === null) return;
    if (pings === 4) await conn.write(new TextEncoder().encode("PONG!!!"));
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

if (import.meta.main) {
  const [intervalMs = 1000, silenceMs = 5000] = process.argv.slice(2).map(Number);
  await using listener = await listen("tcp", "127.0.0.1:0");
  const began = performance.now();
  const say = (text: string): void =>
    console.log(`client, ${((performance.now() - began) / 1000).toFixed(1)} s: ${text}`);
  const talking = talk(await dial("tcp", String(listener.local)), say);
  const conn = await listener.accept();
  if (conn !== null) console.log("server:", await serve(conn, intervalMs, silenceMs));
  await talking;
}
