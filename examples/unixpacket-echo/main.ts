// Echoes records on a Unix seqpacket socket: a connection as a stream has, but each send is one receive.
// Run it: bun examples/unixpacket-echo/main.ts [PATH], then: socat - UNIX-CONNECT:PATH,type=5
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen, type PacketConn, type PacketListener } from "netwright/net";

/** Listens at a path, which everybody on the machine may connect to, and echoes each record. */
export async function echoRecords(path: string): Promise<PacketListener> {
  const listener = await listen("unixpacket", path, { mode: 0o666 });
  listener.serve((conn) => void echo(conn));
  return listener;
}

async function echo(conn: PacketConn): Promise<void> {
  try {
    for await (const { data } of conn) await conn.send(data);
  } catch {
    // The peer went away.
  } finally {
    await conn.close();
  }
}

if (import.meta.main) {
  const path = process.argv[2] ?? join(tmpdir(), "unixpacket-echo.sock");
  const listener = await echoRecords(path);
  console.log(`echoing on ${path}`);
  process.once("SIGINT", () => void listener.close());
}
