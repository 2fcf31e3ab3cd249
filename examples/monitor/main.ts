// An echo server whose traffic is written to a log, each line behind "monitor: ". Run it: bun examples/monitor/main.ts [TEXT …]
import { type Conn, dial, type Listener, listen } from "netwright/net";
import { tap, tapToLog } from "netwright/stream";

/** Where the lines go. It may fail or be slow: the traffic goes on. */
export type Log = (line: string) => void | Promise<void>;

/** Echoes until the client has ended; what is read and written also goes to the log. */
export async function echoMonitored(conn: Conn, log: Log): Promise<void> {
  const onFailure = (reason: unknown): void => console.error("the log failed, and the echo goes on:", String(reason));
  await using monitored = tap(conn, tapToLog(log, { onFailure }));
  for await (const chunk of monitored) await monitored.write(chunk);
}

/** The echo server. */
export async function serveMonitored(log: Log): Promise<Listener> {
  const listener = await listen("tcp", "127.0.0.1:0");
  listener.serve((conn) => void echoMonitored(conn, log));
  return listener;
}

if (import.meta.main) {
  await using listener = await serveMonitored((line) => console.log(line));
  await using client = await dial("tcp", String(listener.local));
  for (const text of process.argv.length > 2 ? process.argv.slice(2) : ["Test"]) {
    await client.write(new TextEncoder().encode(`${text}\n`));
    await client.read();
  }
}
