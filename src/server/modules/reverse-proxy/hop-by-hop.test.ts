import { describe, expect, test } from "bun:test";
import { Fields } from "../../../http/message/index.ts";
import { addForwarded, extendForwarded } from "./forwarded.ts";
import { stripRequest, stripResponse, stripTrailers } from "./hop-by-hop.ts";

/** Fields as a parser would hand them over. */
function parsedFields(...entries: readonly (readonly [string, string])[]): Fields {
  const offsets = new Uint32Array(entries.length * 4);
  let text = "";
  for (const [i, [name, value]] of entries.entries()) {
    const at = text.length;
    text += `${name}: ${value}\r\n`;
    offsets.set([at, at + name.length, at + name.length + 2, text.length - 2], i * 4);
  }
  const fields = new Fields();
  fields.adopt(Buffer.from(text, "latin1"), offsets, entries.length);
  return fields;
}

const HOPS = [
  ["Connection", "close, X-Private, x-forwarded-for"],
  ["Keep-Alive", "timeout=5"],
  ["Proxy-Connection", "keep-alive"],
  ["Proxy-Authenticate", "Basic"],
  ["proxy-authorization", "Basic eA=="],
  ["Transfer-Encoding", "chunked"],
  ["Content-Length", "5"],
  ["Upgrade", "h2c"],
  ["Alt-Svc", 'h3=":443"'],
  ["X-Private", "1"],
] as const;

describe.each([
  ["parsed", parsedFields],
  ["added", (...entries: readonly (readonly [string, string])[]) => Fields.from(entries)],
])("stripRequest over %s fields", (_, make) => {
  test("takes out hop-by-hop fields and those that Connection names", () => {
    const fields = make(["Host", "a"], ["A", "1"], ...HOPS, ["Expect", "100-continue"], ["Trailer", "X"], ["b", "2"]);
    expect(stripRequest(fields, false, false)).toBeUndefined();
    expect([...fields]).toEqual([
      ["A", "1"],
      ["b", "2"],
    ]);
  });

  test("takes out the client's X-Forwarded-* and what backends read as such", () => {
    const fields = make(
      ["x-forwarded-for", "6.6.6.6"],
      ["X_Forwarded_For", "6.6.6.6"],
      ["X.Forwarded.Proto", "https"],
      ["X-Forwarded_Host", "evil"],
      ["X-Forwarded-Port", "1"],
    );
    stripRequest(fields, false, false);
    expect([...fields]).toEqual([["X-Forwarded-Port", "1"]]);
  });

  test("leaves a trusted proxy's X-Forwarded-*, but none of their aliases", () => {
    const fields = make(["X-Forwarded-For", "1.2.3.4"], ["x_forwarded_for", "6.6.6.6"]);
    stripRequest(fields, true, false);
    expect([...fields]).toEqual([["X-Forwarded-For", "1.2.3.4"]]);
  });

  test("a name in Connection is removed before the proxy's own are added", () => {
    const fields = make(["Connection", "X-Forwarded-For"], ["X-Forwarded-For", "1.2.3.4"]);
    stripRequest(fields, true, false);
    extendForwarded(fields, "9.9.9.9", "http", "h");
    expect(fields.get("x-forwarded-for")).toBe("9.9.9.9");
  });

  test("keeps TE: trailers and a chunked body's Trailer", () => {
    const fields = make(["TE", "gzip, Trailers"], ["Connection", "TE"], ["Trailer", "X-Sum"]);
    stripRequest(fields, false, true);
    expect([...fields]).toEqual([
      ["Trailer", "X-Sum"],
      ["TE", "trailers"],
    ]);
  });

  test("an upgrade counts only when Connection names it", () => {
    expect(stripRequest(make(["Connection", "keep-alive, Upgrade"], ["Upgrade", "WebSocket"]), false, false)).toBe(
      "websocket",
    );
    expect(stripRequest(make(["Connection", "close"], ["Upgrade", "websocket"]), false, false)).toBeUndefined();
    expect(stripRequest(make(["Connection", "upgrade"]), false, false)).toBeUndefined();
  });

  test("several Connection fields count as one list", () => {
    const fields = make(
      ["Connection", "X-A"],
      ["X-A", "1"],
      ["connection", "upgrade , x-b"],
      ["X-B", "2"],
      ["upgrade", "x"],
    );
    expect(stripRequest(fields, false, false)).toBe("x");
    expect(fields.size).toBe(0);
  });
});

test("stripResponse takes out hop-by-hop fields and those that Connection names", () => {
  const fields = parsedFields(["Server", "up"], ...HOPS, ["TE", "trailers"], ["Trailer", "X"], ["Date", "today"]);
  stripResponse(fields, false);
  expect([...fields]).toEqual([
    ["Server", "up"],
    ["Date", "today"],
  ]);
});

test("stripResponse keeps Trailer when trailers may follow", () => {
  const fields = parsedFields(["Trailer", "X"]);
  stripResponse(fields, true);
  expect(fields.get("trailer")).toBe("X");
});

test("stripTrailers takes out framing, routing, credentials and identity", () => {
  const fields = parsedFields(
    ["Content-Length", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Host", "evil"],
    ["Set-Cookie", "a=b"],
    ["Authorization", "x"],
    ["X_Forwarded-For", "1"],
    ["Grpc-Status", "0"],
  );
  stripTrailers(fields);
  expect([...fields]).toEqual([["Grpc-Status", "0"]]);
});

test("addForwarded tells who asked, for what; a Unix socket has no address", () => {
  const fields = new Fields();
  addForwarded(fields, "", "https", "example.com:8443");
  expect([...fields]).toEqual([
    ["X-Forwarded-Proto", "https"],
    ["X-Forwarded-Host", "example.com:8443"],
  ]);
});

test("extendForwarded carries a trusted chain on", () => {
  const fields = parsedFields(
    ["X-Forwarded-For", "1.1.1.1"],
    ["X-Forwarded-Proto", "ftp"],
    ["x-forwarded-for", "2.2.2.2"],
    ["X-Forwarded-Proto", "https"],
    ["X-Forwarded-Host", ""],
  );
  extendForwarded(fields, "3.3.3.3", "http", "own");
  expect([...fields]).toEqual([
    ["X-Forwarded-For", "1.1.1.1, 2.2.2.2, 3.3.3.3"],
    ["X-Forwarded-Proto", "https"],
    ["X-Forwarded-Host", "own"],
  ]);
});
