import type { Conn } from "./conn.ts";

/** A Conn's bytes as a web stream, read as they are asked for. Cancelling it aborts the Conn. */
export function readableOf(conn: Conn): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await conn.read();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
      cancel() {
        conn.abort();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A Conn as a web stream to write to. Closing it half-closes the Conn, aborting it aborts. */
export function writableOf(conn: Conn): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: async (chunk) => conn.write(chunk),
    close: async () => conn.closeWrite(),
    abort: () => conn.abort(),
  });
}
