// A server that takes connections and reads each to its end, and a client of it. Run it: bun examples/listen-dial/main.ts
import { type Conn, dial, listen, type Listener } from "netwright/net";

/** Reads a connection through a buffer of 1,024 bytes until the other side has ended, then closes its own. */
async function receive(conn: Conn): Promise<string> {
  await using _closed = conn;
  const buffer = new Uint8Array(1024);
  const decoder = new TextDecoder();
  let text = "";
  for (let count = await conn.readInto(buffer); count !== null; count = await conn.readInto(buffer)) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/** Serves until the listener is closed; `received` gets what each client sent. */
export async function serve(listener: Listener, received: (text: string) => void): Promise<void> {
  const handled: Promise<void>[] = [];
  for await (const conn of listener) handled.push(receive(conn).then(received));
  await Promise.all(handled);
}

/** Sends a text, ends, and waits until the server has ended as well. Returns what it sent, which is nothing. */
export async function send(address: string, text: string): Promise<string> {
  const conn = await dial("tcp", address);
  await conn.write(new TextEncoder().encode(text));
  await conn.closeWrite();
  return receive(conn);
}

if (import.meta.main) {
  const listener = await listen("tcp", "127.0.0.1:0");
  console.log(`bound to ${String(listener.local)}`);
  const served = serve(listener, (text) => console.log(`received ${JSON.stringify(text)}`));
  await send(String(listener.local), "hello");
  await listener.close();
  await served;
}
