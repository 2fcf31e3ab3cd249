import type { ConformanceCase, Status } from "./case.ts";

const H = "Host: a\r\n";
const END = "Connection: close\r\n\r\n";
const BAD: readonly (readonly Status[])[] = [[400]];
const GOOD: readonly (readonly Status[])[] = [["good"]];

/** A request that breaks the rules: 400 and the end of the connection. */
function bad(rule: string, name: string, bytes: string, status: readonly Status[] = [400]): ConformanceCase {
  return { rule, name, bytes, answers: [status], closes: true };
}

/** A request that is fine, and says itself that the connection ends. */
function good(rule: string, name: string, bytes: string): ConformanceCase {
  return { rule, name, bytes, answers: GOOD, closes: true };
}

/** Each of several heads with one field line in it. */
function fields(rule: string, what: string, lines: readonly string[], status?: readonly Status[]): ConformanceCase[] {
  return lines.map((line) =>
    bad(rule, `${what}: ${JSON.stringify(line)}`, `GET / HTTP/1.1\r\n${H}${line}\r\n${END}`, status),
  );
}

function firstLines(
  rule: string,
  what: string,
  lines: readonly string[],
  status?: readonly Status[],
): ConformanceCase[] {
  return lines.map((line) => bad(rule, `${what}: ${JSON.stringify(line)}`, `${line}\r\n${H}${END}`, status));
}

function post(framing: string, body: string): string {
  return `POST / HTTP/1.1\r\n${H}${framing}\r\n${body}`;
}

const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\nConnection: close\r\n", body);

