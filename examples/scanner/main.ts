// Words, read one by one from a connection. Run it: bun examples/scanner/main.ts [TEXT]
import { type Conn, dial, listen } from "netwright/net";
import { Scanner, scanWords } from "netwright/stream";

/** The words that come, until the end. */
export async function words(conn: Conn): Promise<string[]> {
  await using _closed = conn;
  return await Array.fromAsync(new Scanner(conn, { split: scanWords }).texts());
}

if (import.meta.main) {
  const text = process.argv[2] ?? "The bigger the interface, the weaker the abstraction.";
  await using listener = await listen("tcp", "127.0.0.1:0");
  const reading = words(await dial("tcp", String(listener.local)));
  await using conn = await listener.accept();
  await conn?.write(new TextEncoder().encode(text));
  await conn?.close();
  console.log(await reading);
}
