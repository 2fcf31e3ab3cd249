import { readSync } from "node:fs";
import { ERRNO, sendFile } from "../sys/index.ts";

/** What is read to ask whether the socket takes more. */
const ASK_BYTES = 1024;
/** What is read at a time where the system's own way does not go. */
const COPY_BYTES = 64 * 1024;

/** A runtime's socket, as far as it is needed. */
export interface RawWriter {
  /** Takes a range and returns the count; when that is short, `drain` follows. Negative: it is closed. */
  write(bytes: Uint8Array, start: number, length: number): number;
}

let buffer: Uint8Array | undefined;

/**
 * Sends a range of a file to a socket: as SendRange of file-send.ts. A file that the system cannot send by itself, and any file on a system whose calls are
 * not known here, goes through memory.
 */
export function sendFileRange(raw: RawWriter, socket: number, file: number, offset: number, count: number): number {
  const sent = process.platform === "linux" ? sendFile(socket, file, offset, count) : -ERRNO.EINVAL;
  if (sent === -ERRNO.EINTR) return sendFileRange(raw, socket, file, offset, count);
  if (sent === -ERRNO.EINVAL) return copyRange(raw, file, offset, Math.min(count, COPY_BYTES));
  // Only a write through the runtime makes it tell when the socket takes more. What it takes against expectation is the file's next bytes.
  return sent === -ERRNO.EAGAIN ? copyRange(raw, file, offset, Math.min(count, ASK_BYTES)) : sent;
}

function copyRange(raw: RawWriter, file: number, offset: number, count: number): number {
  buffer ??= new Uint8Array(COPY_BYTES);
  let length: number;
  try {
    length = readSync(file, buffer, 0, count, offset);
  } catch (error) {
    return error instanceof Error && "errno" in error && typeof error.errno === "number"
      ? -Math.abs(error.errno)
      : -ERRNO.EIO;
  }
  if (length === 0) return 0;
  const taken = raw.write(buffer, 0, length);
  if (taken > 0) return taken;
  return taken === 0 ? -ERRNO.EAGAIN : -ERRNO.EPIPE;
}