const REQUEST_LINES: readonly ConformanceCase[] = [
  ...firstLines("9112 3", "a malformed request line", [
    "GET  / HTTP/1.1",
    "GET /  HTTP/1.1",
    " GET / HTTP/1.1",
    "GET\t/ HTTP/1.1",
    "GET /\tHTTP/1.1",
    "GET / HTTP/1.1 ",
    "GET / HTTP/1.1\t",
    "GET /",
    "GET",
    "/ HTTP/1.1",
    "GET / HTTP/1.1 extra",
    "G@T / HTTP/1.1",
    "G\0T / HTTP/1.1",
    "GET / http/1.1",
    "GET / HTTP/1,1",
    "GET / HTTP/1",
    "GET / HTTP/11",
    "GET / HTTP/1.10",
    "GET / HTTP/01.1",
    "GET / HTTP/+1.1",
    "GET / HTTP /1.1",
    "GET / HTTP/1. 1",
    "GET / HTTPS/1.1",
    "GET / ICY/1.1",
    "\u00a0GET / HTTP/1.1",
  ]),
  ...firstLines(
    "9112 2.3",
    "another major version",
    ["GET / HTTP/2.0", "GET / HTTP/3.0", "GET / HTTP/0.9", "PRI * HTTP/2.0"],
    [400, 505],
  ),
  {
    rule: "9112 2.3",
    name: "a higher minor version: taken for 1.1, or not supported",
    bytes: `GET / HTTP/1.2\r\n${H}${END}`,
    answers: [["good", 400, 505]],
    closes: true,
  },
  ...firstLines("9112 2.3", "a minor version that is none", ["GET / HTTP/1.a"], [400]),
  ...firstLines("9112 3.2", "a target with what must be escaped", [
    "GET /a b HTTP/1.1",
    "GET /a\x01 HTTP/1.1",
    "GET /a\0 HTTP/1.1",
    "GET /\x7f HTTP/1.1",
    "GET /\xff HTTP/1.1",
    "GET /a?\xe9 HTTP/1.1",
    "GET /a#frag HTTP/1.1",
    "GET /a?b#frag HTTP/1.1",
  ]),
  ...firstLines("9110 4.2", "a malformed escape", [
    "GET /% HTTP/1.1",
    "GET /%2 HTTP/1.1",
    "GET /%zz HTTP/1.1",
    "GET /a%g0 HTTP/1.1",
  ]),
  ...firstLines("null byte", "an escaped NUL", ["GET /a%00.txt HTTP/1.1", "GET http://a/%00 HTTP/1.1"]),
  ...firstLines("9112 3.2", "a target of no form", [
    "GET a HTTP/1.1",
    "GET ../a HTTP/1.1",
    "GET example.com HTTP/1.1",
    "GET ?a HTTP/1.1",
    "GET \\a HTTP/1.1",
    "GET ftp://a/ HTTP/1.1",
    "GET http:/a HTTP/1.1",
    "GET http:///a HTTP/1.1",
    "GET http://user@a/ HTTP/1.1",
    "GET http://user:secret@a/ HTTP/1.1",
    "GET http://a:port/ HTTP/1.1",
    "GET http://a:65536/ HTTP/1.1",
    "GET http://[::1/ HTTP/1.1",
    "GET * HTTP/1.1",
    "POST * HTTP/1.1",
  ]),
  ...firstLines("9112 3.2.3", "an authority where none may stand", ["GET a:443 HTTP/1.1"]),
  ...firstLines("9110 9.3.6", "CONNECT without host and port", [
    "CONNECT / HTTP/1.1",
    "CONNECT a HTTP/1.1",
    "CONNECT a: HTTP/1.1",
    "CONNECT :443 HTTP/1.1",
    "CONNECT http://a:1/ HTTP/1.1",
    "CONNECT u@a:1 HTTP/1.1",
  ]),
  good("9112 3.2.1", "origin-form", `GET /a/b?c=d&e=%20;~!$'()*+,@:[]|{} HTTP/1.1\r\n${H}${END}`),
  good("9112 3.2.2", "absolute-form", `GET http://a/b?c HTTP/1.1\r\n${H}${END}`),
  good("9112 3.2.2", "absolute-form without a path", `GET http://a HTTP/1.1\r\n${H}${END}`),
  good("9112 3.2.2", "absolute-form in capitals", `GET HTTP://A:80/ HTTP/1.1\r\n${H}${END}`),
  good("9112 3.2.2", "absolute-form with another Host, which it overrides", `GET http://b/ HTTP/1.1\r\n${H}${END}`),
  good("9112 3.2.4", "asterisk-form", `OPTIONS * HTTP/1.1\r\n${H}${END}`),
  good("9112 2.2", "an empty line before the request", `\r\nGET / HTTP/1.1\r\n${H}${END}`),
  { ...bad("9112 3", "a method of 100 characters", `${"A".repeat(100)} / HTTP/1.1\r\n${H}${END}`, [400, 501, 405]) },
  {
    ...bad("9112 3", "a request line of 20,000 bytes", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n${H}${END}`, [414, 431]),
  },
];

const LINE_ENDS: readonly ConformanceCase[] = [
  bad("9112 2.2", "a request line that ends with LF alone", `GET / HTTP/1.1\n${H}${END}`),
  bad("9112 2.2", "a field line that ends with LF alone", `GET / HTTP/1.1\r\nHost: a\nX: y\r\n${END}`),
  bad("9112 2.2", "LF alone everywhere", "GET / HTTP/1.1\nHost: a\n\n"),
  bad("9112 2.2", "CR alone behind the request line", `GET / HTTP/1.1\r${H}${END}`),
  bad("9112 2.2", "CR alone in a value", `GET / HTTP/1.1\r\n${H}X: a\rb\r\n${END}`),
  bad("9112 2.2", "CR alone behind a value", `GET / HTTP/1.1\r\n${H}X: a\rY: b\r\n${END}`),
  bad("9112 2.2", "CR CR LF", `GET / HTTP/1.1\r\n${H}X: a\r\r\n${END}`),
  bad("9112 2.2", "LF CR", `GET / HTTP/1.1\r\n${H}X: a\n\rY: b\r\n${END}`),
  bad("9112 2.2", "white space before the first field", `GET / HTTP/1.1\r\n X: y\r\n${H}${END}`),
  bad("9112 2.2", "an empty line that ends with LF alone", `GET / HTTP/1.1\r\n${H}Connection: close\r\n\n`),
  bad("9112 2.2", "a line feed before the request", `\nGET / HTTP/1.1\r\n${H}${END}`),
  bad("9112 2.2", "a CR before the request", `\rGET / HTTP/1.1\r\n${H}${END}`),
];

const FIELDS: readonly ConformanceCase[] = [
  ...fields("9112 5.1", "white space before the colon", [
    "X : y",
    "X\t: y",
    "Content-Length : 0",
    "Transfer-Encoding : chunked",
    "Host : b",
  ]),
  ...fields("9112 5.2", "a folded line", ["X: a\r\n b", "X: a\r\n\tb", "X: a\r\n  ", "X:\r\n y"]),
  ...fields("9110 5.1", "a name that is no token", [
    ": y",
    "X",
    "X Y: z",
    "X(: y",
    "X\0: y",
    "X\x01: y",
    "X\x7f: y",
    "\xe9: y",
    "X\xa0: y",
    "X/Y: z",
    "[X]: y",
    "{X}: y",
    "X@: y",
    "X,Y: z",
    "X;: y",
    '"X": y',
    "X=: y",
    "X?: y",
    "<X>: y",
    "\\X: y",
  ]),
  ...fields("9110 5.5", "a value with a control", [
    "X: \0",
    "X: a\0b",
    "X: \x01",
    "X: a\x08",
    "X: \x0b",
    "X: \x0c",
    "X: \x1f",
    "X: a\x7fb",
  ]),
  good("9110 5.5", "a value with obs-text and tabs", `GET / HTTP/1.1\r\n${H}X:\t a\tb\xe9\xff \t\r\n${END}`),
  good("9110 5.5", "an empty value", `GET / HTTP/1.1\r\n${H}X:\r\nY: \r\n${END}`),
  good("9110 5.1", "a name of every token character", `GET / HTTP/1.1\r\n${H}!#$%&'*+-.^_\`|~09azAZ: y\r\n${END}`),
  good("9112 5.1", "no white space behind the colon", `GET / HTTP/1.1\r\nHost:a\r\nX:y\r\n${END}`),
  bad("9110 5.4", "a head of 40,000 bytes", `GET / HTTP/1.1\r\n${H}X: ${"y".repeat(40_000)}\r\n${END}`, [431, 400]),
  bad("9110 5.4", "a head of 2,000 fields", `GET / HTTP/1.1\r\n${H}${"X: y\r\n".repeat(2000)}${END}`, [431, 400]),
  bad("9110 5.4", "a name of 40,000 bytes", `GET / HTTP/1.1\r\n${H}${"X".repeat(40_000)}: y\r\n${END}`, [431, 400]),
];

const HOSTS: readonly ConformanceCase[] = [
  bad("9112 3.2", "no Host", `GET / HTTP/1.1\r\n${END}`),
  bad("9112 3.2", "two Hosts", `GET / HTTP/1.1\r\n${H}Host: b\r\n${END}`),
  bad("9112 3.2", "the same Host twice", `GET / HTTP/1.1\r\n${H}${H}${END}`),
  bad("9112 3.2", "two Hosts, one in capitals", `GET / HTTP/1.1\r\n${H}HOST: b\r\n${END}`),
  bad("9112 3.2", "an absolute-form target with two Hosts", `GET http://a/ HTTP/1.1\r\n${H}Host: b\r\n${END}`),
  bad("9112 3.2", "an absolute-form target without Host", `GET http://a/ HTTP/1.1\r\n${END}`),
  ...[
    "a b",
    "a,b",
    "a/b",
    "a@b",
    "user:x@a",
    "a?b",
    "a#b",
    "a\\b",
    "<a>",
    '"a"',
    "{a}",
    "a^b",
    "a|b",
    "[::1",
    "::1",
    "a:b",
    "a:1:2",
    "a:65536",
    "a:999999",
    "http://a",
    "a\tb",
    "\xe9",
  ]
    // A comma is a sub-delimiter that RFC 3986 allows in a host.
    .filter((host) => host !== "a,b")
    .map((host) =>
      bad("9110 7.2", `a Host that is none: ${JSON.stringify(host)}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n${END}`),
    ),
  ...[
    "a",
    "a.example",
    "A.EXAMPLE",
    "a:80",
    "127.0.0.1:8080",
    "[::1]",
    "[::1]:80",
    "xn--bcher-kva.example",
    "a_b",
    "a.",
    "%61",
  ].map((host) => good("9110 7.2", `a Host: ${JSON.stringify(host)}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n${END}`)),
  good("9112 3.2", "HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"),
  bad("9112 3.2", "HTTP/1.0 with two Hosts", `GET / HTTP/1.0\r\n${H}Host: b\r\n\r\n`),
];

const LENGTHS: readonly ConformanceCase[] = [
  ...[
    "+5",
    "-5",
    "5 ",
    "5,5",
    "5, 5",
    "5,6",
    "0x5",
    "5.0",
    "5e0",
    "a",
    "",
    " ",
    "５",
    "18446744073709551621",
    "99999999999999999999",
    "9007199254740993",
    "5 5",
    "5;5",
    "_5",
    "5_",
    "'5'",
  ]
    .filter((value) => value !== "5 ")
    .map((value) =>
      bad(
        "9112 6.3",
        `Content-Length ${JSON.stringify(value)}`,
        post(`Content-Length: ${Buffer.from(value).toString("latin1")}\r\nConnection: close\r\n`, "hello"),
      ),
    ),
  bad(
    "9112 6.3",
    "two Content-Lengths that differ",
    post("Content-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n", "hello!"),
  ),
  bad(
    "9112 6.3",
    "the same Content-Length twice",
    post("Content-Length: 5\r\nContent-Length: 5\r\nConnection: close\r\n", "hello"),
  ),
  good("9112 6.2", "a body by length", post("Content-Length: 5\r\nConnection: close\r\n", "hello")),
  good("9112 6.2", "a length with leading zeros", post("Content-Length: 0005\r\nConnection: close\r\n", "hello")),
  good("9112 6.2", "a length of 0", post("Content-Length: 0\r\nConnection: close\r\n", "")),
  good("9112 6.2", "white space around a length", post("Content-Length: \t 5 \r\nConnection: close\r\n", "hello")),
  good("9112 6.3", "no length and no body", post("Connection: close\r\n", "")),
];

const CODINGS: readonly ConformanceCase[] = [
  bad(
    "9112 6.1",
    "Content-Length and Transfer-Encoding",
    post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", "0\r\n\r\n"),
  ),
  bad(
    "9112 6.1",
    "Transfer-Encoding and Content-Length",
    post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n", "0\r\n\r\n"),
  ),
  bad(
    "9112 6.1",
    "Transfer-Encoding in HTTP/1.0",
    `POST / HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  ...[
    "chunked, chunked",
    "chunked, gzip",
    "gzip",
    "identity",
    "xchunked",
    "chunkedx",
    "chunked;",
    "chunked;q=1",
    "chu\x0bnked",
    "\x0bchunked",
    '"chunked"',
    "'chunked'",
    "chunked,",
    ",chunked",
    "",
    "x-chunked",
    "chunk",
    "ｃhunked",
    "chunked\0",
    "compress, chunked",
    "identity, chunked",
    "gzip, chunked",
  ].map((value) =>
    bad(
      "9112 6.1",
      `Transfer-Encoding ${JSON.stringify(value)}`,
      post(`Transfer-Encoding: ${Buffer.from(value).toString("latin1")}\r\nConnection: close\r\n`, "0\r\n\r\n"),
      [400, 501],
    ),
  ),
  bad(
    "9112 6.1",
    "Transfer-Encoding twice",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", "0\r\n\r\n"),
    [400, 501],
  ),
  bad(
    "9112 6.1",
    "Transfer-Encoding twice, identity second",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nConnection: close\r\n", "0\r\n\r\n"),
    [400, 501],
  ),
  bad(
    "9112 6.1",
    "Transfer-Encoding twice, identity first",
    post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", "0\r\n\r\n"),
    [400, 501],
  ),
  good(
    "9112 7",
    "chunked in capitals",
    post("Transfer-Encoding: CHUNKED\r\nConnection: close\r\n", "5\r\nhello\r\n0\r\n\r\n"),
  ),
  good(
    "9112 7",
    "white space around chunked",
    post("Transfer-Encoding: \t chunked \r\nConnection: close\r\n", "0\r\n\r\n"),
  ),
];

/** What is framed wrongly must never be answered as if it were whole; whether the head was answered before, a server may decide. */
const CHUNKS: readonly ConformanceCase[] = [
  ...[
    ["a size that is none", "x\r\nhello\r\n0\r\n\r\n"],
    ["no size", "\r\nhello\r\n0\r\n\r\n"],
    ["a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"],
    ["a size with a plus", "+5\r\nhello\r\n0\r\n\r\n"],
    ["a size with a minus", "-5\r\nhello\r\n0\r\n\r\n"],
    ["a size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n"],
    ["white space before a size", " 5\r\nhello\r\n0\r\n\r\n"],
    ["white space behind a size", "5 \r\nhello\r\n0\r\n\r\n"],
    ["a size of 17 digits that overflows", "10000000000000005\r\nhello\r\n0\r\n\r\n"],
    ["a size of 32 digits", "fffffffffffffffffffffffffffffff5\r\nhello\r\n0\r\n\r\n"],
    ["a size line that ends with LF alone", "5\nhello\r\n0\r\n\r\n"],
    ["a size line that ends with CR alone", "5\rhello\r\n0\r\n\r\n"],
    ["data that ends with LF alone", "5\r\nhello\n0\r\n\r\n"],
    ["data without CRLF behind it", "5\r\nhello0\r\n\r\n"],
    ["data longer than its size", "5\r\nhello!\r\n0\r\n\r\n"],
    ["data shorter than its size", "6\r\nhello\r\n0\r\n\r\n"],
    ["an extension without a name", "5;\r\nhello\r\n0\r\n\r\n"],
    ["an extension with a control", "5;a\x01\r\nhello\r\n0\r\n\r\n"],
    ["an extension with LF alone", "5;a\nhello\r\n0\r\n\r\n"],
    ["an extension with CR alone", "5;a\rb\r\nhello\r\n0\r\n\r\n"],
    ["an extension whose quote is open", '5;a="b\r\nhello\r\n0\r\n\r\n'],
    ["an extension of 20,000 bytes", `5;${"a".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`],
    ["a last chunk that ends with LF alone", "5\r\nhello\r\n0\n\r\n"],
    ["a trailer section that ends with LF alone", "5\r\nhello\r\n0\r\n\n"],
    ["a trailer without a colon", "0\r\nX\r\n\r\n"],
    ["a trailer with white space before its colon", "0\r\nX : y\r\n\r\n"],
    ["a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"],
    ["Content-Length as a trailer", "0\r\nContent-Length: 5\r\n\r\n"],
    ["Transfer-Encoding as a trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["Host as a trailer", "0\r\nHost: b\r\n\r\n"],
    ["trailers of 40,000 bytes", `0\r\nX: ${"y".repeat(40_000)}\r\n\r\n`],
    ["a size of non-ASCII digits", "\xb2\r\nhello\r\n0\r\n\r\n"],
    ["a comma behind a size", "5,\r\nhello\r\n0\r\n\r\n"],
    ["a NUL in a size", "5\0\r\nhello\r\n0\r\n\r\n"],
  ].map(([name, body]) => bad("9112 7.1", name!, chunked(body!))),
  good("9112 7.1", "chunks", chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")),
  good(
    "9112 7.1",
    "sizes in either case with leading zeros",
    chunked("00a\r\n0123456789\r\n0A\r\n0123456789\r\n000\r\n\r\n"),
  ),
  good("9112 7.1.1", "extensions", chunked('5;a;b=c;d="e;\\"f"\r\nhello\r\n0;g\r\n\r\n')),
  good("9112 7.1.2", "trailers", chunked("5\r\nhello\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n")),
];

const CONNECTIONS: readonly ConformanceCase[] = [
  {
    rule: "9112 9.3",
    name: "two requests in turn",
    bytes: `GET / HTTP/1.1\r\n${H}\r\nGET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9112 9.3.2",
    name: "five requests at once",
    bytes: `GET / HTTP/1.1\r\n${H}\r\n`.repeat(4) + `GET / HTTP/1.1\r\n${H}${END}`,
    answers: Array.from({ length: 5 }, () => ["good"] as const),
    closes: true,
  },
  {
    rule: "9112 9.6",
    name: "nothing is read behind close",
    bytes: `GET / HTTP/1.1\r\n${H}${END}GET / HTTP/1.1\r\n${H}${END}`,
    answers: GOOD,
    closes: true,
  },
  {
    rule: "9112 9.3",
    name: "HTTP/1.0 ends by itself",
    bytes: `GET / HTTP/1.0\r\n${H}\r\nGET / HTTP/1.0\r\n${H}\r\n`,
    answers: GOOD,
    closes: true,
  },
  {
    rule: "9112 9.3",
    name: "HTTP/1.0 with keep-alive goes on",
    bytes: `GET / HTTP/1.0\r\n${H}Connection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n${H}\r\n`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9112 9.6",
    name: "close in a list and in capitals",
    bytes: `GET / HTTP/1.1\r\n${H}Connection: x, CLOSE\r\n\r\nGET / HTTP/1.1\r\n${H}${END}`,
    answers: GOOD,
    closes: true,
  },
  {
    rule: "9112 9.3",
    name: "a good request, then a bad one",
    bytes: `GET / HTTP/1.1\r\n${H}\r\nGET / HTTP/1.1\r\n${END}`,
    answers: [["good"], [400]],
    closes: true,
  },
  {
    rule: "9112 9.3",
    name: "a bad request hides the good one behind it",
    bytes: `GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n${H}${END}`,
    answers: BAD,
    closes: true,
  },
  {
    rule: "9112 6.3",
    name: "a body that looks like a request is none",
    bytes: `${post("Content-Length: 33\r\n", `GET /smuggled HTTP/1.1\r\n${H}\r\n`.slice(0, 33).padEnd(33, "x"))}GET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9112 7.1",
    name: "a chunked body, then a request",
    bytes: `${post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")}GET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9112 2.2",
    name: "an empty line between requests",
    bytes: `GET / HTTP/1.1\r\n${H}\r\n\r\nGET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9110 10.1.1",
    name: "an expectation that nobody knows",
    bytes: post("Expect: 200-maybe\r\nContent-Length: 5\r\nConnection: close\r\n", "hello"),
    answers: [[417]],
    closes: true,
  },
  {
    rule: "9110 7.8",
    name: "an upgrade that nobody knows is passed over",
    bytes: `GET / HTTP/1.1\r\n${H}Upgrade: gopher\r\nConnection: upgrade, close\r\n\r\n`,
    answers: GOOD,
    closes: true,
  },
  {
    rule: "9110 9.3.2",
    name: "HEAD has no body, the next answer follows",
    bytes: `HEAD / HTTP/1.1\r\n${H}\r\nGET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
  {
    rule: "9110 9.3.1",
    name: "GET with a body",
    bytes: `GET / HTTP/1.1\r\n${H}Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n${H}${END}`,
    answers: [["good"], ["good"]],
    closes: true,
  },
];

const SMUGGLING: readonly ConformanceCase[] = [
  bad(
    "CL.TE",
    "a length, and chunks that end before it",
    post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"),
  ),
  bad(
    "TE.CL",
    "chunks, and a length that ends before them",
    post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "5c\r\nGPOST / HTTP/1.1\r\n\r\n0\r\n\r\n"),
  ),
  ...[
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding:\x0bchunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding:\n chunked",
    "Transfer-Encoding\n: chunked",
    " Transfer-Encoding: chunked",
    "X: x\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\n x",
    "Transfer_Encoding : chunked",
  ].map((line) =>
    bad("TE.TE", `hidden: ${JSON.stringify(line)}`, post(`Content-Length: 4\r\n${line}\r\n`, "0\r\n\r\nG"), [400, 501]),
  ),
  bad(
    "CL.0",
    "a request line inside a length that is none",
    post("Content-Length: 0, 0\r\n", "GET /x HTTP/1.1\r\nX: "),
  ),
  bad("chunk extensions", "LF in an extension that hides a chunk", chunked("5;\n\r\nhello\r\n0\r\n\r\n")),
  bad("header injection", "CR LF in the target", "GET /a\r\nX: y HTTP/1.1\r\nHost: a\r\n\r\n"),
  bad("null byte", "NUL behind Host", "GET / HTTP/1.1\r\nHost: a\0.b\r\n\r\n"),
  bad("request splitting", "two request lines", `GET / HTTP/1.1\r\nGET / HTTP/1.1\r\n${H}${END}`),
];

/** The corpus: RFC 9112's and 9110's requirements on what comes over the wire, one by one, and the public classes of attack. */
export const CASES: readonly ConformanceCase[] = [
  ...REQUEST_LINES,
  ...LINE_ENDS,
  ...FIELDS,
  ...HOSTS,
  ...LENGTHS,
  ...CODINGS,
  ...CHUNKS,
  ...CONNECTIONS,
  ...SMUGGLING,
];
