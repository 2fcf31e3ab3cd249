import { copyBytes, ParseError } from "../bytes/index.ts";

const FIRST_ROOM = 4096;

/** A format that is made of frames with their length in their heads. */
export interface Framing {
  /** Bytes of the next frame's head, from which its length is known. */
  headLength(): number;
  /** The length of the frame with its head, at least the head's. Throws ParseError for one that must not be: it is called before anything is allocated for it. */
  frameLength(head: Uint8Array): number;
  /** Takes a whole frame: a view of what was pushed, or owned when it came in pieces. Throws ParseError. */
  frame(frame: Uint8Array): void;
}

/** Cuts bytes that come in any pieces into frames. It holds one frame at most, and of that no more than has come. */
export class Framer {
  private readonly framing: Framing;
  /** The beginning of a frame that has not come whole. */
  private partial: Uint8Array = new Uint8Array(0);
  private held = 0;
  /** Bytes of whole frames so far. */
  private offset = 0;
  private broken: ParseError | undefined = undefined;

  constructor(framing: Framing) {
    this.framing = framing;
  }

  /** Takes a piece. Throws ParseError, whose reason tells the place in the file; the same again at each call after it. */
  push(chunk: Uint8Array): void {
    if (this.broken !== undefined) throw this.broken;
    try {
      for (let at = 0; at < chunk.length;) at = this.held > 0 ? this.fill(chunk, at) : this.direct(chunk, at);
    } catch (error) {
      throw error instanceof ParseError ? this.fail(error.input, error.offset, error.reason) : error;
    }
  }

  /** Nothing more comes. Throws ParseError inside a frame, or before the first one. */
  end(): void {
    if (this.broken !== undefined) throw this.broken;
    if (this.held > 0) throw this.fail(this.partial.subarray(0, this.held), this.held, "it is cut off");
    if (this.offset === 0) throw this.fail(this.partial, 0, "it is empty");
  }

  /** Takes a frame where it lies, or begins to hold it; returns where to go on. */
  private direct(chunk: Uint8Array, at: number): number {
    const left = chunk.length - at;
    const head = this.framing.headLength();
    const total = left < head ? undefined : this.framing.frameLength(chunk.subarray(at, at + head));
    if (total !== undefined && total <= left) {
      this.take(chunk.subarray(at, at + total));
      return at + total;
    }
    this.hold(chunk, at, chunk.length);
    return chunk.length;
  }

  /** Adds to the frame that is held, up to its end or as far as its length is known; returns where to go on. */
  private fill(chunk: Uint8Array, at: number): number {
    const head = this.framing.headLength();
    const end = Math.min(chunk.length, at + this.needed(head) - this.held);
    this.hold(chunk, at, end);
    if (this.held >= head && this.held === this.needed(head)) {
      const frame = this.partial.subarray(0, this.held);
      this.partial = new Uint8Array(0);
      this.held = 0;
      this.take(frame);
    }
    return end;
  }

  /** How long what is held must become, as far as that is known. */
  private needed(head: number): number {
    return this.held < head ? head : this.framing.frameLength(this.partial.subarray(0, head));
  }

  private hold(chunk: Uint8Array, start: number, end: number): void {
    const length = this.held + end - start;
    if (length > this.partial.length) {
      const grown = new Uint8Array(Math.max(FIRST_ROOM, length, this.partial.length * 2));
      grown.set(this.partial.subarray(0, this.held));
      this.partial = grown;
    }
    this.partial.set(chunk.subarray(start, end), this.held);
    this.held = length;
  }

  private take(frame: Uint8Array): void {
    this.framing.frame(frame);
    this.offset += frame.length;
  }

  private fail(input: string | Uint8Array, offset: number, reason: string): ParseError {
    const kept = typeof input === "string" ? input : copyBytes(input);
    this.broken = new ParseError(kept, offset, `${reason}, in what begins at byte ${this.offset} of the file`);
    return this.broken;
  }
}
