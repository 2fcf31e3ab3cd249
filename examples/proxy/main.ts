// A server that answers "ping" with "pong" and echoes the rest, behind a proxy. Run it: bun examples/proxy/main.ts [TEXT …]
import { type Conn, dial, type Listener, listen } from "netwright/net";
import { RelayServer } from "netwright/stream";

/** Answers until the client has ended. */
export async function pingPong(conn: Conn): Promise<void> {
  await using _closed = conn;
  for await (const chunk of conn) {
    const isPing = new TextDecoder().decode(chunk) === "ping";
    await conn.write(isPing ? new TextEncoder().encode("pong") : chunk);
  }
}

/** A proxy in front of a server. A client's end of stream reaches the server while its answer still goes the other way. */
export async function proxyTo(
  server: Listener,
): Promise<{ readonly listener: Listener; readonly relays: RelayServer }> {
  const listener = await listen("tcp", "127.0.0.1:0");
  const relays = new RelayServer(listener, { dial: async (signal) => dial("tcp", String(server.local), { signal }) });
  return { listener, relays };
}

if (import.meta.main) {
  await using server = await listen("tcp", "127.0.0.1:0");
  server.serve((conn) => void pingPong(conn));
  const { listener, relays } = await proxyTo(server);
  const client = await dial("tcp", String(listener.local));
  for (const text of process.argv.length > 2 ? process.argv.slice(2) : ["ping", "pong", "echo", "ping"]) {
    await client.write(new TextEncoder().encode(text));
    console.log(`${text} -> ${new TextDecoder().decode((await client.read()) ?? undefined)}`);
  }
  await client.close();
  await relays.shutdown();
  console.log(relays.stats);
}
