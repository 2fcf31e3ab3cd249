import { copyRange } from "../../bytes/index.ts";
import { Fields } from "../message/index.ts";
import { CR, LF } from "./byte-tables.ts";
import { MessageHead } from "./message-head.ts";

const NOTHING = new Uint8Array(0);
const latin1Slice = Buffer.prototype.latin1Slice;

/**
 * The head of a request on a server's connection: what the parser found, and the bytes that its offsets point into. They are borrowed while the callback that
 * brought them runs; `keep` copies them for a longer life. Heads are used again and again: H1Server keeps those that nobody needs.
 */
export class ServerHead extends MessageHead {
  readonly fields: Fields = new Fields();
  /** What the offsets point into. */
  bytes: Uint8Array = NOTHING;
  /** The head's own buffer, and how much of it is filled with a head that is not whole yet. */
  private own: Uint8Array = NOTHING;
  filled = 0;

  /** Makes a parsed head ready to be read. */
  adopt(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.fields.adopt(bytes, this.offsets, this.count);
  }

  /** The range as text. */
  text(start: number, end: number): string {
    if (end - start === 1 && this.bytes[start] === 0x2f) return "/";
    return latin1Slice.call(this.bytes, start, end);
  }

  get method(): string {
    const { bytes, methodStart } = this;
    const length = this.methodEnd - methodStart;
    if (
      length === 3 &&
      bytes[methodStart] === 0x47 &&
      bytes[methodStart + 1] === 0x45 &&
      bytes[methodStart + 2] === 0x54
    )
      return "GET";
    return this.text(methodStart, this.methodEnd);
  }

  get isHead(): boolean {
    return this.methodEnd - this.methodStart === 4 && this.text(this.methodStart, this.methodEnd) === "HEAD";
  }

  get isConnect(): boolean {
    return this.pathStart === this.pathEnd && this.text(this.methodStart, this.methodEnd) === "CONNECT";
  }

  /** Copies the head, which ends at `end`, into its own buffer, and moves every offset along. */
  keep(end: number): void {
    if (this.bytes === this.own) return;
    const from = Math.min(this.start, this.methodStart);
    this.makeRoom(end - from);
    copyRange.call(this.bytes, this.own, 0, from, end);
    if (from > 0) this.shift(from);
    this.bytes = this.own;
    this.fields.moveTo(this.own);
  }

  private shift(by: number): void {
    const { offsets } = this;
    for (let i = this.count * 4 - 1; i >= 0; i--) offsets[i]! -= by;
    this.methodStart -= by;
    this.methodEnd -= by;
    this.targetStart -= by;
    this.targetEnd -= by;
    this.pathStart -= by;
    this.pathEnd -= by;
    this.queryStart -= by;
    this.queryEnd -= by;
    this.hostStart -= by;
    this.hostEnd -= by;
    this.start -= by;
  }

  /** Adds bytes of a head that is not whole to its own buffer, which it returns: parse it from 0 to `filled`. */
  gather(chunk: Uint8Array, at: number, end: number): Uint8Array {
    this.makeRoom(this.filled + end - at);
    copyRange.call(chunk, this.own, this.filled, at, end);
    this.filled += end - at;
    return this.own;
  }

  /** Whether what was gathered is nothing but empty lines so far: only they end with CR or LF before a request line is whole. */
  get blank(): boolean {
    const last = this.own[this.filled - 1];
    return this.filled <= 4 && (last === CR || last === LF);
  }

  private makeRoom(length: number): void {
    if (this.own.length >= length) return;
    const larger = new Uint8Array(Math.max(1024, length, 2 * this.filled));
    larger.set(this.own.subarray(0, this.filled));
    this.own = larger;
  }

  /** Whether a list-valued field that the parser noticed was there: a bit of message-head.ts. */
  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Forgets everything. A buffer that grew large is let go of. */
  clear(): void {
    this.reset();
    this.filled = 0;
    this.fields.clear();
    this.bytes = NOTHING;
    if (this.own.length > 16_384) this.own = NOTHING;
  }
}
