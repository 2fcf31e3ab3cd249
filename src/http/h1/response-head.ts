import { FIELD_VALUE } from "../message/index.ts";
import { CR, LF, SP } from "./byte-tables.ts";
import { parseFieldLines } from "./field-lines.ts";
import { CHUNKED, HEAD_INCOMPLETE, type HeadLimits, type MessageHead, refuse } from "./message-head.ts";

/**
 * Parses the head of a response, as `parseRequestHead` does with a request. `head.status` is the status when an offset is returned, and
 * 502 with a reason when it is HEAD_REFUSED: nothing that an upstream answers is worth guessing at.
 */
export function parseResponseHead(
  head: MessageHead,
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: HeadLimits,
): number {
  let at = head.next;
  if (!head.begun) {
    head.start = start;
    at = parseStatusLine(head, bytes, start, Math.min(end, start + limits.headerBytes));
    if (at === HEAD_INCOMPLETE && end - start >= limits.headerBytes)
      return refuse(head, 502, `the header is longer than ${limits.headerBytes} bytes`);
    if (at < 0) return at;
    head.begun = true;
  }
  const { status } = head;
  at = parseFieldLines(head, bytes, at, end, limits);
  if (at >= 0) return checkResponse(head, at);
  head.status = at === HEAD_INCOMPLETE ? status : 502;
  return at;
}

function checkResponse(head: MessageHead, at: number): number {
  if ((head.flags & CHUNKED) === 0) return at;
  if (head.contentLength >= 0) return refuse(head, 502, "there are both Content-Length and Transfer-Encoding");
  return head.minor === 0 ? refuse(head, 502, "HTTP/1.0 has no Transfer-Encoding") : at;
}

const VERSION = "HTTP/1.";
const MALFORMED = "the answer's status line is malformed";

/** `HTTP/1.1 200 OK` and CRLF; the reason may be missing, its space too (RFC 9112 section 4). */
function parseStatusLine(head: MessageHead, bytes: Uint8Array, at: number, stop: number): number {
  for (let i = 0; i < VERSION.length; i++) {
    if (at + i === stop) return HEAD_INCOMPLETE;
    if (bytes[at + i] !== VERSION.charCodeAt(i)) return refuse(head, 502, "the answer does not begin with HTTP/1.x");
  }
  if (at + 13 > stop) return endsEarly(bytes, at, stop) ? refuse(head, 502, MALFORMED) : HEAD_INCOMPLETE;
  const minor = bytes[at + 7]! - 0x30;
  if (minor !== 0 && minor !== 1) return refuse(head, 502, "the answer is neither HTTP/1.0 nor HTTP/1.1");
  const status = statusAt(bytes, at + 9);
  const after = bytes[at + 12];
  if (bytes[at + 8] !== SP || status < 100 || (after !== SP && after !== CR)) return refuse(head, 502, MALFORMED);
  head.minor = minor;
  head.status = status;
  at += after === SP ? 13 : 12;
  head.reasonStart = at;
  while (at < stop && FIELD_VALUE[bytes[at]!] === 1) at++;
  head.reasonEnd = at;
  if (at + 1 >= stop) return HEAD_INCOMPLETE;
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return refuse(head, 502, MALFORMED);
  return at + 2;
}

/** Whether the line ends before its status could: nobody need wait for more. */
function endsEarly(bytes: Uint8Array, at: number, stop: number): boolean {
  for (let i = at; i < stop && i < at + 12; i++) if (bytes[i] === CR || bytes[i] === LF) return true;
  return false;
}

/** Three digits as a number; less than 100 when they are none. */
function statusAt(bytes: Uint8Array, at: number): number {
  let status = 0;
  for (let i = at; i < at + 3; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status;
}
