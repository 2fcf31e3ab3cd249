import { readSync } from "node:fs";
import type { Exchange } from "../../../http/message/index.ts";
import type { Piece } from "./body-pieces.ts";
import type { ByteRange } from "./byte-ranges.ts";
import type { CachedFile } from "./cached-file.ts";

/** How much is read at a time where the system's own way is not to be had. */
const CHUNK = 64 * 1024;
/** How much one response may copy before others get their turn, however fast its peer takes it. */
const TURN = 1024 * 1024;

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

/**
 * Reads and writes a part, a chunk at a time, no faster than the peer takes it. It reads on this thread: a chunk from the page cache takes
 * 10 µs, the way over the thread pool 40.
 */
async function copyRange(exchange: Exchange, fd: number, range: ByteRange): Promise<void> {
  const pace = new Pace(exchange);
  const buffer = new Uint8Array(Math.min(CHUNK, range.length));
  for (let done = 0; done < range.length && !exchange.finished;) {
    const count = readSync(fd, buffer, 0, Math.min(CHUNK, range.length - done), range.start + done);
    if (count === 0) throw new Error(`the file ended after ${done} of ${range.length} bytes`);
    done += count;
    const ready = exchange.write(buffer.subarray(0, count));
    if (!ready) await pace.drained();
    else if (done % TURN < CHUNK) await nextTurn();
  }
}

/** Waits for a peer to take bytes, or to go away. */
class Pace {
  private readonly exchange: Exchange;
  private resume: (() => void) | undefined = undefined;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    exchange.onFinish(() => this.resume?.());
  }

  async drained(): Promise<void> {
    if (this.exchange.finished) return;
    await new Promise<void>((resolve) => {
      this.resume = resolve;
      this.exchange.onDrain(resolve);
    });
  }
}

/** Lets the sockets have their turn. */
async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
}
