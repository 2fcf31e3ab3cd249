import { describe, expect, test } from "bun:test";
import { HttpAppUnderTest } from "../../../test/server/http-app-under-test.ts";
import { SimulatedClock } from "../../clock/index.ts";
import type { Exchange } from "../../http/message/index.ts";
import { compileTemplate } from "./placeholders.ts";

/** The body that `text` gives for a request, with handlers before it. */
async function shown(text: string, request = "GET /", before: readonly object[] = []): Promise<string> {
  const app = await HttpAppUnderTest.serve([{ handle: [...before, { handler: "static_response", body: text }] }]);
  try {
    return await app.body(request);
  } finally {
    await app.stop();
  }
}

const REQUEST =
  "GET /a//b%2Fc/d.tar.gz?q=1&q=%202&e&bad=%zz&semi=1;2 HTTP/1.1\r\nHost: www.example.com:81\r\nX-M: 1\r\nx-m: 2\r\n" +
  'Cookie: one=1; two="2=2"\r\nConnection: close\r\n\r\n';

/** What they are for Caddy 2.11, but where a comment says otherwise. */
const VALUES: readonly (readonly [name: string, value: string])[] = [
  ["http.request.method", "GET"],
  ["http.request.proto", "HTTP/1.1"],
  ["http.request.proto_name", "HTTP/1.1"],
  ["http.request.scheme", "http"],
  ["http.request.host", "www.example.com"],
  ["http.request.hostport", "www.example.com:81"],
  ["http.request.port", "81"],
  ["http.request.host.labels.0", "com"],
  ["http.request.host.labels.2", "www"],
  ["http.request.host.labels.3", ""],
  ["http.request.uri.path", "/a//b/c/d.tar.gz"],
  ["http.request.uri.path.0", "a"],
  ["http.request.uri.path.1", ""],
  ["http.request.uri.path.9", ""],
  ["http.request.uri.path.dir", "/a//b/c/"],
  ["http.request.uri.path.file", "d.tar.gz"],
  ["http.request.uri.path.file.base", "d.tar"],
  ["http.request.uri.path.file.ext", ".gz"],
  ["http.request.uri.path_escaped", "%2Fa%2F%2Fb%2Fc%2Fd.tar.gz"],
  ["http.request.uri.query", "q=1&q=%202&e&bad=%zz&semi=1;2"],
  ["http.request.uri.prefixed_query", "?q=1&q=%202&e&bad=%zz&semi=1;2"],
  ["http.request.uri.query.q", "1, 2"],
  ["http.request.uri.query.e", ""],
  ["http.request.uri.query.bad", ""],
  ["http.request.uri.query.semi", ""],
  ["http.request.header.X-M", "1,2"],
  ["http.request.header.None", ""],
  ["http.request.header.hOST", ""],
  ["http.request.cookie.one", "1"],
  ["http.request.cookie.two", "2=2"],
  ["http.request.cookie.three", ""],
  ["http.request.orig_method", "GET"],
  ["http.request.orig_uri.path", "/a//b/c/d.tar.gz"],
  ["http.request.orig_uri.path.0", "a"],
  ["http.request.orig_uri.path.file", "d.tar.gz"],
  ["http.request.tls.version", ""],
  ["http.response.header.X", ""],
  ["http.vars.none", ""],
  ["http.shutting_down", "false"],
  ["system.slash", "/"],
  ["env.NETWRIGHT_NONE", ""],
  ["http.regexp.1", "{http.regexp.1}"],
  ["http.error.message", "{http.error.message}"],
  ["http.request.uri.path.-1", "{http.request.uri.path.-1}"],
  ["http.request.method.x", "{http.request.method.x}"],
  ["toString", "{toString}"],
];

test.each(VALUES)("{%s} is %p", async (name, value) => {
  expect(await shown(`{${name}}`, REQUEST)).toBe(value);
});

test("orig_uri stays what a rewrite changes", async () => {
  const text = "{http.request.uri} {http.request.orig_uri} {http.request.orig_uri.query}";
  expect(await shown(text, "GET /a?b", [{ handler: "rewrite", uri: "/x?y" }])).toBe("/x?y /a?b b");
});

