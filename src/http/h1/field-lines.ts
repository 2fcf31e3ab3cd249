import { FIELD_VALUE, TOKEN } from "../message/index.ts";
import { BRACKETED, COLON, CR, FIELD_NAME, HOST, LF, matches, SP, TAB } from "./byte-tables.ts";
import {
  CHUNKED,
  CLOSE,
  CONNECTION_UPGRADE,
  EXPECT_CONTINUE,
  FRAMING,
  HEAD_INCOMPLETE,
  HEAD_REFUSED,
  type HeadLimits,
  KEEP_ALIVE,
  type MessageHead,
  ODD_NAME,
  refuse,
  UPGRADE,
} from "./message-head.ts";

/**
 * Parses field lines from `at` up to the empty line, noticing what frames the message on the way, and returns the offset behind it (RFC 9112 section 5).
 * Incomplete, it remembers the last whole line. One long function: it sees every byte of every message.
 */
export function parseFieldLines(
  head: MessageHead,
  bytes: Uint8Array,
  at: number,
  end: number,
  limits: HeadLimits,
): number {
  const stop = Math.min(end, head.start + limits.headerBytes);
  const most = limits.headerFields;
  if (head.offsets.length < most * 4) grow(head, most);
  const { offsets } = head;
  let { count } = head;
  let line = at;
  for (;;) {
    line = at;
    if (at >= stop) break;
    while (at < stop && FIELD_NAME[bytes[at]!] === 1) at++;
    if (at < stop && bytes[at] !== COLON && TOKEN[bytes[at]!] === 1) {
      head.flags |= ODD_NAME;
      while (at < stop && TOKEN[bytes[at]!] === 1) at++;
    }
    if (at === stop) break;
    const nameEnd = at;
    if (bytes[at] !== COLON || nameEnd === line) {
      if (nameEnd !== line || bytes[at] !== CR) return refuseName(head, bytes, line, nameEnd);
      if (at + 1 === stop) break;
      if (bytes[at + 1] !== LF) return refuse(head, 400, "a CR stands without LF");
      head.count = count;
      head.next = at + 2;
      return at + 2;
    }
    at++;
    while (at < stop && (bytes[at] === SP || bytes[at] === TAB)) at++;
    const valueStart = at;
    while (at < stop && FIELD_VALUE[bytes[at]!] === 1) at++;
    if (at === stop) break;
    if (bytes[at] !== CR) return refuse(head, 400, "a field value holds a control character or a bare LF");
    if (at + 1 === stop) break;
    if (bytes[at + 1] !== LF) return refuse(head, 400, "a field value holds a bare CR");
    let valueEnd = at;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === TAB)) valueEnd--;
    at += 2;
    if (count === most) return refuse(head, 431, `there are more than ${most} header fields`);
    const slot = count * 4;
    offsets[slot] = line;
    offsets[slot + 1] = nameEnd;
    offsets[slot + 2] = valueStart;
    offsets[slot + 3] = valueEnd;
    count++;
    switch (nameEnd - line) {
      case 4:
      case 6:
      case 7:
      case 10:
      case 14:
      case 17:
        if (!notice(head, bytes, line, nameEnd - line, valueStart, valueEnd)) return HEAD_REFUSED;
        break;
      default:
    }
  }
  head.count = count;
  head.next = line;
  if (end - head.start < limits.headerBytes) return HEAD_INCOMPLETE;
  return refuse(head, 431, `the header is longer than ${limits.headerBytes} bytes`);
}

function grow(head: MessageHead, fields: number): void {
  const offsets = new Uint32Array(fields * 4);
  offsets.set(head.offsets);
  head.offsets = offsets;
}

function refuseName(head: MessageHead, bytes: Uint8Array, start: number, end: number): number {
  const byte = bytes[end];
  if (start === end && (byte === SP || byte === TAB)) return refuse(head, 400, "a field is folded over lines");
  if (byte === SP || byte === TAB) return refuse(head, 400, "white space stands before a colon");
  if (byte === LF || byte === CR) return refuse(head, 400, "a field line has no colon, or ends without CRLF");
  return refuse(head, 400, "a field name holds a character that is not allowed");
}

