// 16 MiB of random bytes, read through one buffer of 512 KiB. Run it: bun examples/fixed-buffer/main.ts [MIB [BUFFER_KIB]]
import { createHash, randomBytes } from "node:crypto";
import { type Conn, dial, listen } from "netwright/net";
import { readThrough } from "netwright/stream";

/** What came through the buffer. */
export interface Received {
  readonly bytes: number;
  /** How often the buffer was handed on. */
  readonly parts: number;
  readonly sha256: string;
}

/** Reads everything through one buffer: memory stays the same, however much comes. */
export async function receive(conn: Conn, bufferBytes: number): Promise<Received> {
  await using _closed = conn;
  const hash = createHash("sha256");
  let parts = 0;
  const bytes = await readThrough(conn, new Uint8Array(bufferBytes), (part) => {
    hash.update(part);
    parts++;
  });
  return { bytes, parts, sha256: hash.digest("hex") };
}

/** Sends a payload and the end. */
export async function send(conn: Conn, payload: Uint8Array): Promise<void> {
  await using _closed = conn;
  await conn.write(payload);
}

if (import.meta.main) {
  const [mib = 16, bufferKib = 512] = process.argv.slice(2).map(Number);
  await using listener = await listen("tcp", "127.0.0.1:0");
  const payload = randomBytes(mib * 1024 * 1024);
  const receiving = receive(await dial("tcp", String(listener.local)), bufferKib * 1024);
  const conn = await listener.accept();
  if (conn !== null) await send(conn, payload);
  console.log("sent:    ", createHash("sha256").update(payload).digest("hex"));
  console.log("received:", await receiving);
}
