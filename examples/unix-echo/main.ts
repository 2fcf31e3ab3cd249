// Echoes what comes on a Unix stream socket.
// Run it: bun examples/unix-echo/main.ts [PATH], then: nc -U PATH
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Conn, type Listener, listen } from "netwright/net";

/** Listens at a path, which everybody on the machine may connect to, and echoes. The file goes when the listener is closed. */
export async function echoStreams(path: string): Promise<Listener> {
  const listener = await listen("unix", path, { mode: 0o666 });
  listener.serve((conn) => void echo(conn));
  return listener;
}

async function echo(conn: Conn): Promise<void> {
  try {
    for await (const chunk of conn) await conn.write(chunk);
  } catch {
    // The peer went away.
  } finally {
    await conn.close();
  }
}

if (import.meta.main) {
  const path = process.argv[2] ?? join(tmpdir(), "unix-echo.sock");
  const listener = await echoStreams(path);
  console.log(`echoing on ${path}`);
  process.once("SIGINT", () => void listener.close());
}
