import { afterEach, describe, expect, test } from "bun:test";
import * as z from "zod/mini";
import { HandlerError } from "../../../http/message/index.ts";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import type { HandlerInstance } from "../../module/index.ts";

const say = (body: string, more: object = {}): object => ({ handler: "static_response", body, ...more });
const fail = (status: number, error = ""): object => ({ handler: "error", status_code: status, error });
const route = (...handle: object[]): object => ({ handle });

const open: HttpAppUnderTest[] = [];
afterEach(async () => {
  for (const app of open.splice(0)) await app.stop();
});

async function serve(...of: Parameters<typeof HttpAppUnderTest.serve>): Promise<HttpAppUnderTest> {
  const app = await HttpAppUnderTest.serve(...of);
  open.push(app);
  return app;
}

const SERVER = { listen: [":80"], routes: [] };

/** What is warned of for a server. */
async function warnings(server: object, app: object = {}): Promise<readonly string[]> {
  const { test: under } = await HttpAppUnderTest.provision({ ...app, servers: { s: { ...SERVER, ...server } } });
  open.push(under);
  return under.loader.warnings;
}

async function refusal(http: object): Promise<string> {
  return failureOf(HttpAppUnderTest.provision(http));
}

describe("httpApp", () => {
  test("runs routes in order, and answers an empty 200 when none does", async () => {
    const app = await serve([
      route({ handler: "vars", a: "1" }),
      route({ handler: "vars", b: "{http.vars.a}2" }),
      route(say("{http.vars.b}")),
    ]);
    expect(await app.body("GET /")).toBe("12");
    const empty = await serve([]);
    expect(await empty.ask("GET /")).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  test("stops at a terminal route, and takes one route of a group", async () => {
    const vars = (name: string): object => ({ handler: "vars", said: `{http.vars.said}${name}` });
    const app = await serve([
      { group: "g", handle: [vars("a")] },
      { group: "g", handle: [vars("b")] },
      { handle: [vars("c"), say("{http.vars.said}")], terminal: true },
      { handle: [say("never")] },
    ]);
    expect(await app.body("GET /")).toBe("ac");
  });

  test("serves every server at its own addresses", async () => {
    const { test: app } = await HttpAppUnderTest.provision({
      servers: {
        one: { listen: [":81", "127.0.0.1:82-83"], routes: [route(say("one"))] },
        two: { listen: ["unix//run/two.sock"], routes: [route(say("two"))] },
      },
    });
    open.push(app);
    expect([...app.listeners.keys()]).toEqual([]);
    await app.loader.start();
    expect([...app.listeners.keys()]).toEqual([":81", "127.0.0.1:82", "127.0.0.1:83", "unix//run/two.sock"]);
    expect(await app.ask("GET /", "127.0.0.1:83")).toEndWith("\r\n\r\none");
    expect(await app.ask("GET /", "unix//run/two.sock")).toEndWith("\r\n\r\ntwo");
  });

  test("closes its listeners when it stops", async () => {
    const app = await serve([]);
    await app.stop();
    expect([...app.listeners.values()].map((listener) => listener.closed)).toEqual([true]);
  });
});

describe("errors of the http app", () => {
  test("answers the bare status without error routes, and where they do not answer", async () => {
    const bare = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    expect(await (await serve([route(fail(404, "secret"))])).ask("GET /")).toBe(bare);
    expect(await (await serve([route(fail(404))], { errors: [] })).ask("GET /")).toBe(bare);
    const silent = await serve([route(fail(404))], { errors: [route({ handler: "vars", a: 1 })] });
    expect(await silent.ask("GET /")).toBe(bare);
    const terminal = await serve([route(fail(404))], { errors: [{ handle: [], terminal: true }, route(say("never"))] });
    expect(await terminal.ask("GET /")).toBe(bare);
  });

  test("error routes see the error, and the request as it came", async () => {
    const app = await serve(
      [route({ handler: "rewrite", method: "PUT", uri: "/new?x" }, { handler: "vars", v: "kept" }, fail(403, "why"))],
      {
        errors: [
          route(
            say(
              "{http.error.status_code} {http.error.status_text} {http.error.message} {http.request.method} {http.request.uri} {http.vars.v}",
            ),
          ),
        ],
      },
    );
    expect(await app.ask("GET /a%20b?c")).toStartWith("HTTP/1.1 403 Forbidden\r\n");
    expect(await app.body("GET /a%20b?c")).toBe("403 Forbidden why GET /a%20b?c kept");
    expect(await app.body("GET http://example.com/a?c")).toBe("403 Forbidden why GET /a?c kept");
    expect(await app.body("GET http://example.com")).toBe("403 Forbidden why GET / kept");
  });

  test("an error in error routes ends with the first error's status", async () => {
    const app = await serve([route(fail(404, "first"))], { errors: [route(fail(500, "second"))] });
    expect(await app.ask("GET /")).toBe("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    expect(app.logged).toMatchObject([
      { level: "debug", msg: "first", status: 404 },
      { level: "error", msg: "second", status: 500 },
    ]);
  });

  test("an answer that breaks off tells the client by its connection, and the log why", async () => {
    const app = await serve([route({ handler: "breaks" })], {
      modules: [
        {
          id: "http.handlers.breaks",
          schema: z.strictObject({}),
          provision: (): HandlerInstance => ({
            handle: (exchange) => {
              exchange.start(200, 10);
              exchange.fail(new HandlerError(502, "the upstream broke off"));
            },
          }),
        },
      ],
    });
    const received = app.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    await received.end;
    expect(app.logged).toMatchObject([
      { level: "error", logger: "http.log.error", msg: "the upstream broke off", status: 502 },
    ]);
  });

  test("a bug in a handler is a 500 that tells nothing, and a line in the log that does", async () => {
    const app = await serve([route({ handler: "bug" })], {
      modules: [
        {
          id: "http.handlers.bug",
          schema: z.strictObject({}),
          provision: (): HandlerInstance => ({
            handle: () => {
              throw new TypeError("undefined is not a function");
            },
          }),
        },
      ],
    });
    expect(await app.ask("GET /x\r\nCookie: secret\r\nX-A: 1\r\nx-a: 2")).toBe(
      "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    );
    expect(app.logged).toMatchObject([
      {
        level: "error",
        logger: "http.log.error",
        msg: "undefined is not a function",
        request: {
          proto: "HTTP/1.1",
          method: "GET",
          host: "example.com",
          uri: "/x",
          headers: { Cookie: ["REDACTED"], "X-A": ["1", "2"] },
        },
        duration: 0,
        status: 500,
      },
    ]);
  });
});

describe("what no route of the http app sees", () => {
  const fields = say("{http.request.header.X_a}|{http.request.header.X.b}|{http.request.header.X_c.d}");
  const request = "GET /\r\nX_a: 1\r\nX.b: 2\r\nX_c.d: 3";

  test.each([
    [{}, "||"],
    [{ expected_underscore_headers: ["x_A"] }, "1||"],
    [{ expected_underscore_headers: ["X_*"] }, "1||"],
    [{ expected_underscore_headers: ["X_c.*"] }, "||"],
    [{ expected_underscore_headers: ["x_c.d"] }, "||3"],
    [{ expected_dot_headers: ["X.*"] }, "|2|"],
    [{ expected_dot_headers: ["X_c.D"] }, "||3"],
    [{ expected_dot_headers: ["X.*", "X_c.*"], expected_underscore_headers: ["X_*"] }, "1|2|3"],
  ])("fields with _ and . in their names, with %j", async (server, seen) => {
    expect(await (await serve([route(fields)], { server })).body(request)).toBe(seen);
  });

  test.each([
    [{ expected_underscore_headers: ["X-A"] }, 'expected_underscore_headers[0]: must hold a "_"'],
    [{ expected_underscore_headers: ["*_a"] }, "expected_underscore_headers[0]: may hold a * at its end only"],
    [{ expected_dot_headers: ["X_A"] }, 'expected_dot_headers[0]: must hold a "."'],
  ])("%j is refused", async (server, reason) => {
    expect(await refusal({ servers: { s: { ...SERVER, ...server } } })).toContain(reason);
  });

  test("OPTIONS *, which is answered with an empty 200 and not logged, and fields that are dropped and logged", async () => {
    const app = await serve([route(say("route"))], { server: { logs: {} } });
    expect(await app.ask("OPTIONS *")).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    expect(await app.body(request)).toBe("route");
    const lines = app.logged.filter(({ logger }) => logger === "http.log.access");
    expect(lines.length).toBe(1);
    expect((lines[0]!["request"] as { headers: object }).headers).toHaveProperty("X_a", ["1"]);
  });
});

describe("access logs of the http app", () => {
  test("are written only where they are asked for", async () => {
    const app = await serve([route(say("x"))]);
    await app.ask("GET /");
    expect(app.logged).toEqual([]);
  });

  test("tell the request as it came, whatever became of it", async () => {
    const app = await serve(
      [
        route(
          { handler: "headers", request: { set: { Host: ["new"] } } },
          { handler: "rewrite", uri: "/new" },
          say("hello"),
        ),
      ],
      { server: { logs: {} } },
    );
    await app.ask("GET /asked");
    expect(app.logged).toMatchObject([
      {
        level: "info",
        logger: "http.log.access",
        msg: "handled request",
        request: { host: "example.com", uri: "/asked", headers: { Connection: ["close"] } },
        size: 5,
        status: 200,
      },
    ]);
  });

  test("are chosen by host, or left out", async () => {
    const logs = {
      default_logger_name: "rest",
      logger_names: { "a.test": "a", "*.b.test": ["b", "all"] },
      skip_hosts: ["quiet.test"],
    };
    const app = await serve([route({ handler: "vars", log_skip: false })], { server: { logs } });
    for (const host of ["a.test:80", "x.b.test", "quiet.test", "other.test"]) await app.ask(`GET /\r\nHost: ${host}`);
    expect(app.logged.map((line) => line["logger"])).toEqual([
      "http.log.access.a",
      "http.log.access.b",
      "http.log.access.all",
      "http.log.access.rest",
    ]);
    const mapped = await serve([], { server: { logs: { ...logs, skip_unmapped_hosts: true } } });
    await mapped.ask("GET /\r\nHost: other.test");
    expect(mapped.logged).toEqual([]);
    const skipping = await serve([route({ handler: "vars", log_skip: true })], { server: { logs: {} } });
    await skipping.ask("GET /");
    expect(skipping.logged).toEqual([]);
  });
});

describe("limits of the http app", () => {
  const SLOW = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  test("max_header_bytes bounds a header", async () => {
    const app = await serve([], { server: { max_header_bytes: 256 } });
    expect(await app.ask(`GET /\r\nX-A: ${"a".repeat(300)}`)).toStartWith("HTTP/1.1 431 ");
    expect(await app.ask(`GET /${"a".repeat(300)}`)).toStartWith("HTTP/1.1 414 ");
    expect(await app.ask("GET /")).toStartWith("HTTP/1.1 200 ");
  });

  test.each([
    ["read_header_timeout", "GET / HTTP/1.1\r\n\r\n".slice(0, 10), "HTTP/1.1 408 "],
    ["idle_timeout", SLOW, "HTTP/1.1 200 "],
  ])("%s bounds a wait", async (key, request, answer) => {
    const app = await serve([], { server: { [key]: "2s" } });
    const received = app.send(request);
    await app.clock.advanceAsync(1900);
    expect(received.closed).toBe(false);
    await app.clock.advanceAsync(200);
    expect(received.closed).toBe(true);
    expect(received.text).toStartWith(answer);
  });
});

describe("a config of the http app", () => {
  test.each([
    [{ servers: { s: { routes: [] } } }, "apps.http.servers.s: has no listen address"],
    [{ servers: { s: { ...SERVER, listen: [":80", ":80"] } } }, "apps.http.servers.s.listen: :80 stands here twice"],
    [{ servers: { s: SERVER, t: SERVER } }, 'apps.http.servers.t.listen: :80 is listened on by server "s" already'],
    [{ servers: { s: { ...SERVER, listen: ["udp/:80"] } } }, "apps.http.servers.s.listen[0]"],
    [{ servers: { s: { ...SERVER, rutes: [] } } }, 'apps.http.servers.s.rutes: unknown key; did you mean "routes"?'],
    [{ server: {} }, 'apps.http.server: unknown key; did you mean "servers"?'],
    [{ servers: { s: { ...SERVER, routes: {} } } }, "apps.http.servers.s.routes: must be an array"],
    [{ servers: { s: { ...SERVER, protocols: ["h2"] } } }, "apps.http.servers.s.protocols: only h1 is spoken here yet"],
    [
      { servers: { s: { ...SERVER, protocols: ["h1", "h2c"] } } },
      "apps.http.servers.s.protocols[1]: h2c is known to Caddy",
    ],
    [
      { servers: { s: { ...SERVER, idle_timeout: "soon" } } },
      'apps.http.servers.s.idle_timeout: "soon" is no duration',
    ],
    [
      { servers: { s: { ...SERVER, enable_full_duplex: false } } },
      "apps.http.servers.s.enable_full_duplex: cannot be switched off",
    ],
    [
      { servers: { s: { ...SERVER, errors: { routes: [{ handle: [{ handler: "nope" }] }] } } } },
      'apps.http.servers.s.errors.routes[0].handle[0].handler: there is no handler "nope"',
    ],
    [
      { servers: { s: { ...SERVER, routes: [{ handle: [{ handler: "encode" }] }] } } },
      'apps.http.servers.s.routes[0].handle[0].handler: the handler "encode" is known to Caddy, but not built here yet',
    ],
  ])("%j is refused", async (config, reason) => {
    expect(await refusal(config)).toContain(reason);
  });

  test.each(
    (
      "allow_0rtt client_ip_headers keepalive_count keepalive_idle keepalive_interval " +
      "listen_protocols listener_wrappers max_write_chunk metrics named_routes packet_conn_wrappers read_timeout strict_sni_host " +
      "tls_connection_policies trusted_proxies trusted_proxies_strict trusted_proxies_unix write_min_rate write_timeout"
    ).split(" "),
  )("a server's %s is known, but not built yet", async (key) => {
    expect(await refusal({ servers: { s: { ...SERVER, [key]: 1 } } })).toContain(
      `apps.http.servers.s.${key}: is known to Caddy, but not built here yet`,
    );
  });

  test.each(["metrics", "shutdown_delay"])("the app's %s is known, but not built yet", async (key) => {
    expect(await refusal({ [key]: 1 })).toContain(`apps.http.${key}: is known to Caddy, but not built here yet`);
  });
});

describe("a warning of the http app", () => {
  const hosts = (...host: string[]): object => ({ routes: [{ match: [{ host }], handle: [] }] });

  test("tells of hosts that would get certificates", async () => {
    const [warning, ...more] = await warnings({ listen: [":8080"], ...hosts("a.test", "*.b.test", "{http.vars.x}") });
    expect(warning).toStartWith("apps.http.servers.s: a.test, *.b.test would get certificates and HTTPS by Caddy");
    expect(more).toEqual([]);
  });

  test("tells of a port that means HTTPS", async () => {
    expect((await warnings({ listen: [":443"] }))[0]).toStartWith(
      "apps.http.servers.s: port 443 would be served by HTTPS",
    );
    expect(await warnings({ listen: [":443"] }, { https_port: 8443 })).toEqual([]);
  });

  test.each([
    [{ listen: [":80"] }, {}],
    [{ listen: [":8080"] }, { http_port: 8080 }],
    [{ listen: ["unix//run/s.sock"] }, {}],
    [{ listen: [":8080"], automatic_https: { disable: true } }, {}],
    [{ listen: [":8080"], automatic_https: { disable_certificates: true } }, {}],
    [{ listen: [":8080"], automatic_https: { skip: ["a.test"] } }, {}],
    [{ listen: [":8080"], automatic_https: { skip_certificates: ["a.test"] } }, {}],
  ])("is not given for %j, %j", async (server, app) => {
    expect(await warnings({ ...hosts("a.test"), ...server }, app)).toEqual([]);
  });
});
