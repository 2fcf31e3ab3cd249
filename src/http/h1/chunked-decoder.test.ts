import { describe, expect, test } from "bun:test";
import { CHUNK_BAD, CHUNK_DATA, CHUNK_END, CHUNK_MORE, ChunkedDecoder } from "./chunked-decoder.ts";

interface Outcome {
  readonly code: number;
  readonly body: string;
  readonly rest: string;
  readonly reason: string;
  readonly trailers: readonly (readonly [string, string])[];
}

/** Decodes a text given in pieces that end at `ends`. */
function through(text: string, ends: readonly number[], trailerBytes: number): Outcome {
  const decoder = new ChunkedDecoder(trailerBytes);
  const bytes = Buffer.from(text, "latin1");
  let at = 0;
  let body = "";
  let code = CHUNK_MORE;
  for (const end of ends) {
    while ((code = decoder.decode(bytes, at, end)) === CHUNK_DATA) {
      expect(decoder.dataEnd).toBeLessThanOrEqual(end);
      body += bytes.toString("latin1", decoder.dataStart, decoder.dataEnd);
      at = decoder.next;
    }
    if (code !== CHUNK_BAD) at = decoder.next;
    if (code !== CHUNK_MORE) break;
  }
  const rest = code === CHUNK_END ? text.slice(at) : "";
  return { code, body, rest, reason: decoder.reason, trailers: [...(decoder.trailers ?? [])] };
}

/** Decodes a text whole, cut in two at every place, and byte by byte: every way must come to the same. */
function decode(text: string, trailerBytes = 8192): Outcome {
  const whole = through(text, [text.length], trailerBytes);
  for (let cut = 0; cut < text.length; cut++) expect(through(text, [cut, text.length], trailerBytes)).toEqual(whole);
  const bytewise = Array.from({ length: text.length }, (_, i) => i + 1);
  expect(through(text, bytewise, trailerBytes)).toEqual(whole);
  return whole;
}

describe("ChunkedDecoder decodes", () => {
  test.each([
    ["0\r\n\r\n", ""],
    ["5\r\nhello\r\n0\r\n\r\n", "hello"],
    ["1\r\na\r\n00B\r\n0123456789\n\r\n0000\r\n\r\n", "a0123456789\n"],
    ["1;a\r\nx\r\n0;b\r\n\r\n", "x"],
    ['1 ; a = b ; c="d;\\"\r\t\x80 e"\r\nx\r\n0\r\n\r\n'.replace("\r\t", "\t"), "x"],
    ["2\r\n\r\n\r\n0\r\n\r\n", "\r\n"],
  ])("%j", (text, body) => {
    expect(decode(`${text}GET / HTTP/1.1\r\n`)).toEqual({
      code: CHUNK_END,
      body,
      rest: "GET / HTTP/1.1\r\n",
      reason: "",
      trailers: [],
    });
  });

  test("trailers, which own their bytes", () => {
    expect(decode("1\r\nx\r\n0\r\nX-A: 1\r\nx-b:  2 \r\n\r\nrest")).toMatchObject({
      code: CHUNK_END,
      rest: "rest",
      trailers: [
        ["X-A", "1"],
        ["x-b", "2"],
      ],
    });
  });

  test("a size up to 2^53, of which it then waits for every byte", () => {
    expect(decode("1fffffffffffff\r\nx")).toMatchObject({ code: CHUNK_MORE, body: "x" });
  });
});

describe("ChunkedDecoder refuses", () => {
  test.each([
    ["\r\n", "no size"],
    ["g\r\n", "no size"],
    ["-1\r\n", "no size"],
    [" 1\r\n", "no size"],
    ["0x1\r\n", "malformed"],
    ["1_0\r\n", "malformed"],
    ["1 \r\n", "malformed"],
    ["1\t\r\n", "malformed"],
    ["1\n", "malformed"],
    ["1\rx", "CR alone"],
    ["20000000000000\r\n", "too large"],
    ["ffffffffffffffffffff\r\n", "too large"],
    ["1;\r\n", "malformed"],
    ["1;=b\r\n", "malformed"],
    ["1;a=\r\n", "malformed"],
    ["1;a b\r\n", "malformed"],
    ["1;a=b c\r\n", "malformed"],
    ["1;a=b=c\r\n", "malformed"],
    ['1;a="b\r\n', "malformed"],
    ['1;a="\\\r\n', "malformed"],
    ['1;a="b"c\r\n', "malformed"],
    ["1;a\0\r\n", "malformed"],
    ["1;a\n", "malformed"],
    ["1;a=b \r\n", "malformed"],
    ["1\r\nxy\r\n", "size says"],
    ["1\r\nx\n", "size says"],
    ["1\r\nx\rx", "with CRLF"],
    ["0\r\nX\r\n\r\n", "colon"],
    ["0\r\nX : y\r\n\r\n", "colon"],
    ["0\r\nX: y\r\n z\r\n\r\n", "folded"],
    ["0\r\nX: y\n\r\n", "bare LF"],
    ["0\r\n\n", "bare LF"],
    ["0\r\nX: y\0\r\n\r\n", "control"],
    ["0\r\nContent-Length: 1\r\n\r\n", "content-length"],
    ["0\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer-encoding"],
    ["0\r\nHost: a\r\n\r\n", "host"],
    ["0\r\nX: y\r\nTrailer: z\r\n\r\n", "trailer"],
    ["0\r\nset-COOKIE: a=b\r\n\r\n", "set-cookie"],
    ["0\r\nExpect: tea\r\n\r\n", "Expect"],
    [`0\r\n${"X: y\r\n".repeat(101)}\r\n`, "100"],
  ])("%j", (text, reason) => {
    expect(decode(text)).toMatchObject({ code: CHUNK_BAD, reason: expect.stringContaining(reason) });
  });

  test("a size line of more than 4,096 bytes", () => {
    expect(through(`1;${"a".repeat(4095)}`, [4097], 10)).toMatchObject({ code: CHUNK_BAD });
    expect(through("0".repeat(4097), [4097], 10)).toMatchObject({ code: CHUNK_BAD });
  });

  test("trailers over the limit, not those that just fit", () => {
    expect(decode("0\r\nX: 1234\r\n\r\n", 11)).toMatchObject({ code: CHUNK_END });
    expect(decode("0\r\nX: 12345\r\n\r\n", 11)).toMatchObject({ code: CHUNK_BAD, reason: "the trailers are too long" });
  });

  test("a body that is mostly framing, not one of one-byte chunks", () => {
    const tiny = "1\r\nx\r\n".repeat(20_000);
    expect(through(tiny, [tiny.length], 10)).toMatchObject({ code: CHUNK_MORE });
    const padded = `1;${"a".repeat(1000)}\r\nx\r\n`.repeat(30);
    expect(through(padded, [padded.length], 10)).toMatchObject({
      code: CHUNK_BAD,
      reason: "the chunks are mostly framing",
    });
  });
});
