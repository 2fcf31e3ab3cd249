import { type Conn, copyToOutput, output } from "../../net/index.ts";
import type { Fields } from "../message/index.ts";
import { CHUNK_HEAD_MAX, LAST_CHUNK, writeChunkHead, writeLineEnd } from "./chunk-encoder.ts";

/** Chunks up to this length are copied behind their heads, so that they leave in one write; longer ones go straight out. */
const COPY_MAX = 16 * 1024;

/** Sends a range of bytes, which is not empty, as one chunk. They are the caller's again on return. */
export function sendChunk(conn: Conn, bytes: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length <= COPY_MAX) {
    const at = conn.reserve(length + CHUNK_HEAD_MAX + 2);
    const from = writeChunkHead(output.bytes, at, length);
    copyToOutput(from, bytes, start, end);
    conn.commit(writeLineEnd(output.bytes, from + length) - at);
    return;
  }
  const at = conn.reserve(CHUNK_HEAD_MAX);
  conn.commit(writeChunkHead(output.bytes, at, length) - at);
  conn.send(bytes, start, end);
  const tail = conn.reserve(2);
  conn.commit(writeLineEnd(output.bytes, tail) - tail);
}

/** Ends a chunked body, with trailers if there are any (RFC 9112 section 7.1). */
export function sendLastChunk(conn: Conn, trailers: Fields | undefined): void {
  if (trailers === undefined || trailers.size === 0) {
    const at = conn.reserve(LAST_CHUNK.length);
    output.bytes.set(LAST_CHUNK, at);
    conn.commit(LAST_CHUNK.length);
    return;
  }
  const at = conn.reserve(trailers.wireLength + LAST_CHUNK.length);
  output.bytes.set(LAST_CHUNK.subarray(0, 3), at);
  const end = trailers.writeTo(output.bytes, at + 3);
  conn.commit(writeLineEnd(output.bytes, end) - at);
}
