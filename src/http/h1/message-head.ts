/** What a head parser returns instead of an offset when more bytes must come. */
export const HEAD_INCOMPLETE = -1;
/** What a head parser returns instead of an offset when the message is refused: `status` and `reason` of the head say why. */
export const HEAD_REFUSED = -2;

/** `Connection: close` was there. */
export const CLOSE = 1;
/** `Connection: keep-alive` was there. */
export const KEEP_ALIVE = 2;
/** `Connection: upgrade` was there. */
export const CONNECTION_UPGRADE = 4;
/** `Transfer-Encoding: chunked` frames the body. */
export const CHUNKED = 8;
/** `Expect: 100-continue` was there. */
export const EXPECT_CONTINUE = 16;
/** An Upgrade field was there. */
export const UPGRADE = 32;
/** The path holds a percent escape. */
export const ESCAPED = 64;
/** The target was in absolute-form. */
export const ABSOLUTE = 128;
/** The target was in authority-form (CONNECT). */
export const AUTHORITY = 256;
/** Transfer-Encoding, Content-Length or Host stood in a field section, which trailers may not hold. */
export const FRAMING = 512;
/** A field name holds "_" or ".", which many backends read as "-". */
export const ODD_NAME = 1024;
/** The target was `*`. */
export const ASTERISK_FORM = 2048;

/** Sizes that a head parser holds to. */
export interface HeadLimits {
  /** Longest request line in bytes, its CRLF not counted: 414. */
  readonly requestLineBytes: number;
  /** Bytes of the whole head, its last CRLF included: 431. */
  readonly headerBytes: number;
  /** Header fields: 431. */
  readonly headerFields: number;
}

/**
 * What a parser found in the head of a request or a response: offsets into the bytes it was given, no strings. It is made once and used again and again
 * (`reset`); offsets are absolute, so that they hold as long as the bytes stand where they stood.
 */
export class MessageHead {
  /** Four a field: start and end of its name, start and end of its value, as `Fields.adopt` takes them. */
  offsets: Uint32Array;
  /** Fields so far. */
  count = 0;
  /** The bits above. */
  flags = 0;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minor = 1;
  /** Content-Length, or -1 when there is none. */
  contentLength = -1;

  // ── requests ───────────────────────────────────────────────────────────────────────────────────────────────────────
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** The path within the target; empty for an absolute-form target without one and for CONNECT. */
  pathStart = 0;
  pathEnd = 0;
  /** What follows "?", or an empty range. */
  queryStart = 0;
  queryEnd = 0;
  /** The authority asked for: that of the target, else the Host field's value; an empty range when there is none. */
  hostStart = 0;
  hostEnd = 0;

  // ── responses ──────────────────────────────────────────────────────────────────────────────────────────────────────
  /** The status of a response that was parsed; of a refused request, the one to answer; 0 else. */
  status = 0;
  reasonStart = 0;
  reasonEnd = 0;

  /** Why the message was refused. */
  reason = "";

  /** For the parsers: where the message began, where parsing goes on, and whether the first line and a Host have been seen. */
  start = 0;
  next = 0;
  begun = false;
  hasHost = false;

  /** `fields`: how many there is room for; a parser whose limits are higher makes more. */
  constructor(fields = 100) {
    this.offsets = new Uint32Array(fields * 4);
  }

  /** Forgets everything, for the next message. */
  reset(): void {
    this.count = 0;
    this.flags = 0;
    this.minor = 1;
    this.contentLength = -1;
    this.queryStart = 0;
    this.queryEnd = 0;
    this.hostStart = 0;
    this.hostEnd = 0;
    this.status = 0;
    this.begun = false;
    this.hasHost = false;
  }
}

/** Notes why a message is refused and returns HEAD_REFUSED. */
export function refuse(head: MessageHead, status: number, reason: string): number {
  head.status = status;
  head.reason = reason;
  return HEAD_REFUSED;
}
