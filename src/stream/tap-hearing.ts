import { copyBytes } from "../bytes/index.ts";
import type { Conn, NetError } from "../net/index.ts";
import type { TapOptions } from "./tap-options.ts";
import { TapOutlet } from "./tap-outlet.ts";

/** A write in pull mode that waits, and how much of it was told. */
interface PendingWrite {
  readonly bytes: Uint8Array;
  /** What the Conn counts when the write's first byte has gone out, at most. */
  readonly base: number;
  told: number;
}

/** What the listeners of a tap hear of a Conn: each byte once, in the order in which it passed, then the ends. */
export class TapHearing {
  readonly outlet: TapOutlet;
  private readonly conn: Conn;
  private readonly options: TapOptions;
  /** Bytes that were put back and will be read again. */
  private unreadBytes = 0;
  private pendingWrite: PendingWrite | undefined = undefined;
  private readEndTold = false;
  private writeEndTold = false;
  private overTold = false;

  constructor(conn: Conn, options: TapOptions) {
    this.conn = conn;
    this.options = options;
    this.outlet = new TapOutlet(options);
  }

  /** Bytes are about to reach the reader. */
  read(chunk: Uint8Array): void {
    const again = Math.min(this.unreadBytes, chunk.length);
    this.unreadBytes -= again;
    this.tellProgress();
    this.tell("onRead", chunk, again, chunk.length);
  }

  unread(count: number): void {
    this.unreadBytes += count;
  }

  wrote(bytes: Uint8Array, start: number, end: number): void {
    this.tell("onWrite", bytes, start, end);
  }

  /** A write begins that may wait; undefined when one waits already, and this one will fail. */
  beginWrite(bytes: Uint8Array): PendingWrite | undefined {
    if (this.pendingWrite !== undefined) return undefined;
    const { traffic, queued } = this.conn;
    this.pendingWrite = { bytes, base: traffic.bytesWritten + queued, told: 0 };
    return this.pendingWrite;
  }

  /** It is over, with so many bytes gone out. */
  endWrite(write: PendingWrite | undefined, written: number): void {
    if (write === undefined) return;
    this.tellWritten(write, written);
    this.pendingWrite = undefined;
  }

  readEnd(): void {
    if (this.readEndTold) return;
    this.readEndTold = true;
    this.tellProgress();
    this.outlet.push(0, () => this.options.onReadEnd?.());
    this.overWhenDone();
  }

  writeEnd(): void {
    if (this.writeEndTold) return;
    this.writeEndTold = true;
    this.outlet.push(0, () => this.options.onWriteEnd?.());
  }

  /** Nothing more will be read: the end of the Conn is told as soon as it comes. */
  overWhenDone(): void {
    void this.conn.done.then((error) => this.over(error));
  }

  over(error: NetError | undefined): void {
    if (this.overTold) return;
    this.overTold = true;
    if (error === undefined) this.writeEnd();
    this.outlet.push(0, () => this.options.onClose?.(error));
  }

  /** Tells how far a write has come that waits, so that an answer is not told before what it answers. */
  private tellProgress(): void {
    const { pendingWrite, conn } = this;
    if (pendingWrite === undefined || conn.closed) return;
    this.tellWritten(pendingWrite, conn.traffic.bytesWritten - conn.queued - pendingWrite.base);
  }

  private tellWritten(write: PendingWrite, until: number): void {
    const end = Math.min(until, write.bytes.length);
    this.tell("onWrite", write.bytes, write.told, end);
    write.told = Math.max(write.told, end);
  }

  private tell(listener: "onRead" | "onWrite", bytes: Uint8Array, start: number, end: number): void {
    if (this.options[listener] === undefined || start >= end) return;
    const copy = copyBytes(bytes, start, end);
    this.outlet.push(copy.length, () => this.options[listener]?.(copy));
  }
}
