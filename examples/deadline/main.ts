// A deadline that passes, is moved forward, and lets the next read succeed. Run it: bun examples/deadline/main.ts [LIMIT_MS]
import { type Conn, dial, listen, NetError } from "netwright/net";

/** Reads twice under a limit each: the first runs into it, the second does not. Returns what happened. */
export async function readPastDeadline(conn: Conn, limitMs: number, passed: () => void): Promise<string[]> {
  await using _closed = conn;
  const seen: string[] = [];
  conn.readDeadline = conn.wheel.clock.now() + limitMs;
  try {
    seen.push(textOf(await conn.read()));
  } catch (error) {
    if (!(error instanceof NetError && error.limit === "deadline")) throw error;
    seen.push("deadline exceeded");
  }
  passed();
  conn.readDeadline = conn.wheel.clock.now() + limitMs;
  seen.push(textOf(await conn.read()));
  return seen;
}

/** Waits until it may send, then until the other side has ended. */
export async function sendLate(conn: Conn, mayBegin: Promise<void>): Promise<string> {
  await using _closed = conn;
  await mayBegin;
  await conn.write(new TextEncoder().encode("1"));
  return textOf(await conn.read());
}

function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? "end" : new TextDecoder().decode(bytes);
}

if (import.meta.main) {
  const limitMs = Number(process.argv[2] ?? "5000");
  const begin = Promise.withResolvers<void>();
  await using listener = await listen("tcp", "127.0.0.1:0");
  const client = sendLate(await dial("tcp", String(listener.local)), begin.promise);
  const conn = await listener.accept();
  if (conn !== null) console.log("server:", await readPastDeadline(conn, limitMs, begin.resolve));
  console.log("client:", await client);
}
