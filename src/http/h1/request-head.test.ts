import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../message/index.ts";
import {
  ABSOLUTE,
  AUTHORITY,
  CHUNKED,
  CLOSE,
  CONNECTION_UPGRADE,
  ESCAPED,
  EXPECT_CONTINUE,
  FRAMING,
  HEAD_INCOMPLETE,
  HEAD_REFUSED,
  type HeadLimits,
  KEEP_ALIVE,
  MessageHead,
  UPGRADE,
} from "./message-head.ts";
import { parseRequestHead } from "./request-head.ts";

/** Bytes in front of the message, so that offsets from 0 would show. */
const BEFORE = 3;

/** What was made of a head, in texts. */
function outcome(head: MessageHead, bytes: Uint8Array, result: number): Record<string, unknown> {
  const part = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString("latin1");
  if (result < 0) return { result, status: head.status, reason: head.reason };
  const fields: [string, string][] = [];
  for (let i = 0; i < head.count * 4; i += 4) {
    const [name, nameEnd, value, valueEnd] = head.offsets.subarray(i, i + 4);
    fields.push([part(name!, nameEnd!), part(value!, valueEnd!)]);
  }
  return {
    result: result - BEFORE,
    method: part(head.methodStart, head.methodEnd),
    target: part(head.targetStart, head.targetEnd),
    path: part(head.pathStart, head.pathEnd),
    query: part(head.queryStart, head.queryEnd),
    host: part(head.hostStart, head.hostEnd),
    minor: head.minor,
    length: head.contentLength,
    flags: head.flags & ~FRAMING,
    fields,
  };
}

/** Parses a text whole, then cut in two at every place, then byte by byte: every way must come to the same. */
function parse(text: string, limits: HeadLimits = DEFAULT_LIMITS): Record<string, unknown> {
  const bytes = Buffer.from(`AAA${text}`, "latin1");
  const head = new MessageHead(4);
  const through = (...ends: readonly number[]): Record<string, unknown> => {
    head.reset();
    let result = HEAD_INCOMPLETE;
    for (const end of ends) {
      result = parseRequestHead(head, bytes, BEFORE, end, limits);
      if (result !== HEAD_INCOMPLETE) break;
    }
    return outcome(head, bytes, result);
  };
  const whole = through(bytes.length);
  for (let cut = BEFORE; cut < bytes.length; cut++) expect(through(cut, bytes.length)).toEqual(whole);
  expect(through(...Array.from({ length: text.length }, (_, i) => BEFORE + i + 1))).toEqual(whole);
  return whole;
}

const H = "Host: a\r\n";

