// Echoes Unix datagrams to whoever sent them.
// Run it: bun examples/unixgram-echo/main.ts [PATH], then: socat - UNIX-SENDTO:PATH,bind=/tmp/me.sock
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen, type PacketConn } from "netwright/net";

/** Receives at a path, to which everybody on the machine may send but which only its owner may read, and echoes. Who has no name of its own cannot be answered. */
export async function echoDatagrams(path: string): Promise<PacketConn> {
  const server = await listen("unixgram", path, { mode: 0o622 });
  void echo(server);
  return server;
}

async function echo(server: PacketConn): Promise<void> {
  for await (const { data, from } of server) {
    try {
      // Somebody who does not receive must not hold up everybody else for ever.
      await server.send(data, from, { timeoutMs: 1000 });
    } catch {
      // The sender has gone, or had no name.
    }
  }
}

if (import.meta.main) {
  const path = process.argv[2] ?? join(tmpdir(), "unixgram-echo.sock");
  const server = await echoDatagrams(path);
  console.log(`echoing on ${path}`);
  process.once("SIGINT", () => void server.close());
}