test("vars show what was set, and text of what is no text", async () => {
  const before = [{ handler: "vars", a: "1", n: 2.5, o: { k: [true] } }];
  expect(await shown("{http.vars.a} {http.vars.n} {http.vars.o}", "GET /", before)).toBe('1 2.5 {"k":[true]}');
});

test("the placeholders of an error", async () => {
  const app = await HttpAppUnderTest.serve([{ handle: [{ handler: "error", error: "boom", status_code: 418 }] }], {
    errors: [
      {
        handle: [
          {
            handler: "static_response",
            body: "{http.error.status_code} {http.error.status_text} {http.error.message} {http.error.id} {http.error.id}",
          },
        ],
      },
    ],
  });
  const body = await app.body("GET /");
  await app.stop();
  expect(body).toMatch(/^418 I'm a teapot boom (\w{9}) \1$/);
});

test("a UUID is the same all through a request", async () => {
  const [one, two] = (await shown("{http.request.uuid} {http.request.uuid}")).split(" ");
  expect(one).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(two).toBe(one);
});

describe("time", () => {
  const at = (name: string, clock: SimulatedClock, startedAt = 0): string =>
    compileTemplate(`{${name}}`, clock).evaluate({ startedAt } as Exchange);
  const unixMs = Date.UTC(2026, 0, 2, 3, 4, 5, 60);
  const fixed = Object.assign(new SimulatedClock(), { now: () => 100.25, wallNow: () => unixMs });

  test.each([
    ["time.now", "2026-01-02 03:04:05.06 +0000 UTC"],
    ["time.now.http", "Fri, 02 Jan 2026 03:04:05 GMT"],
    ["time.now.common_log", "02/Jan/2026:03:04:05 +0000"],
    ["time.now.unix", "1767323045"],
    ["time.now.unix_ms", "1767323045060"],
    ["time.now.year", "2026"],
  ])("{%s} is read from the clock", (name, value) => {
    expect(at(name, fixed)).toBe(value);
  });

  test.each([
    [100.25, "0s", "0"],
    [100.2495, "500ns", "0.0005"],
    [100.125, "125µs", "0.125"],
    [98, "2.25ms", "2.25"],
    [-1399.75, "1.5s", "1500"],
    [-3_723_399.75, "1h2m3.5s", "3723500"],
  ])("a request begun at %p lasts %s", (startedAt, text, milliseconds) => {
    expect(at("http.request.duration", fixed, startedAt)).toBe(text);
    expect(Number(at("http.request.duration_ms", fixed, startedAt))).toBeCloseTo(Number(milliseconds), 6);
  });
});

describe("compileTemplate", () => {
  const exchange = { method: "GET" } as Exchange;

  test.each([
    ["plain", "plain", "plain"],
    ["", "", ""],
    ["{http.request.method}s", "GETs", "GETs"],
    ["\\{http.request.method\\}", "{http.request.method}", "{http.request.method}"],
    ["{{http.request.method}}", "{GET}", "{GET}"],
    ["{nope} {http.request.method}", " GET", "{nope} GET"],
    ["{open {http.request.method}", "{open GET", "{open GET"],
    ["a } { b \\n", "a } { b \\n", "a } { b \\n"],
    ['{"a":{"b":1}}', '{"a":{"b":1}}', '{"a":{"b":1}}'],
  ])("%j is %j, and %j where what is unknown stays", (source, all, known) => {
    const template = compileTemplate(source);
    expect(template.evaluate(exchange)).toBe(all);
    expect(template.evaluateKnown(exchange)).toBe(known);
  });

  test("knows what never changes", () => {
    expect(compileTemplate("\\{a\\}").constant).toBe("{a}");
    expect(compileTemplate("{nope}").constant).toBeUndefined();
  });

  test.each(["{http.request.body}", "{http.request.body_base64}", "{file./etc/passwd}"])("refuses %p", (source) => {
    expect(() => compileTemplate(source)).toThrow("not built here yet");
  });
});
