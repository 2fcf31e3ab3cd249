import { type Fields, TOKEN } from "../message/index.ts";
import { CR, HEX, LF, SP, TAB } from "./byte-tables.ts";
import { TrailerSection } from "./trailer-section.ts";

/** Everything given was used up; more must come. */
export const CHUNK_MORE = 0;
/** `dataStart` to `dataEnd` are body bytes; call again from `next`. */
export const CHUNK_DATA = 1;
/** The body is whole; `next` is the offset behind it, `trailers` are there if any came. */
export const CHUNK_END = 2;
/** The framing is broken: `reason` says how. The connection can't be used any further. */
export const CHUNK_BAD = 3;

/** Longest line with a chunk's size and extensions. */
const LINE_MAX = 4096;
/** What chunk framing may take beyond 16 bytes a chunk and twice the data: Go's rule, which stops a body made of overhead. */
const EXCESS_MAX = 16 * 1024;
const CREDIT = 16;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const SIZE = 0;
const AFTER_SIZE = 1;
const EXTENSION = 2;
const EXTENSION_NAME = 3;
const AFTER_NAME = 4;
const VALUE = 5;
const VALUE_TOKEN = 6;
const VALUE_QUOTED = 7;
const VALUE_ESCAPED = 8;
const AFTER_VALUE = 9;
const SIZE_LF = 10;
const DATA = 11;
const DATA_CR = 12;
const DATA_LF = 13;
const TRAILER = 14;
const DONE = 15;

/**
 * Decodes a chunked body from pieces as they come (RFC 9112 section 7.1), without copying: what it yields are ranges of what it was given. Strict:
 * CRLF only, sizes of hexadecimal digits below 2^53, extensions by their grammar.
 *
 * @example
 * for (let at = 0; (code = decoder.decode(bytes, at, bytes.length)) === CHUNK_DATA; at = decoder.next) use(bytes, decoder.dataStart, decoder.dataEnd);
 */
export class ChunkedDecoder {
  dataStart = 0;
  dataEnd = 0;
  next = 0;
  reason = "";
  /** Once the body is whole: its trailers, which own their bytes. */
  trailers: Fields | undefined = undefined;

  private state = SIZE;
  private size = 0;
  private digits = 0;
  private line = 0;
  private excess = 0;
  private trailer: TrailerSection | undefined = undefined;
  private readonly trailerBytes: number;

  /** `trailerBytes`: the most that the trailer section may take. */
  constructor(trailerBytes: number) {
    this.trailerBytes = trailerBytes;
  }

  /** Goes on with `bytes` from `at` to `end`; returns one of the codes above. */
  decode(bytes: Uint8Array, at: number, end: number): number {
    while (at < end) {
      if (this.state === DATA) return this.takeData(at, end);
      if (this.state === TRAILER) return this.takeTrailer(bytes, at, end);
      if (this.state === DONE) return this.ended(at);
      const byte = bytes[at]!;
      if (this.state <= SIZE_LF && ++this.line > LINE_MAX) return this.fail("a chunk's size line is too long");
      const code = this.step(byte);
      if (code !== CHUNK_MORE) return code;
      at++;
    }
    this.next = at;
    return CHUNK_MORE;
  }

  private takeData(at: number, end: number): number {
    const length = Math.min(this.size, end - at);
    this.dataStart = at;
    this.dataEnd = at + length;
    this.next = at + length;
    this.size -= length;
    if (this.size === 0) this.state = DATA_CR;
    return CHUNK_DATA;
  }

  private takeTrailer(bytes: Uint8Array, at: number, end: number): number {
    this.trailer ??= new TrailerSection(this.trailerBytes);
    const next = this.trailer.take(bytes, at, end);
    if (next < 0) return this.fail(this.trailer.reason);
    this.next = next;
    if (!this.trailer.whole) return CHUNK_MORE;
    this.trailers = this.trailer.fields;
    this.trailer = undefined;
    return this.ended(next);
  }

  private ended(at: number): number {
    this.state = DONE;
    this.next = at;
    return CHUNK_END;
  }

  /** One byte of the framing. */
  private step(byte: number): number {
    switch (this.state) {
      case SIZE:
        return this.stepSize(byte);
      case SIZE_LF:
        return byte === LF ? this.beginChunk() : this.fail("a chunk's size line ends with CR alone");
      case DATA_CR:
        this.state = DATA_LF;
        return byte === CR ? CHUNK_MORE : this.fail("a chunk's data does not end where its size says");
      case DATA_LF:
        this.state = SIZE;
        return byte === LF ? CHUNK_MORE : this.fail("a chunk's data does not end with CRLF");
      default:
        return this.stepExtension(byte);
    }
  }

  private stepSize(byte: number): number {
    const digit = HEX[byte]!;
    if (digit !== 255) {
      this.digits++;
      this.size = this.size * 16 + digit;
      return this.size > Number.MAX_SAFE_INTEGER ? this.fail("a chunk is too large") : CHUNK_MORE;
    }
    if (this.digits === 0) return this.fail("a chunk has no size");
    this.state = AFTER_SIZE;
    return this.stepExtension(byte);
  }

  /** `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`, all of it passed over. */
  private stepExtension(byte: number): number {
    const blank = byte === SP || byte === TAB;
    switch (this.state) {
      case VALUE_QUOTED:
        if (byte === QUOTE) this.state = AFTER_VALUE;
        else if (byte === BACKSLASH) this.state = VALUE_ESCAPED;
        else if (isControl(byte)) break;
        return CHUNK_MORE;
      case VALUE_ESCAPED:
        this.state = VALUE_QUOTED;
        if (isControl(byte)) break;
        return CHUNK_MORE;
      case EXTENSION:
      case VALUE:
        if (blank) return CHUNK_MORE;
        if (TOKEN[byte] === 1) this.state = this.state === VALUE ? VALUE_TOKEN : EXTENSION_NAME;
        else if (byte === QUOTE && this.state === VALUE) this.state = VALUE_QUOTED;
        else break;
        return CHUNK_MORE;
      default:
        if (this.stepAfter(byte, blank)) return CHUNK_MORE;
    }
    return this.fail("a chunk's size or extension is malformed");
  }

  /** Behind a size, a name or a value: more of it, the next part or the end of the line. */
  private stepAfter(byte: number, blank: boolean): boolean {
    const inToken = this.state === EXTENSION_NAME || this.state === VALUE_TOKEN;
    if (inToken && TOKEN[byte] === 1) return true;
    if (byte === SEMICOLON) this.state = EXTENSION;
    else if (byte === EQUALS && (this.state === EXTENSION_NAME || this.state === AFTER_NAME)) this.state = VALUE;
    else if (byte === CR && !this.afterBlank) this.state = SIZE_LF;
    else if (blank) {
      this.afterBlank = true;
      if (this.state === EXTENSION_NAME) this.state = AFTER_NAME;
      else if (this.state === VALUE_TOKEN) this.state = AFTER_VALUE;
      return true;
    } else return false;
    this.afterBlank = false;
    return true;
  }

  /** White space may stand before ";" and "=" only. */
  private afterBlank = false;

  private beginChunk(): number {
    this.excess = Math.max(0, this.excess + this.line + 2 - CREDIT - 2 * this.size);
    this.line = 0;
    this.digits = 0;
    this.state = this.size === 0 ? TRAILER : DATA;
    return this.excess > EXCESS_MAX ? this.fail("the chunks are mostly framing") : CHUNK_MORE;
  }

  private fail(reason: string): number {
    this.reason = reason;
    return CHUNK_BAD;
  }
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== TAB) || byte === 0x7f;
}
