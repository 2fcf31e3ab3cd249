import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../message/index.ts";
import { keepsAlive, LENGTH_CHUNKED, LENGTH_UNTIL_CLOSE, responseBodyLength } from "./framing.ts";
import { HEAD_INCOMPLETE, HEAD_REFUSED, MessageHead } from "./message-head.ts";
import { parseResponseHead } from "./response-head.ts";

interface Outcome {
  readonly result: number;
  readonly status: number;
  readonly reason: string;
  readonly minor: number;
  readonly length: number;
  readonly count: number;
  readonly keepsAlive: boolean;
}

/** Parses a text whole, cut in two at every place, and byte by byte: every way must come to the same. */
function parse(text: string, method = "GET"): Outcome {
  const bytes = Buffer.from(text, "latin1");
  const head = new MessageHead(4);
  const through = (...ends: readonly number[]): Outcome => {
    head.reset();
    let result = HEAD_INCOMPLETE;
    for (const end of ends) {
      result = parseResponseHead(head, bytes, 0, end, DEFAULT_LIMITS);
      if (result !== HEAD_INCOMPLETE) break;
    }
    const reason = result < 0 ? head.reason : bytes.toString("latin1", head.reasonStart, head.reasonEnd);
    const { status, minor } = head;
    // How many fields stood before the fault is nobody's business.
    const count = result < 0 ? 0 : head.count;
    const length = result < 0 ? 0 : responseBodyLength(head, method);
    return { result, status, reason, minor, length, count, keepsAlive: keepsAlive(head) };
  };
  const whole = through(bytes.length);
  for (let cut = 0; cut < bytes.length; cut++) expect(through(cut, bytes.length)).toEqual(whole);
  expect(through(...Array.from({ length: text.length }, (_, i) => i + 1))).toEqual(whole);
  return whole;
}

describe("parseResponseHead takes", () => {
  test.each<readonly [string, string, Partial<Outcome>]>([
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "GET", { status: 200, reason: "OK", length: 5, keepsAlive: true }],
    ["HTTP/1.1 200\r\n", "GET", { reason: "", length: LENGTH_UNTIL_CLOSE }],
    ["HTTP/1.1 200 \r\n", "GET", { reason: "" }],
    ["HTTP/1.1 299 a\tb \xe9\r\n", "GET", { status: 299, reason: "a\tb \xe9" }],
    ["HTTP/1.0 404 Not Found\r\n", "GET", { status: 404, minor: 0, keepsAlive: false }],
    ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n", "GET", { length: 0, keepsAlive: true }],
    ["HTTP/1.1 200 OK\r\nConnection: close\r\n", "GET", { keepsAlive: false }],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "GET", { length: LENGTH_CHUNKED }],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "HEAD", { length: 0 }],
    ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n", "GET", { length: 0 }],
    ["HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n", "GET", { length: 0 }],
    ["HTTP/1.1 103 Early Hints\r\n", "GET", { status: 103, length: 0 }],
    ["HTTP/1.1 200 OK\r\n", "CONNECT", { length: 0 }],
    ["HTTP/1.1 407 No\r\nContent-Length: 2\r\n", "CONNECT", { length: 2 }],
    ["HTTP/1.1 999 Odd\r\nX:\r\n", "GET", { status: 999, count: 1 }],
  ])("%j to %s", (head, method, expected) => {
    expect(parse(`${head}\r\nbehind`, method)).toMatchObject({ result: head.length + 2, ...expected });
  });
});

describe("parseResponseHead refuses", () => {
  test.each([
    "HTTP/2 200 OK\r\n",
    "HTTP/1.2 200 OK\r\n",
    "HTTP/1.1  200 OK\r\n",
    "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 099 OK\r\n",
    "HTTP/1.1 2000 OK\r\n",
    "HTTP/1.1 2x0 OK\r\n",
    "HTTP/1.1 200OK\r\n",
    "HTTP/1.1\t200 OK\r\n",
    "HTTP/1.1 200 O\0K\r\n",
    "HTTP/1.1 200 O\rK\r\n",
    "HTTP/1.1 200 OK\n",
    "http/1.1 200 OK\r\n",
    "\r\nHTTP/1.1 200 OK\r\n",
    "ICY 200 OK\r\n",
    "<html>\r\n",
    "HTTP/1.1 200 OK\r\nX : y\r\n",
    "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n",
    "HTTP/1.1 200 OK\r\nX: y\nY: z\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n",
    `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(101)}`,
  ])("%j with 502", (head) => {
    expect(parse(`${head}\r\n`)).toMatchObject({ result: HEAD_REFUSED, status: 502 });
  });

  test.each([
    ["reason", "HTTP/1.1 200 "],
    ["field", "HTTP/1.1 200 OK\r\nX: "],
  ])("a head that is too long because of its %s with 502", (_name, start) => {
    const head = new MessageHead();
    const bytes = Buffer.from(start + "x".repeat(DEFAULT_LIMITS.headerBytes), "latin1");
    const last = DEFAULT_LIMITS.headerBytes - 1;
    expect(parseResponseHead(head, bytes, 0, last, DEFAULT_LIMITS)).toBe(HEAD_INCOMPLETE);
    expect(parseResponseHead(head, bytes, 0, bytes.length, DEFAULT_LIMITS)).toBe(HEAD_REFUSED);
    expect(head.status).toBe(502);
  });
});
