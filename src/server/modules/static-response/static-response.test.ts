import { describe, expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import { contentTypeOf } from "./content-type.ts";
import type { StaticResponseConfig } from "./static-response.ts";

const TEXT = "Content-Type: text/plain; charset=utf-8\r\n";

async function answer(
  config: StaticResponseConfig,
  request = "GET /",
  before: readonly object[] = [],
): Promise<string> {
  const app = await HttpAppUnderTest.serve([
    { handle: [...before, { handler: "static_response", ...config }, { handler: "static_response", body: "behind" }] },
  ]);
  try {
    return await app.ask(request);
  } finally {
    await app.stop();
  }
}

async function refusal(config: object): Promise<string> {
  return failureOf(
    HttpAppUnderTest.provision({
      servers: { s: { listen: [":80"], routes: [{ handle: [{ handler: "static_response", ...config }] }] } },
    }),
  );
}

describe("static_response", () => {
  test("answers 200 with nothing when nothing is said", async () => {
    expect(await answer({})).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  test.each([
    [{ status_code: 404, body: "x" }, `HTTP/1.1 404 Not Found\r\n${TEXT}Content-Length: 1\r\n\r\nx`],
    [{ status_code: "404", body: "x" }, `HTTP/1.1 404 Not Found\r\n${TEXT}Content-Length: 1\r\n\r\nx`],
    [{ status_code: 999 }, "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n"],
    [{ status_code: 204, body: "x" }, `HTTP/1.1 204 No Content\r\n${TEXT}\r\n`],
    [{ body: '{"a":1}' }, 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'],
    [
      { body: "x", headers: { "content-type": ["text/html"], "X-A": ["1", "2"] } },
      "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 1\r\n\r\nx",
    ],
    [{ body: "ü", headers: { "X-A": ["ü"] } }, `HTTP/1.1 200 OK\r\nX-A: Ã¼\r\n${TEXT}Content-Length: 2\r\n\r\nÃ¼`],
    [
      { headers: { "Content-Length": ["7"], "Transfer-Encoding": ["chunked"] }, body: "x" },
      `HTTP/1.1 200 OK\r\n${TEXT}Content-Length: 1\r\n\r\nx`,
    ],
  ] as const)("%j", async (config, expected) => {
    expect(await answer(config as unknown as StaticResponseConfig)).toBe(expected);
  });

  test("fills in placeholders, and leaves unknown ones in body and values as they stand", async () => {
    const config = {
      status_code: "{http.request.uri.query.s}",
      headers: { "X-{http.request.method}": ["{http.request.uri.path}{nope.x}"] },
      body: "{http.request.method} {nope.x} {",
    };
    expect(await answer(config, "PUT /p?s=0418")).toBe(
      `HTTP/1.1 418 I'm a teapot\r\nX-PUT: /p{nope.x}\r\n${TEXT}Content-Length: 14\r\n\r\nPUT {nope.x} {`,
    );
  });

  test("what a client brings in makes no field lines, and no field without a name", async () => {
    const config = { headers: { "X-A": ["{http.request.uri.query.v}"], "{http.request.uri.query.n}": ["1"] } };
    expect(await answer(config, "GET /?v=1%0d%0aX-Evil:%201&n=bad%20name")).toBe(
      "HTTP/1.1 200 OK\r\nX-A: 1  X-Evil: 1\r\nContent-Length: 0\r\n\r\n",
    );
  });

  test.each(["", "x", "99", "1000", "-1", "101", "2.5"])(
    "a placeholder that makes the status %j is a 500",
    async (status) => {
      const answered = await answer({ status_code: "{http.request.uri.query.s}" }, `GET /?s=${status}`);
      expect(answered).toBe("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
    },
  );

  test("its fields stand for those that were set before it", async () => {
    const before = {
      handler: "headers",
      response: { set: { "X-A": ["old"], "Content-Type": ["text/css"], "X-B": ["b"] } },
    };
    expect(await answer({ headers: { "x-a": ["new"] }, body: "x" }, "GET /", [before])).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nX-B: b\r\nx-a: new\r\nContent-Length: 1\r\n\r\nx",
    );
  });

  test("Server can be its own", async () => {
    const app = await HttpAppUnderTest.serve(
      [{ handle: [{ handler: "static_response", headers: { Server: ["mine"] } }] }],
      {
        server: { logs: {} },
      },
    );
    await app.ask("GET /");
    expect(app.logged.at(-1)?.["resp_headers"]).toMatchObject({ Server: ["mine"] });
    await app.stop();
  });

  test("a HEAD gets the head alone", async () => {
    expect(await answer({ body: "hello" }, "HEAD /")).toBe(`HTTP/1.1 200 OK\r\n${TEXT}Content-Length: 5\r\n\r\n`);
  });

  test("close ends the connection, abort drops it without a word", async () => {
    const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    // Without close the test would wait for ever: the connection stays open.
    expect(await answer({ close: true, body: "x" }, request)).toBe(
      `HTTP/1.1 200 OK\r\n${TEXT}Content-Length: 1\r\n\r\nx`,
    );
    expect(await answer({ abort: true, body: "x" }, request)).toBe("");
  });

  test("103 goes ahead of what the handlers behind answer", async () => {
    const hints = await answer({ status_code: 103, headers: { Link: ["</a.css>; rel=preload"] } });
    const link = "Link: </a.css>; rel=preload\r\n";
    expect(hints).toBe(
      `HTTP/1.1 103 Early Hints\r\n${link}\r\nHTTP/1.1 200 OK\r\n${link}${TEXT}Content-Length: 6\r\n\r\nbehind`,
    );
  });

  test("another interim status goes ahead of its own answer", async () => {
    expect(await answer({ status_code: 102, body: "x" })).toBe(
      `HTTP/1.1 102 Processing\r\n${TEXT}\r\nHTTP/1.1 200 OK\r\n${TEXT}Content-Length: 1\r\n\r\nx`,
    );
  });

  test("in error routes its status is the error's unless it has its own", async () => {
    const routes = [{ handle: [{ handler: "error", status_code: 403 }] }];
    for (const [config, status] of [
      [{}, "403 Forbidden"],
      [{ status_code: 200 }, "200 OK"],
    ] as const) {
      const app = await HttpAppUnderTest.serve(routes, {
        errors: [{ handle: [{ handler: "static_response", body: "x", ...config }] }],
      });
      expect(await app.ask("GET /")).toBe(`HTTP/1.1 ${status}\r\n${TEXT}Content-Length: 1\r\n\r\nx`);
      await app.stop();
    }
  });

  test.each([
    [{ status_code: 99 }, 'status_code: "99" is no status to answer with'],
    [{ status_code: 101 }, 'status_code: "101" is no status to answer with'],
    [{ status_code: 200.5 }, 'status_code: "200.5" is no status to answer with'],
    [{ status_code: "ok" }, 'status_code: "ok" is no status to answer with'],
    [{ status_code: true }, "status_code: must be a number or a string, not true"],
    [{ headers: { "bad name": ["x"] } }, 'headers["bad name"]: "bad name" is no field name'],
    [{ headers: { A: "x" } }, "headers.A: must be an array, not a string"],
    [{ bodi: "x" }, 'bodi: unknown key; did you mean "body"?'],
  ])("refuses %j", async (config, reason) => {
    expect(await refusal(config)).toContain(`apps.http.servers.s.routes[0].handle[0].${reason}`);
  });
});

test.each([
  ["", "text/plain; charset=utf-8"],
  ["{}", "text/plain; charset=utf-8"],
  ["[]", "text/plain; charset=utf-8"],
  ["[1]", "application/json"],
  [' {"a": 1}\n', "application/json"],
  ["{a}", "text/plain; charset=utf-8"],
  ["[1}", "text/plain; charset=utf-8"],
  ["123", "text/plain; charset=utf-8"],
  ["<p>", "text/plain; charset=utf-8"],
] as const)("the body %j is %s", (body, type) => {
  expect(contentTypeOf(body)).toBe(type);
});