describe("parseRequestHead takes", () => {
  test.each([
    ["GET / HTTP/1.1", { method: "GET", target: "/", path: "/", query: "", host: "a", minor: 1, flags: 0 }],
    ["GET /a/b?c=d&e=%zz HTTP/1.1", { target: "/a/b?c=d&e=%zz", path: "/a/b", query: "c=d&e=%zz", flags: 0 }],
    ["GET /a%20b HTTP/1.1", { path: "/a%20b", flags: ESCAPED }],
    ["GET /? HTTP/1.1", { path: "/", query: "" }],
    ["GET /a??b?c HTTP/1.1", { path: "/a", query: "?b?c" }],
    ["GET //evil/ HTTP/1.1", { path: "//evil/", host: "a" }],
    ['GET /|{}[]^`\\" HTTP/1.1', { path: '/|{}[]^`\\"' }],
    ["GET http://b:8080/x?y HTTP/1.1", { path: "/x", query: "y", host: "b:8080", flags: ABSOLUTE }],
    ["GET HTTPS://b HTTP/1.1", { path: "", query: "", host: "b", flags: ABSOLUTE }],
    ["GET http://b?y HTTP/1.1", { path: "", query: "y", host: "b", flags: ABSOLUTE }],
    ["GET http://[::1%25eth0]:80/ HTTP/1.1", { path: "/", host: "[::1%25eth0]:80", flags: ABSOLUTE }],
    ["CONNECT b:443 HTTP/1.1", { method: "CONNECT", path: "", host: "b:443", flags: AUTHORITY }],
    ["CONNECT [::1]:443 HTTP/1.1", { host: "[::1]:443", flags: AUTHORITY }],
    ["OPTIONS * HTTP/1.1", { path: "*", target: "*" }],
    ["get / HTTP/1.0", { method: "get", minor: 0 }],
    ["!#$%&'*+-.^_`|~09azAZ / HTTP/1.1", { method: "!#$%&'*+-.^_`|~09azAZ" }],
    [`${"M".repeat(32)} / HTTP/1.1`, { method: "M".repeat(32) }],
  ])("%s", (line, expected) => {
    const text = `${line}\r\n${H}\r\n`;
    expect(parse(text)).toMatchObject({ result: text.length, ...expected });
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ["Connection: close", { flags: CLOSE }],
    ["Connection: x,Close ,\tkeep-alive", { flags: CLOSE | KEEP_ALIVE }],
    ["Connection: closed, xclose, close-x", { flags: 0 }],
    ["Connection: a\r\nCONNECTION: Upgrade\r\nUpgrade: websocket", { flags: CONNECTION_UPGRADE | UPGRADE }],
    ["Transfer-Encoding: \t ChunkED \t", { flags: CHUNKED, length: -1 }],
    ["Content-Length: 0", { length: 0 }],
    ["Content-Length: 007", { length: 7 }],
    ["Content-Length: 9007199254740991", { length: Number.MAX_SAFE_INTEGER }],
    ["Expect: 100-Continue", { flags: EXPECT_CONTINUE }],
    [
      "X:",
      {
        fields: [
          ["Host", "a"],
          ["X", ""],
        ],
      },
    ],
    [
      "X:a  b\t",
      {
        fields: [
          ["Host", "a"],
          ["X", "a  b"],
        ],
      },
    ],
    [
      "X: \x80\xff\t!",
      {
        fields: [
          ["Host", "a"],
          ["X", "\x80\xff\t!"],
        ],
      },
    ],
  ])("%j", (line, expected) => {
    const text = `GET / HTTP/1.1\r\n${H}${line}\r\n\r\n`;
    expect(parse(`${text}GET /behind`)).toMatchObject({ result: text.length, ...expected });
  });

  test.each(["\r\n", "\r\n\r\n"])("%j before the request line", (lines) => {
    expect(parse(`${lines}GET / HTTP/1.1\r\n${H}\r\n`)).toMatchObject({ method: "GET", host: "a" });
  });

  test("a Host of every form, and none in HTTP/1.0", () => {
    for (const host of ["a", "A-1.b_c.", "a:80", "a:", "[::1]", "[v1.x]:65535", "127.0.0.1", "%41"])
      expect(parse(`GET / HTTP/1.1\r\nhost:${host}\r\n\r\n`)).toMatchObject({ host });
    expect(parse("GET / HTTP/1.0\r\n\r\n")).toMatchObject({ host: "", minor: 0 });
  });
});

