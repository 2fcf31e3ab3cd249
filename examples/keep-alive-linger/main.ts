// Options of a TCP connection: keep-alive, lingering, buffers, and what the system tells of it. Run it: bun examples/keep-alive-linger/main.ts
import { type Conn, dial, type DialOptions, listen } from "netwright/net";

/** A silent peer is asked for after three minutes; buffers are those of a common system's default. */
export const OPTIONS: DialOptions = {
  keepAlive: { idleMs: 3 * 60_000, intervalMs: 15_000, count: 4 },
  receiveBufferBytes: 212_992,
  sendBufferBytes: 212_992,
};

/** What a connection's `close` does, and how its peer sees that. */
export const LINGERS: Readonly<Record<string, number>> = {
  "in the background": -1,
  "with a reset": 0,
  "for five seconds": 5000,
};

/** Closes a connection that has written something, with a way to linger; returns how its peer sees the end. */
export async function endSeenByPeer(conn: Conn, peer: Conn, lingerMs: number): Promise<string> {
  conn.tcp?.setLinger(lingerMs);
  await conn.write(new TextEncoder().encode("the last words"));
  await peer.read();
  const [end] = await Promise.all([endOf(peer), conn.close()]);
  await peer.close();
  return end;
}

async function endOf(conn: Conn): Promise<string> {
  try {
    return (await conn.read()) === null ? "end" : "more";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

if (import.meta.main) {
  await using listener = await listen("tcp", "127.0.0.1:0");
  for (const [name, lingerMs] of Object.entries(LINGERS)) {
    const conn = await dial("tcp", String(listener.local), OPTIONS);
    const peer = await listener.accept();
    if (peer === null) break;
    const { rttMs, sendMss, sendWindow, state } = conn.tcp!.info();
    console.log({ state, rttMs, sendMss, sendWindow });
    console.log(`lingering ${name}: the peer sees ${await endSeenByPeer(conn, peer, lingerMs)}`);
  }
}
