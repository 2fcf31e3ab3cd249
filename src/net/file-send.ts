import type { ChunkQueue } from "../bytes/index.ts";
import { ERRNO } from "../sys/index.ts";

/** The most of a file that leaves in one turn: a big one must not hold up other connections (nginx's sendfile_max_chunk is 2 MiB). */
const TURN_BYTES = 1024 * 1024;

/**
 * Sends a range of a file now and returns the count: 0 at the end of the file, or an error number negated; -EAGAIN when nothing can be taken now, in
 * which case the Conn hears when it can.
 */
export type SendRange = (fd: number, offset: number, count: number) => number;

/** What a turn of a FileSend came to. */
export type FileTurn = "whole" | "ended" | "blocked" | "more" | "failed";

/** A file, or a range of one, on its way out of a Conn behind what was sent before it. */
export class FileSend {
  /** How much the system has taken. */
  sent = 0;
  /** What was sent meanwhile and must come behind the file. */
  behind: ChunkQueue | undefined = undefined;
  /** The error number of a turn that failed. */
  errno = 0;
  private readonly fd: number;
  private readonly offset: number;
  private readonly length: number;
  private readonly sendRange: SendRange;

  /** Throws RangeError. */
  constructor(fd: number, offset: number, length: number, sendRange: SendRange) {
    if (!(Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0))
      throw new RangeError(`offset and length are numbers of bytes, not ${offset} and ${length}`);
    this.fd = fd;
    this.sendRange = sendRange;
    this.offset = offset;
    this.length = length;
  }

  /** Sends as much as goes, up to a bound. */
  turn(): FileTurn {
    const until = Math.min(this.length, this.sent + TURN_BYTES);
    while (this.sent < until) {
      const count = this.sendRange(this.fd, this.offset + this.sent, until - this.sent);
      if (count === 0) return "ended";
      if (count === -ERRNO.EAGAIN) return "blocked";
      if (count < 0) {
        this.errno = -count;
        return "failed";
      }
      this.sent += count;
    }
    return this.sent === this.length ? "whole" : "more";
  }
}
