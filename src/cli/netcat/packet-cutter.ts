import { copyBytes } from "../../bytes/index.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** No kind of packet holds more. */
const LINE_MAX = 1024 * 1024;

/** Makes packets of what comes on stdin: a line each, without its end, or pieces as they come, cut where they are too long. */
export class PacketCutter {
  private readonly lines: boolean;
  private readonly size: number;
  /** The beginning of a line. */
  private parts: Uint8Array[] = [];
  private waiting = 0;

  /** `size`: most bytes of a piece; a line is never cut. */
  constructor(lines: boolean, size: number) {
    this.lines = lines;
    this.size = size;
  }

  /** The packets that are whole by now; views of `bytes` where they can be. Throws an Error for a line that never ends. */
  cut(bytes: Uint8Array): Uint8Array[] {
    return this.lines ? this.cutLines(bytes) : this.cutPieces(bytes);
  }

  /** What is left at the end of stdin: a line without an end. */
  rest(): Uint8Array | undefined {
    return this.waiting === 0 ? undefined : this.takeLine(new Uint8Array(0));
  }

  private cutPieces(bytes: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += this.size) pieces.push(bytes.subarray(at, at + this.size));
    return pieces;
  }

  private cutLines(bytes: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, start)) {
      lines.push(this.takeLine(bytes.subarray(start, at)));
      start = at + 1;
    }
    if (start === bytes.length) return lines;
    this.parts.push(copyBytes(bytes, start, bytes.length));
    this.waiting += bytes.length - start;
    if (this.waiting > LINE_MAX)
      throw new Error(`a line of stdin is longer than ${LINE_MAX} bytes: no packet holds it`);
    return lines;
  }

  private takeLine(last: Uint8Array): Uint8Array {
    const line = this.parts.length === 0 ? last : Buffer.concat([...this.parts, last]);
    this.parts = [];
    this.waiting = 0;
    return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
  }
}
