import { describe, expect, test } from "bun:test";
import {
  keepsAlive,
  LENGTH_CHUNKED,
  LENGTH_UNTIL_CLOSE,
  mayHaveBody,
  requestBodyLength,
  responseBodyLength,
} from "./framing.ts";
import { CHUNKED, CLOSE, KEEP_ALIVE, MessageHead } from "./message-head.ts";

function headOf(values: Partial<Pick<MessageHead, "flags" | "minor" | "contentLength" | "status">>): MessageHead {
  return Object.assign(new MessageHead(1), values);
}

describe("framing", () => {
  test("a request has the length that it tells, or none", () => {
    expect(requestBodyLength(headOf({}))).toBe(0);
    expect(requestBodyLength(headOf({ contentLength: 7 }))).toBe(7);
    expect(requestBodyLength(headOf({ flags: CHUNKED }))).toBe(LENGTH_CHUNKED);
  });

  test.each([
    ["GET", 200, 5, 0, 5],
    ["GET", 200, -1, CHUNKED, LENGTH_CHUNKED],
    ["GET", 200, -1, 0, LENGTH_UNTIL_CLOSE],
    ["HEAD", 200, 5, 0, 0],
    ["HEAD", 200, -1, CHUNKED, 0],
    ["GET", 100, 5, 0, 0],
    ["GET", 204, -1, CHUNKED, 0],
    ["GET", 304, 5, 0, 0],
    ["CONNECT", 200, 5, 0, 0],
    ["CONNECT", 500, 5, 0, 5],
  ])(
    "the answer to %s with %d, length %d and flags %d has length %d",
    (method, status, contentLength, flags, length) => {
      expect(responseBodyLength(headOf({ status, contentLength, flags }), method)).toBe(length);
    },
  );

  test.each([
    [1, 0, true],
    [1, CLOSE, false],
    [1, CLOSE | KEEP_ALIVE, false],
    [0, 0, false],
    [0, KEEP_ALIVE, true],
    [0, CLOSE | KEEP_ALIVE, false],
  ])("HTTP/1.%d with flags %d lives on: %p", (minor, flags, lives) => {
    expect(keepsAlive(headOf({ minor, flags }))).toBe(lives);
  });

  test("interim answers, 204 and 304 have no body", () => {
    expect([100, 199, 204, 304].some(mayHaveBody)).toBe(false);
    expect([200, 205, 301, 404, 500].every(mayHaveBody)).toBe(true);
  });
});