/** Takes note of a field that frames or routes the message; false when it is refused. */
function notice(
  head: MessageHead,
  bytes: Uint8Array,
  name: number,
  length: number,
  start: number,
  end: number,
): boolean {
  switch (length) {
    case 4:
      return !matches(bytes, name, "host") || noticeHost(head, bytes, start, end);
    case 6:
      if (matches(bytes, name, "expect")) return noticeExpect(head, bytes, start, end);
      break;
    case 7:
      if (matches(bytes, name, "upgrade")) head.flags |= UPGRADE;
      break;
    case 10:
      if (matches(bytes, name, "connection")) noticeConnection(head, bytes, start, end);
      break;
    case 14:
      return !matches(bytes, name, "content-length") || noticeLength(head, bytes, start, end);
    default:
      return !matches(bytes, name, "transfer-encoding") || noticeTransfer(head, bytes, start, end);
  }
  return true;
}

/** What stands in a field, refused with 400. */
function bad(head: MessageHead, reason: string): false {
  refuse(head, 400, reason);
  return false;
}

function noticeHost(head: MessageHead, bytes: Uint8Array, start: number, end: number): boolean {
  if (head.hasHost) return bad(head, "there is more than one Host");
  head.hasHost = true;
  head.flags |= FRAMING;
  // The authority of an absolute-form target stands above Host (RFC 9112 section 3.2.2).
  if (head.hostEnd === 0) {
    head.hostStart = start;
    head.hostEnd = end;
  }
  return isAuthority(bytes, start, end) || bad(head, "Host is empty or is no host with an optional port");
}

/** Whether a range is `host [":" port]` with a host that is not empty, and without user information (RFC 9110 sections 4.2.1 and 7.2). */
export function isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  if (bytes[at] === 0x5b && at < end) {
    at++;
    while (at < end && BRACKETED[bytes[at]!] === 1) at++;
    if (at === end || at === start + 1 || bytes[at] !== 0x5d) return false;
    at++;
  } else while (at < end && HOST[bytes[at]!] === 1) at++;
  if (at === start) return false;
  if (at === end) return true;
  return bytes[at] === COLON && isPort(bytes, at + 1, end);
}

/** Whether a range is a port of at most five digits; RFC 3986 allows an empty one. */
function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 5) return false;
  let port = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65_535;
}

function noticeExpect(head: MessageHead, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 12 && matches(bytes, start, "100-continue")) {
    head.flags |= EXPECT_CONTINUE;
    return true;
  }
  refuse(head, 417, "Expect asks for something else than 100-continue");
  return false;
}

/** Looks for close, keep-alive and upgrade in a list of tokens. */
function noticeConnection(head: MessageHead, bytes: Uint8Array, start: number, end: number): void {
  let at = start;
  while (at < end) {
    while (at < end && TOKEN[bytes[at]!] === 0) at++;
    const from = at;
    while (at < end && TOKEN[bytes[at]!] === 1) at++;
    const length = at - from;
    if (length === 5 && matches(bytes, from, "close")) head.flags |= CLOSE;
    else if (length === 10 && matches(bytes, from, "keep-alive")) head.flags |= KEEP_ALIVE;
    else if (length === 7 && matches(bytes, from, "upgrade")) head.flags |= CONNECTION_UPGRADE;
  }
}

function noticeLength(head: MessageHead, bytes: Uint8Array, start: number, end: number): boolean {
  if (head.contentLength >= 0) return bad(head, "there is more than one Content-Length");
  head.flags |= FRAMING;
  if (start === end) return bad(head, "Content-Length is empty");
  let length = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return bad(head, "Content-Length is not a number");
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return bad(head, "Content-Length is too large");
  }
  head.contentLength = length;
  return true;
}

/** Only `chunked`, once, is taken: any other list leaves the framing in doubt or names a coding that is not there (RFC 9112 section 6.1). */
function noticeTransfer(head: MessageHead, bytes: Uint8Array, start: number, end: number): boolean {
  if ((head.flags & CHUNKED) !== 0) return bad(head, "there is more than one Transfer-Encoding");
  head.flags |= FRAMING;
  const last = end - 7;
  if (last < start || !matches(bytes, last, "chunked")) return bad(head, "the last transfer coding is not chunked");
  if (last === start) {
    head.flags |= CHUNKED;
    return true;
  }
  if (TOKEN[bytes[last - 1]!] === 1) return bad(head, "the last transfer coding is not chunked");
  refuse(head, 501, "a transfer coding besides chunked is not supported");
  return false;
}
