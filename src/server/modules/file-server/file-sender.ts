import { read } from "node:fs";
import type { Exchange } from "../../../http/message/index.ts";
import type { Piece } from "./body-pieces.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { CachedFile } from "./cached-file.ts";

/** How much is read at a time where the system's own way is not to be had. */
const CHUNK = 64 * 1024;

/**
 * Sends pieces of a large file as the body of a response that has begun, and ends it. The descriptor is held meanwhile. When the file has become too
 * short it throws, and the engine then drops the connection: what was promised cannot be kept.
 */
export async function sendPieces(exchange: Exchange, file: CachedFile, pieces: readonly Piece[]): Promise<void> {
  file.hold();
  try {
    for (const piece of pieces) {
      if (exchange.finished) return;
      if (piece instanceof Uint8Array) exchange.write(piece);
      else if (exchange.canSendFile) await exchange.sendFile(file.fd, piece.start, piece.length);
      else await copyRange(exchange, file.fd, piece);
    }
    exchange.end();
  } finally {
    file.release();
  }
}

/** Reads and writes a part, a chunk at a time, no faster than the peer takes it. */
async function copyRange(exchange: Exchange, fd: number, range: ByteRange): Promise<void> {
  const peer = new PeerPace(exchange);
  const buffer = new Uint8Array(Math.min(CHUNK, range.length));
  for (let done = 0; done < range.length;) {
    const count = await readAt(fd, buffer, Math.min(CHUNK, range.length - done), range.start + done);
    if (count === 0) throw new Error(`the file ended after ${done} of ${range.length} bytes`);
    done += count;
    if (!exchange.write(buffer.subarray(0, count))) await peer.ready();
    if (exchange.finished) return;
  }
}

/** Waits for a peer to take bytes, or to go away. */
class PeerPace {
  private readonly exchange: Exchange;
  private resume: (() => void) | undefined = undefined;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    exchange.onFinish(() => this.resume?.());
  }

  async ready(): Promise<void> {
    if (this.exchange.finished) return;
    await new Promise<void>((resolve) => {
      this.resume = resolve;
      this.exchange.onDrain(resolve);
    });
  }
}

/** Off the thread, so that a body for a fast peer does not keep all others waiting. */
async function readAt(fd: number, buffer: Uint8Array, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
