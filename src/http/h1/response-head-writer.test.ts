import { describe, expect, test } from "bun:test";
import { Fields, prepareResponse } from "../message/index.ts";
import { encodedResponse, FramingFields, statusLine, writeContentLength } from "./response-head-writer.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytes = (value: string): Uint8Array => Buffer.from(value, "latin1");

describe("statusLine", () => {
  test.each([
    [200, "HTTP/1.1 200 OK\r\n"],
    [404, "HTTP/1.1 404 Not Found\r\n"],
    [299, "HTTP/1.1 299 \r\n"],
  ])("%d", (status, line) => {
    expect(text(statusLine(status))).toBe(line);
    expect(statusLine(status)).toBe(statusLine(status));
  });
});

test("writeContentLength writes a field line", () => {
  const target = new Uint8Array(40);
  expect(text(target.subarray(0, writeContentLength(target, 0, 1234)))).toBe("Content-Length: 1234\r\n");
});

describe("a prepared response", () => {
  test("is joined with the server's fields, anew only when they are", () => {
    const response = prepareResponse(200, [["X", "y"]], bytes("body"));
    const encoded = encodedResponse(response);
    expect(encodedResponse(response)).toBe(encoded);
    const tail = bytes("Date: 1\r\n\r\n");
    const whole = encoded.joined(tail, response.body);
    expect(text(whole)).toBe("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 4\r\nDate: 1\r\n\r\nbody");
    expect(text(encoded.sentFields)).toBe("X: y\r\nContent-Length: 4\r\nDate: 1\r\n");
    expect(encoded.joined(tail, response.body)).toBe(whole);
    expect(text(encoded.joined(bytes("Date: 22\r\n\r\n"), response.body))).toEndWith("Date: 22\r\n\r\nbody");
    expect(text(encoded.sentFields)).toEndWith("Date: 22\r\n");
  });

  test.each([204, 304])("of status %d has neither length nor body", (status) => {
    const response = prepareResponse(status, [], bytes("body"));
    const whole = encodedResponse(response).joined(bytes("\r\n"), response.body);
    expect(text(whole)).toMatch(/^HTTP\/1\.1 \d+ [A-Za-z ]+\r\n\r\n$/);
  });
});

describe("FramingFields", () => {
  const taken = (pairs: readonly (readonly [string, string])[]): [FramingFields, string[]] => {
    const fields = Fields.from(pairs);
    const framing = new FramingFields();
    framing.takeFrom(fields);
    return [framing, [...fields].map(([name]) => name)];
  };

  test("takes out what is the engine's to write, in any case, however often", () => {
    const [framing, left] = taken([
      ["CONTENT-length", "5"],
      ["X", "y"],
      ["Connection", "keep-alive"],
      ["connection", "x, Close"],
      ["Transfer-Encoding", "chunked"],
      ["transfer-encoding", "gzip"],
      ["Date", "now"],
    ]);
    expect(left).toEqual(["X", "Date"]);
    expect([framing.contentLength, framing.close, framing.date]).toEqual(["5", true, true]);
    framing.reset();
    expect([framing.contentLength, framing.close, framing.date]).toEqual(["", false, false]);
  });

  test.each(["closed", "x-close", "keep-alive", ""])("does not take %j for close", (value) => {
    expect(taken([["Connection", value]])[0].close).toBe(false);
  });
});
