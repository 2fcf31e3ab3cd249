import { absoluteLimits, type Conn, type WaitOptions } from "../net/index.ts";
import { UnexpectedEnd } from "./unexpected-end.ts";

/**
 * Fills a buffer, however many reads that takes. The limits are those of all of it together. Throws UnexpectedEnd, which says how many bytes came, when the
 * stream ends before; NetError when a limit passes or the Conn fails: what came by then goes back to the Conn, so that nothing is lost.
 *
 * @example
 * const head = new Uint8Array(4);
 * await readFull(conn, head, { timeoutMs: 1000 });
 */
export async function readFull(conn: Conn, buffer: Uint8Array, options: WaitOptions = {}): Promise<void> {
  const received = await readUpTo(conn, buffer, options);
  if (received < buffer.length) throw new UnexpectedEnd(received, buffer.length, `a read of ${buffer.length} bytes`);
}

/** The same, but resolves to the count that came before the end of the stream, which may be less than the buffer holds. */
export async function readUpTo(conn: Conn, buffer: Uint8Array, options: WaitOptions = {}): Promise<number> {
  const limits = absoluteLimits(options, conn.wheel);
  let received = 0;
  try {
    while (received < buffer.length) {
      const count = await conn.readInto(received === 0 ? buffer : buffer.subarray(received), limits);
      if (count === null) break;
      received += count;
    }
  } catch (error) {
    conn.unread(buffer.subarray(0, received));
    throw error;
  }
  return received;
}

/**
 * Reads to the end of the stream through one buffer of the caller, so that memory doesn't grow: `onPart` gets each part that was filled, borrowed until it returns
 * or its promise resolves. All parts but the last fill the buffer. Resolves to the bytes that came.
 *
 * @example
 * const hash = new Bun.CryptoHasher("sha256");
 * const total = await readThrough(conn, new Uint8Array(512 * 1024), (part) => void hash.update(part));
 */
export async function readThrough(
  conn: Conn,
  buffer: Uint8Array,
  onPart: (part: Uint8Array) => void | Promise<void>,
  options: WaitOptions = {},
): Promise<number> {
  if (buffer.length === 0) throw new RangeError("readThrough needs a buffer of at least one byte");
  const limits = absoluteLimits(options, conn.wheel);
  let total = 0;
  for (;;) {
    const count = await readUpTo(conn, buffer, limits);
    total += count;
    if (count > 0) await onPart(buffer.subarray(0, count));
    if (count < buffer.length) return total;
  }
}
