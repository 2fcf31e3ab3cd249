import { Fields } from "../message/index.ts";
import { CR, LF } from "./byte-tables.ts";
import { parseFieldLines } from "./field-lines.ts";
import { forbiddenTrailer } from "./forbidden-trailer.ts";
import { MessageHead } from "./message-head.ts";

/** Gathers the trailer section of a chunked body and parses it once it is whole (RFC 9112 section 7.1.2). */
export class TrailerSection {
  whole = false;
  /** The trailers, if there were any; they own their bytes. */
  fields: Fields | undefined = undefined;
  /** Why `take` returned -1. */
  reason = "";
  private bytes: Uint8Array = new Uint8Array(0);
  private length = 0;
  private readonly most: number;

  /** `most`: the most bytes that it may take, its last CRLF included. */
  constructor(most: number) {
    this.most = most;
  }

  /** Takes bytes up to the empty line; returns the offset behind what it took, or -1. */
  take(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      const byte = bytes[at]!;
      if (this.length === this.most) return this.fail("the trailers are too long");
      if (this.length === this.bytes.length) this.grow();
      this.bytes[this.length++] = byte;
      at++;
      if (byte !== LF) continue;
      if (this.length < 2 || this.bytes[this.length - 2] !== CR) return this.fail("a trailer line ends with a bare LF");
      if (this.endsEmpty()) return this.parse() ? at : -1;
    }
    return at;
  }

  /** Whether the line that ends here is empty. */
  private endsEmpty(): boolean {
    return this.length === 2 || this.bytes[this.length - 3] === LF;
  }

  private parse(): boolean {
    this.whole = true;
    if (this.length === 2) return true;
    const head = new MessageHead(16);
    const limits = { requestLineBytes: 0, headerBytes: this.most + 1, headerFields: 100 };
    if (parseFieldLines(head, this.bytes, 0, this.length, limits) < 0) return this.fail(head.reason) > 0;
    const fields = new Fields();
    fields.adopt(this.bytes, head.offsets, head.count);
    const misplaced = forbiddenTrailer(fields);
    if (misplaced !== undefined) return this.fail(`${misplaced} may not stand in the trailers`) > 0;
    this.fields = fields;
    return true;
  }

  private grow(): void {
    const larger = new Uint8Array(Math.min(this.most, Math.max(512, this.bytes.length * 2)));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  private fail(reason: string): number {
    this.reason = reason;
    return -1;
  }
}
