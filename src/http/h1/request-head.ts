import { TOKEN } from "../message/index.ts";
import { COLON, CR, HEX, LF, matches, PATH, QUERY, SP } from "./byte-tables.ts";
import { isAuthority, parseFieldLines } from "./field-lines.ts";
import {
  ABSOLUTE,
  ASTERISK_FORM,
  AUTHORITY,
  CHUNKED,
  ESCAPED,
  HEAD_INCOMPLETE,
  HEAD_REFUSED,
  type HeadLimits,
  type MessageHead,
  refuse,
} from "./message-head.ts";

/** Methods longer than this are answered 501 (RFC 9112 section 3). */
const METHOD_MAX = 32;
/** Empty lines before a request that are passed over (RFC 9112 section 2.2). */
const EMPTY_LINES = 2;
const PERCENT = 0x25;
const ASTERISK = 0x2a;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;

/**
 * Parses the head of a request that begins at `start`, strictly by RFC 9112 and 9110, and returns the offset behind it, HEAD_INCOMPLETE or HEAD_REFUSED
 * (then `head.status` and `head.reason` say why). The head must have been `reset`. Incomplete, it is called again with the same bytes at
 * the same offsets and more behind them; it goes on at the line that was not whole.
 */
export function parseRequestHead(
  head: MessageHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: HeadLimits,
): number {
  let at = head.next;
  if (!head.begun) {
    head.start = start;
    at = parseRequestLine(head, bytes, start, end, limits);
    if (at < 0) return at;
    head.begun = true;
  }
  at = parseFieldLines(head, bytes, at, end, limits);
  return at < 0 ? at : checkRequest(head, at);
}

/** Checks what only the whole head tells. */
function checkRequest(head: MessageHead, at: number): number {
  const chunked = (head.flags & CHUNKED) !== 0;
  if (chunked && head.contentLength >= 0)
    return refuse(head, 400, "there are both Content-Length and Transfer-Encoding");
  if (head.minor === 0) return chunked ? refuse(head, 400, "HTTP/1.0 has no Transfer-Encoding") : at;
  return head.hasHost ? at : refuse(head, 400, "there is no Host");
}

function parseRequestLine(
  head: MessageHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: HeadLimits,
): number {
  let at = skipEmptyLines(bytes, start, end);
  if (at < 0) return at === HEAD_INCOMPLETE ? at : refuse(head, 400, "a CR stands before the request line");
  const line = at;
  const stop = Math.min(end, line + limits.requestLineBytes + 2);
  while (at < stop && TOKEN[bytes[at]!] === 1) at++;
  head.methodStart = line;
  head.methodEnd = at;
  if (at - line > METHOD_MAX) return refuse(head, 501, "the method is not known");
  if (at === stop) return ranOut(head, line, end, limits);
  if (bytes[at] !== SP || at === line) return refuse(head, 400, "the request line does not begin with a method");
  head.targetStart = at + 1;
  at = parseTarget(head, bytes, at + 1, stop);
  if (at < 0) return at === HEAD_INCOMPLETE ? ranOut(head, line, end, limits) : at;
  head.targetEnd = at;
  const after = parseVersion(head, bytes, at + 1, stop);
  return after === HEAD_INCOMPLETE ? ranOut(head, line, end, limits) : after;
}

function skipEmptyLines(bytes: Uint8Array, at: number, end: number): number {
  for (let skipped = 0; skipped < EMPTY_LINES && at < end && bytes[at] === CR; skipped++) {
    if (at + 1 === end) return HEAD_INCOMPLETE;
    if (bytes[at + 1] !== LF) return HEAD_REFUSED;
    at += 2;
  }
  return at < end ? at : HEAD_INCOMPLETE;
}

/** The bytes ended before the request line did: more must come, unless it is too long already. */
function ranOut(head: MessageHead, line: number, end: number, limits: HeadLimits): number {
  if (end - line >= limits.requestLineBytes + 2)
    return refuse(head, 414, `the request line is longer than ${limits.requestLineBytes} bytes`);
  return HEAD_INCOMPLETE;
}

/** The four forms of RFC 9112 section 3.2. Returns where the space behind the target stands. */
function parseTarget(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  if (at === stop) return HEAD_INCOMPLETE;
  if (isMethod(head, bytes, "CONNECT")) return parseAuthority(head, bytes, at, stop);
  if (bytes[at] === SLASH) return parsePath(head, bytes, at, stop);
  if (bytes[at] !== ASTERISK) return parseAbsolute(head, bytes, at, stop);
  head.pathStart = at;
  head.pathEnd = at + 1;
  head.flags |= ASTERISK_FORM;
  if (at + 1 === stop) return HEAD_INCOMPLETE;
  if (bytes[at + 1] !== SP) return refuse(head, 400, "the target is malformed");
  return isMethod(head, bytes, "OPTIONS") ? at + 1 : refuseAsterisk(head, bytes, at + 2, stop);
}

/** Only OPTIONS has the target `*`. `PRI * HTTP/2.0` is how HTTP/2 begins (RFC 9113 section 3.4): its version says better what is wrong. */
function refuseAsterisk(head: MessageHead, bytes: Uint8Array, version: number, stop: number): number {
  const end = parseVersion(head, bytes, version, stop);
  return end < 0 ? end : refuse(head, 400, "the target * is for OPTIONS only");
}

