import { copyBytes } from "../bytes/index.ts";
import { absoluteLimits, type Conn, type WaitOptions } from "../net/index.ts";
import { scanLines, type SplitFunction, type SplitStep } from "./scan-split.ts";

/** How a Scanner splits. */
export interface ScannerOptions {
  /** Default: lines. */
  readonly split?: SplitFunction;
  /** The longest token in bytes. Default 64 KiB. */
  readonly maxTokenBytes?: number;
}

/** A token is longer than the scanner's `maxTokenBytes`. */
export class TokenTooLong extends Error {
  override readonly name = "TokenTooLong";
  readonly maxTokenBytes: number;

  constructor(maxTokenBytes: number) {
    super(`a token is longer than ${maxTokenBytes} bytes; raise maxTokenBytes if it may be`);
    this.maxTokenBytes = maxTokenBytes;
  }
}

const DEFAULT_MAX_TOKEN = 64 * 1024;
const FIRST_BUFFER = 4096;
/** What may stand beside a token in the buffer: its delimiter. */
const DELIMITER_ROOM = 64;
/** A split function that gives this many empty tokens without passing over a byte is taken for one that never will. */
const MAX_EMPTY_TOKENS = 100;

/**
 * Reads a Conn token by token: lines, words, what stands between delimiters, or what a function of yours finds. It needs memory for about one token, and its
 * time grows with the bytes that come, however small the pieces.
 *
 * Tokens belong to the caller. What was read and not scanned goes back to the Conn when an iteration is left, and by `release`; until then nobody else should read it.
 *
 * @example
 * for await (const line of new Scanner(conn).texts()) console.log(line);
 */
export class Scanner implements AsyncIterable<Uint8Array> {
  private readonly conn: Conn;
  private readonly split: SplitFunction;
  private readonly maxTokenBytes: number;
  private buffer = new Uint8Array(FIRST_BUFFER);
  private start = 0;
  private end = 0;
  /** Bytes from `start` that the split function has had for this token. */
  private seen = 0;
  private atEnd = false;
  private finished = false;
  private empties = 0;

  constructor(conn: Conn, options: ScannerOptions = {}) {
    this.conn = conn;
    this.split = options.split ?? scanLines;
    this.maxTokenBytes = options.maxTokenBytes ?? DEFAULT_MAX_TOKEN;
  }

  /**
   * The next token, or null when there is none left. Throws TokenTooLong, whatever the split function throws, and NetError: after a limit that passed the
   * scanner can be used on.
   */
  async next(options: WaitOptions = {}): Promise<Uint8Array | null> {
    const limits = absoluteLimits(options, this.conn.wheel);
    for (;;) {
      const found = this.tryNext();
      if (found !== undefined) return found;
      await this.fill(limits);
    }
  }

  /** Gives what was read and not scanned back to the Conn. The scanner can be used on. */
  release(): void {
    if (this.end > this.start) this.conn.unread(this.buffer.subarray(this.start, this.end));
    this.start = 0;
    this.end = 0;
    this.seen = 0;
    this.atEnd = false;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (let token = await this.next(); token !== null; token = await this.next()) yield token;
    } finally {
      this.release();
    }
  }

  /** The tokens as texts; bytes that are no UTF-8 become U+FFFD. */
  async *texts(): AsyncGenerator<string, void, void> {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for await (const token of this) yield decoder.decode(token);
  }

  /** The next token of what has been read; null: there is none left; undefined: more is needed. */
  private tryNext(): Uint8Array | null | undefined {
    while (!this.finished && (this.end > this.start || this.atEnd)) {
      const data = this.buffer.subarray(this.start, this.end);
      const step = this.split(data, this.atEnd, this.seen);
      if (step === undefined) {
        this.seen = data.length;
        break;
      }
      const token = this.take(step, data.length);
      if (token !== undefined) return token;
      if (step.advance === 0) break;
    }
    return this.finished || this.atEnd ? null : undefined;
  }

  private take(step: SplitStep, available: number): Uint8Array | undefined {
    const { advance, token, final } = step;
    if (!Number.isInteger(advance) || advance < 0 || advance > available)
      throw new RangeError(`the split function advanced by ${advance} of ${available} bytes`);
    if (token !== undefined && token.length > this.maxTokenBytes) throw new TokenTooLong(this.maxTokenBytes);
    const owned = token === undefined ? undefined : copyBytes(token);
    if (advance === 0 && token !== undefined) this.countEmpty();
    else if (advance > 0) this.empties = 0;
    this.seen = advance === 0 && token === undefined ? available : 0;
    this.start += advance;
    if (final === true) this.finished = true;
    return owned;
  }

  private countEmpty(): void {
    if (++this.empties > MAX_EMPTY_TOKENS)
      throw new Error(`the split function gave ${MAX_EMPTY_TOKENS} tokens without passing over a byte`);
  }

  private async fill(limits: WaitOptions): Promise<void> {
    this.makeRoom();
    const count = await this.conn.readInto(this.buffer.subarray(this.end), limits);
    if (count === null) this.atEnd = true;
    else this.end += count;
  }

  /** Moves what waits to the front, or doubles the buffer: each byte is moved a bounded number of times. */
  private makeRoom(): void {
    const waiting = this.end - this.start;
    const most = this.maxTokenBytes + DELIMITER_ROOM;
    if (waiting >= most) throw new TokenTooLong(this.maxTokenBytes);
    if (waiting === 0) this.start = this.end = 0;
    if (this.end < this.buffer.length) return;
    const isHalfFull = waiting > this.buffer.length / 2;
    const target = isHalfFull
      ? new Uint8Array(Math.min(2 * this.buffer.length, Math.max(most, FIRST_BUFFER)))
      : this.buffer;
    target.set(this.buffer.subarray(this.start, this.end));
    this.buffer = target;
    this.start = 0;
    this.end = waiting;
  }
}
