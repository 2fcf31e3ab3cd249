import { closeSync, fchmodSync, fstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { LineBuffer } from "./line-buffer.ts";
import { wholeLines } from "./whole-lines.ts";

/** At this many waiting bytes a sink is flushed at once. */
const FLUSH_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Writes bytes somewhere; returns how many were taken, or throws. */
export type WriteBytes = (bytes: Uint8Array, start: number, length: number) => number;

/** Where a flush that cannot be done at once is put off to: after the events of this turn. */
export type Defer = (flush: () => void) => void;

/** Hears of lines that a sink loses, in spells: from the first that the system refuses to the first write that goes through whole. */
export interface LossListener {
  /** Lines begin to be lost, for this reason: mostly an Error of the system's. */
  began(reason: unknown): void;
  /** Writing works again, and so many lines are missing. What is written into `buffer`, whole lines, goes out at once. */
  ended(lost: number, buffer: LineBuffer): void;
  /** The sink is closed. `lost` is how many lines the spell that lasts has cost, or 0. */
  closed(lost: number): void;
}

/** What a LogSink may be given besides. */
export interface LogSinkOptions {
  /** Default: at the end of the turn, by setImmediate. */
  readonly defer?: Defer;
  /** Gives back what is written to. Called once, by `close`. */
  readonly release?: () => void;
  /** Default: nobody; what is lost then only shows in `dropped`. */
  readonly loss?: LossListener | undefined;
}

/**
 * Takes whole lines and writes those of one turn of the event loop in one system call: under load that is one write for dozens of
 * lines, when idle each line goes out at once, and kill -9 loses no more than one turn's.
 *
 * Encoders write into `buffer` and then call `lineEnded`. When the system refuses (ENOSPC, EIO …), whole lines are dropped, counted and told to the
 * listener for losses, and the rest of a line that went out half is kept to be written first: a line is then only torn
 * where others write to the same file meanwhile, or where the process ends before it could.
 */
export class LogSink {
  readonly buffer: LineBuffer = new LineBuffer(2 * FLUSH_BYTES);
  /** Lines lost because the system refused them. */
  dropped = 0;
  private scheduled = false;
  /** Whether the buffer begins with the rest of a line whose first part went out. */
  private torn = false;
  private closed = false;
  private readonly writeBytes: WriteBytes;
  private readonly defer: Defer;
  private readonly release: () => void;
  private readonly loss: LossListener | undefined;
  /** What `dropped` was when the spell of losses began that lasts; undefined: none does. */
  private lossesFrom: number | undefined = undefined;
  private readonly flushNow: () => void;

  constructor(writeBytes: WriteBytes, options?: LogSinkOptions) {
    this.writeBytes = writeBytes;
    this.defer = options?.defer ?? ((flush) => void setImmediate(flush));
    this.release = options?.release ?? (() => undefined);
    this.loss = options?.loss;
    this.flushNow = () => this.flush();
  }

  /** Says that a whole line, with its newline, stands in the buffer. */
  lineEnded(): void {
    if (this.buffer.length >= FLUSH_BYTES) this.flush();
    else if (!this.scheduled) {
      this.scheduled = true;
      this.defer(this.flushNow);
    }
  }

  /** Writes what waits. Never throws. */
  flush(): void {
    this.scheduled = false;
    const { buffer } = this;
    if (buffer.length === 0) return;
    let sent = 0;
    let reason: unknown = "nothing was taken";
    try {
      while (sent < buffer.length) {
        const taken = this.writeBytes(buffer.bytes, sent, buffer.length - sent);
        if (taken === 0) break;
        sent += taken;
      }
    } catch (error) {
      reason = error;
    }
    const before = this.dropped;
    this.keepUnsent(sent);
    this.noteLosses(before, reason);
  }

  /** Flushes and gives the file back. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.flush();
    this.loss?.closed(this.lossesFrom === undefined ? 0 : this.dropped - this.lossesFrom);
    this.release();
  }

  private noteLosses(before: number, reason: unknown): void {
    const from = this.lossesFrom;
    if (this.dropped > before) {
      if (from !== undefined) return;
      this.lossesFrom = before;
      this.loss?.began(reason);
    } else if (from !== undefined && this.buffer.length === 0) {
      this.lossesFrom = undefined;
      this.loss?.ended(this.dropped - from, this.buffer);
      this.flush();
    }
  }

  private keepUnsent(sent: number): void {
    const { bytes, length } = this.buffer;
    this.buffer.length = 0;
    if (sent === length) {
      this.torn = false;
      return;
    }
    if (sent > 0) this.torn = sent < length && bytes[sent - 1] !== NEWLINE;
    const lineEnd = this.torn ? bytes.indexOf(NEWLINE, sent) + 1 : sent;
    for (let i = lineEnd; i < length; i++) if (bytes[i] === NEWLINE) this.dropped++;
    bytes.copyWithin(0, sent, lineEnd);
    this.buffer.length = lineEnd - sent;
  }
}

/** How a log file is opened. */
export interface FileSinkOptions {
  /** Permissions of a new file (default 0o600). */
  readonly mode?: number;
  /** Permissions of folders made for it (default 0o700). */
  readonly dirMode?: number;
  /** Hears of lines that are lost. Default: nobody. */
  readonly loss?: LossListener | undefined;
}

/** A sink that appends to a file, making it and its folders. Several processes may append to one file. Throws what opening throws. */
export function openFileSink(path: string, options?: FileSinkOptions): LogSink {
  mkdirSync(dirname(path), { recursive: true, mode: options?.dirMode ?? 0o700 });
  const mode = options?.mode ?? 0o600;
  const fd = openSync(path, "a", mode);
  if (options?.mode !== undefined) fchmodSync(fd, mode);
  const release = (): void => closeSync(fd);
  return new LogSink((bytes, start, length) => writeSync(fd, bytes, start, length), { release, loss: options?.loss });
}

/**
 * A sink on a descriptor that stays open, such as 1 or 2, and that several processes may write to: on a pipe, too, lines stay whole. A pipe that is full
 * makes a non-blocking descriptor drop lines, and a blocking one wait. `loss` hears of lines that are lost.
 */
export function descriptorSink(fd: number, loss?: LossListener): LogSink {
  if (!isPipe(fd)) return new LogSink((bytes, start, length) => writeSync(fd, bytes, start, length), { loss });
  return new LogSink((bytes, start, length) => writeSync(fd, bytes, start, wholeLines(bytes, start, length)), { loss });
}

function isPipe(fd: number): boolean {
  try {
    return fstatSync(fd).isFIFO();
  } catch {
    // Nothing is open there: a daemon without stderr.
    return false;
  }
}

/** A sink that throws everything away. */
export function discardSink(): LogSink {
  return new LogSink((_bytes, _start, length) => length);
}