function isMethod(head: MessageHead, bytes: Uint8Array, method: string): boolean {
  const { methodStart } = head;
  if (bytes[methodStart] !== method.charCodeAt(0) || head.methodEnd - methodStart !== method.length) return false;
  for (let i = 1; i < method.length; i++) if (bytes[methodStart + i] !== method.charCodeAt(i)) return false;
  return true;
}

/** Path and query, from a "/" or from a "?" behind an authority. */
function parsePath(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  head.pathStart = at;
  for (;;) {
    while (at < stop && PATH[bytes[at]!] === 1) at++;
    if (at === stop) return HEAD_INCOMPLETE;
    if (bytes[at] !== PERCENT) break;
    if (at + 2 >= stop) return HEAD_INCOMPLETE;
    if (HEX[bytes[at + 1]!] === 255 || HEX[bytes[at + 2]!] === 255)
      return refuse(head, 400, "the path holds a malformed percent escape");
    // What decodes it ends a name at it, or not: whoever checks and whoever opens must not differ.
    if (bytes[at + 1] === 0x30 && bytes[at + 2] === 0x30) return refuse(head, 400, "the path holds an escaped NUL");
    head.flags |= ESCAPED;
    at += 3;
  }
  head.pathEnd = at;
  if (bytes[at] === QUESTION_MARK) {
    at++;
    head.queryStart = at;
    while (at < stop && QUERY[bytes[at]!] === 1) at++;
    head.queryEnd = at;
    if (at === stop) return HEAD_INCOMPLETE;
  }
  return bytes[at] === SP ? at : refuse(head, 400, "the target holds a character that must be percent-encoded");
}

/** `http://host[:port][/path][?query]`, as proxies send it and every server must take it. */
function parseAbsolute(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  const scheme = at;
  while (at < stop && TOKEN[bytes[at]!] === 1 && at - scheme < 6) at++;
  if (at + 2 >= stop) return HEAD_INCOMPLETE;
  const length = at - scheme;
  const known = (length === 4 && matches(bytes, scheme, "http")) || (length === 5 && matches(bytes, scheme, "https"));
  if (!known || bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH)
    return refuse(head, 400, "the target is neither a path nor a URL of http or https");
  at += 3;
  const authority = at;
  while (at < stop && QUERY[bytes[at]!] === 1 && bytes[at] !== SLASH && bytes[at] !== QUESTION_MARK) at++;
  if (at === stop) return HEAD_INCOMPLETE;
  if (!isAuthority(bytes, authority, at)) return refuse(head, 400, "the target's authority is malformed");
  head.hostStart = authority;
  head.hostEnd = at;
  head.flags |= ABSOLUTE;
  return parsePath(head, bytes, at, stop);
}

function parseAuthority(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  const start = at;
  while (at < stop && QUERY[bytes[at]!] === 1) at++;
  if (at === stop) return HEAD_INCOMPLETE;
  const port = lastColon(bytes, start, at);
  if (bytes[at] !== SP || port <= start || port === at - 1 || !isAuthority(bytes, start, at))
    return refuse(head, 400, "CONNECT wants host:port");
  head.hostStart = start;
  head.hostEnd = at;
  head.pathStart = start;
  head.pathEnd = start;
  head.flags |= AUTHORITY;
  return at;
}

function lastColon(bytes: Uint8Array, start: number, end: number): number {
  for (let i = end - 1; i >= start; i--) {
    if (bytes[i] === COLON) return i;
    if (bytes[i] === 0x5d) return -1;
  }
  return -1;
}

const VERSION = "HTTP/1.";
const NO_VERSION = "the request line has no HTTP version";
const BAD_VERSION = "the HTTP version is malformed";

/** `HTTP/1.0` or `HTTP/1.1` and CRLF; returns the offset behind it. */
function parseVersion(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  if (at + 10 > stop) return parseShortVersion(head, bytes, at, stop);
  for (let i = 0; i < VERSION.length; i++) {
    if (bytes[at + i] !== VERSION.charCodeAt(i)) return refuseVersion(head, bytes, at);
  }
  const minor = bytes[at + 7]! - 0x30;
  if (minor !== 0 && minor !== 1) return refuseVersion(head, bytes, at);
  head.minor = minor;
  if (bytes[at + 8] !== CR || bytes[at + 9] !== LF)
    return refuse(head, 400, "the request line does not end with its version and CRLF");
  return at + 10;
}

/** What has come of a version, less than it takes: refused at once when it can become none, so that nobody waits for more. */
function parseShortVersion(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  for (let i = 0; at + i < stop && i < 8; i++) {
    const byte = bytes[at + i]!;
    if (i < 5 && byte !== VERSION.charCodeAt(i)) return refuse(head, 400, NO_VERSION);
    if (byte === CR || byte === LF) return refuse(head, 400, BAD_VERSION);
  }
  return HEAD_INCOMPLETE;
}

function refuseVersion(head: MessageHead, bytes: Uint8Array, at: number): number {
  const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  for (let i = 0; i < 5; i++) {
    if (bytes[at + i] !== VERSION.charCodeAt(i)) return refuse(head, 400, NO_VERSION);
  }
  if (isDigit(bytes[at + 5]) && bytes[at + 6] === 0x2e && isDigit(bytes[at + 7]) && bytes[at + 8] === CR)
    return refuse(head, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  return refuse(head, 400, BAD_VERSION);
}