describe("parseRequestHead refuses", () => {
  const refusal = (text: string, limits?: HeadLimits): unknown => parse(text, limits);

  test.each([
    ["", 400, "method"],
    ["\n", 400, "method"],
    [" GET / HTTP/1.1", 400, "method"],
    ["GET\t/ HTTP/1.1", 400, "method"],
    ["G\0T / HTTP/1.1", 400, "method"],
    ["G(T / HTTP/1.1", 400, "method"],
    [`${"M".repeat(33)} / HTTP/1.1`, 501, "method"],
    ["GET  / HTTP/1.1", 400, "target"],
    ["GET a HTTP/1.1", 400, "neither"],
    ["GET ftp://a/ HTTP/1.1", 400, "neither"],
    ["GET http:/a HTTP/1.1", 400, "neither"],
    ["GET http:///a HTTP/1.1", 400, "authority"],
    ["GET http://u@a/ HTTP/1.1", 400, "authority"],
    ["GET http://a:65536/ HTTP/1.1", 400, "authority"],
    ["GET * HTTP/1.1", 400, "OPTIONS"],
    ["options * HTTP/1.1", 400, "OPTIONS"],
    ["OPTIONS *x HTTP/1.1", 400, "target"],
    ["CONNECT a HTTP/1.1", 400, "CONNECT"],
    ["CONNECT a: HTTP/1.1", 400, "CONNECT"],
    ["CONNECT [::1] HTTP/1.1", 400, "CONNECT"],
    ["CONNECT /a:1 HTTP/1.1", 400, "CONNECT"],
    ["GET a:443 HTTP/1.1", 400, "neither"],
    ["GET /a# HTTP/1.1", 400, "percent-encoded"],
    ["GET /a?b# HTTP/1.1", 400, "percent-encoded"],
    ["GET /\x7f HTTP/1.1", 400, "percent-encoded"],
    ["GET /\x80 HTTP/1.1", 400, "percent-encoded"],
    ["GET /\0 HTTP/1.1", 400, "percent-encoded"],
    ["GET /\t HTTP/1.1", 400, "percent-encoded"],
    ["GET /%g0 HTTP/1.1", 400, "escape"],
    ["GET /%4 HTTP/1.1", 400, "escape"],
    ["GET /a%00b HTTP/1.1", 400, "NUL"],
    ["GET http://a/%00 HTTP/1.1", 400, "NUL"],
    ["GET /", 400, "percent-encoded"],
    ["GET / HTTP/1.1 ", 400, "CRLF"],
    ["GET / HTTP/1.1\rX", 400, "CRLF"],
    ["GET / HTTP/1.10", 400, "CRLF"],
    ["GET / http/1.1", 400, "version"],
    ["GET / HTTP/1,1", 400, "version"],
    ["GET / HTTP/1.2", 505, "1.1"],
    ["GET / HTTP/2.0", 505, "1.1"],
    ["PRI * HTTP/2.0", 505, "1.1"],
    ["PRI * HTTP/1.1", 400, "OPTIONS only"],
    ["PRI *  HTTP/2.0", 400, "version"],
    ["OPTIONS * HTTP/2.0", 505, "1.1"],
    ["GET http://a/ HTTP/2.0", 505, "1.1"],
    ["CONNECT a:1 HTTP/3.0", 505, "1.1"],
    ["GET / HTTP/0.9", 505, "1.1"],
  ])("%j with %d", (line, status, reason) => {
    const answer = refusal(`${line}\r\n${H}\r\n`);
    expect(answer).toMatchObject({ result: HEAD_REFUSED, status, reason: expect.stringContaining(reason) });
  });

  test.each([
    ["", "no Host"],
    ["Host: a\r\nhost: a\r\n", "more than one Host"],
    ["Host:\r\n", "Host is empty"],
    ["Host: a b\r\n", "Host"],
    ["Host: a@b\r\n", "Host"],
    ["Host: a/b\r\n", "Host"],
    ["Host: a:b\r\n", "Host"],
    ["Host: a:65536\r\n", "Host"],
    ["Host: a:000001\r\n", "Host"],
    ["Host: ::1\r\n", "Host"],
    ["Host: []\r\n", "Host"],
    ["Host: [::1\r\n", "Host"],
    ["Host: [::1]x\r\n", "Host"],
    [`${H}X : y\r\n`, "colon"],
    [`${H}X\t: y\r\n`, "colon"],
    [`${H} X: y\r\n`, "folded"],
    [`${H}X: y\r\n\tz\r\n`, "folded"],
    [`${H}X\r\n`, "no colon"],
    [`${H}: y\r\n`, "character"],
    [`${H}X\x80: y\r\n`, "character"],
    [`${H}X: a\0b\r\n`, "control"],
    [`${H}X: a\nY: b\r\n`, "bare LF"],
    [`${H}X: a\rY: b\r\n`, "bare CR"],
    [`${H}X: a\r\r\n`, "bare CR"],
    [`${H}X: \x7f\r\n`, "control"],
    [`${H}\rX: y\r\n`, "CR stands"],
    [`${H}Content-Length: 1\r\nContent-Length: 1\r\n`, "more than one Content-Length"],
    [`${H}Content-Length: 1\r\nContent-length: 2\r\n`, "more than one Content-Length"],
    [`${H}Content-Length:\r\n`, "empty"],
    [`${H}Content-Length: 1, 1\r\n`, "not a number"],
    [`${H}Content-Length: +1\r\n`, "not a number"],
    [`${H}Content-Length: 0x1\r\n`, "not a number"],
    [`${H}Content-Length: 1.0\r\n`, "not a number"],
    [`${H}Content-Length: 9007199254740992\r\n`, "too large"],
    [`${H}Content-Length: ${"9".repeat(400)}\r\n`, "too large"],
    [`${H}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n`, "both"],
    [`${H}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n`, "both"],
    [`${H}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`, "more than one"],
    [`${H}Transfer-Encoding:\r\n`, "not chunked"],
    [`${H}Transfer-Encoding: identity\r\n`, "not chunked"],
    [`${H}Transfer-Encoding: xchunked\r\n`, "not chunked"],
    [`${H}Transfer-Encoding: chunked, gzip\r\n`, "not chunked"],
    [`${H}Transfer-Encoding: chunked;q=1\r\n`, "not chunked"],
  ])("fields %j with 400", (lines, reason) => {
    const answer = refusal(`GET / HTTP/1.1\r\n${lines}\r\n`);
    expect(answer).toMatchObject({ result: HEAD_REFUSED, status: 400, reason: expect.stringContaining(reason) });
  });

  test.each([
    ["gzip, chunked in HTTP/1.1", `GET / HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501],
    ["chunked, chunked", `GET / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, chunked\r\n\r\n`, 501],
    ["chunked in HTTP/1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["two Hosts in HTTP/1.0", `GET / HTTP/1.0\r\n${H}${H}\r\n`, 400],
    ["an absolute-form target without Host", "GET http://a/ HTTP/1.1\r\n\r\n", 400],
    ["an absolute-form target with a bad Host", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["another expectation", `GET / HTTP/1.1\r\n${H}Expect: 100-continue, x\r\n\r\n`, 417],
    ["a third empty line", `\r\n\r\n\r\nGET / HTTP/1.1\r\n${H}\r\n`, 400],
    ["CR before the request", `\rGET / HTTP/1.1\r\n${H}\r\n`, 400],
  ])("%s", (_name, text, status) => {
    expect(refusal(text)).toMatchObject({ result: HEAD_REFUSED, status });
  });
});

describe("parseRequestHead holds to its limits", () => {
  const limits = { requestLineBytes: 20, headerBytes: 60, headerFields: 3 };
  const end = `\r\n${H}\r\n`;

  test("for the request line, CRLF not counted", () => {
    const longest = `GET /${"a".repeat(6)} HTTP/1.1`;
    expect(longest.length).toBe(20);
    expect(parse(longest + end, limits)).toMatchObject({ method: "GET" });
    expect(parse(`GET /${"a".repeat(7)} HTTP/1.1${end}`, limits)).toMatchObject({ status: 414 });
    expect(parse(`GET /${"a".repeat(100)}`, limits)).toMatchObject({ status: 414 });
  });

  test("for the whole head, its last CRLF counted", () => {
    const start = `GET / HTTP/1.1\r\n${H}X: `;
    const room = limits.headerBytes - start.length - 4;
    expect(parse(`${start}${"y".repeat(room)}\r\n\r\n`, limits)).toMatchObject({ result: 60 });
    expect(parse(`${start}${"y".repeat(room + 1)}\r\n\r\n`, limits)).toMatchObject({ status: 431 });
    expect(parse(`${start}${"y".repeat(200)}`, limits)).toMatchObject({ status: 431 });
    expect(parse(`GET / HTTP/1.1\r\n${"X".repeat(200)}`, limits)).toMatchObject({ status: 431 });
  });

  test("for the number of fields", () => {
    expect(parse(`GET / HTTP/1.1\r\n${H}${"X: y\r\n".repeat(2)}\r\n`, limits)).toMatchObject({ minor: 1 });
    expect(parse(`GET / HTTP/1.1\r\n${H}${"X: y\r\n".repeat(3)}\r\n`, limits)).toMatchObject({ status: 431 });
  });
});
