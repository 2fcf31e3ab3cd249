import type { OracleCase } from "./cases.ts";

const proxy = (more: object = {}): object => ({
  handler: "reverse_proxy",
  upstreams: [{ dial: "UPSTREAM" }],
  ...more,
});
const FIELDS = ["x-from", "set-cookie", "server", "x-hop", "proxy-authenticate", "alt-svc", "cache-control", "x-out"];

/** What is asked of both through a reverse proxy. `UPSTREAM` and `GARBLED` stand for servers of `upstream.ts`. */
export const PROXY_CASES: readonly OracleCase[] = [
  {
    name: "requests through a reverse proxy",
    routes: [{ handle: [proxy()] }],
    fields: FIELDS,
    requests: [
      "GET /",
      "GET /a%2Fb/../c//d?q=1&q=%20+x",
      "GET /?",
      "GET /status/404",
      "GET /status/302",
      "GET /status/503",
      "GET /status/299",
      "HEAD /",
      "DELETE /x",
      "PURGE /x",
      "OPTIONS /x",
      "POST /form\r\nContent-Length: 5\r\nContent-Type: text/x\r\n\r\nhello",
      "POST /empty\r\nContent-Length: 0",
      "PUT /chunked\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
      "GET /\r\nHost: other.test:81",
      "GET /\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: spoofed",
      "GET /\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4",
      "GET /\r\nConnection: X-Mine\r\nX-Mine: 1\r\nX-Other: 2",
      "GET /\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==",
      "GET /\r\nTE: gzip\r\nTrailer: X-T",
      "GET /\r\nTE: trailers, deflate",
      "GET /\r\nUpgrade: nothing",
      "GET /\r\nCookie: a=1\r\nCookie: b=2",
      "GET /\r\nX-Multi: 1\r\nx-multi: 2\r\nX-Empty:",
      "GET /\r\nReferer: http://a/\r\nAuthorization: Basic eA==\r\nAccept: */*",
    ],
  },
  {
    name: "trusted proxies",
    routes: [{ handle: [proxy({ trusted_proxies: ["127.0.0.0/8"] })] }],
    requests: [
      "GET /",
      "GET /\r\nX-Forwarded-For: 1.2.3.4",
      "GET /\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8",
      "GET /\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: outer.test",
    ],
  },
  {
    name: "header operations of a reverse proxy",
    routes: [
      {
        handle: [
          proxy({
            headers: {
              request: {
                set: {
                  "X-Set": [
                    "{http.request.uri.path} {http.reverse_proxy.upstream.address} {http.reverse_proxy.upstream.requests}",
                  ],
                  Host: ["{http.reverse_proxy.upstream.host}.test"],
                },
                add: { "X-Add": ["a", "b"] },
                delete: ["X-Gone", "X-Forwarded-For", "X-Wild-*"],
                replace: { "X-Rep": [{ search_regexp: "(o+)", replace: "<$1>" }] },
              },
              response: {
                set: {
                  "X-Out": [
                    "{http.reverse_proxy.status_text} {http.reverse_proxy.header.X-From} {http.reverse_proxy.header.None}",
                  ],
                },
                add: { "X-From": ["third"] },
                delete: ["Alt-Svc", "Set-Cookie"],
                replace: { "Cache-Control": [{ search: "no", replace: "do" }] },
              },
            },
          }),
        ],
      },
    ],
    fields: FIELDS,
    requests: ["GET /p\r\nX-Add: c\r\nX-Gone: 1\r\nX-Wild-A: 1\r\nX-Rep: foo boo", "GET /status/404"],
  },
  {
    name: "changes of an upstream's answers that meet a requirement",
    routes: [
      {
        handle: [
          proxy({
            headers: {
              response: {
                require: { status_code: [2, 404], headers: { "X-From": ["*ream"], "X-None": null } },
                set: { "X-Out": ["changed"], "X-From": ["changed"] },
                delete: ["Set-Cookie"],
              },
            },
          }),
        ],
      },
    ],
    fields: FIELDS,
    requests: ["GET /", "GET /status/404", "GET /status/500", "GET /status/302"],
  },
  {
    name: "changes of an upstream's answers that meet no requirement",
    routes: [
      {
        handle: [proxy({ headers: { response: { require: { headers: { "X-From": [] } }, set: { "X-Out": ["1"] } } } })],
      },
    ],
    fields: FIELDS,
    requests: ["GET /"],
  },
  {
    name: "a reverse proxy without upstreams",
    routes: [
      { match: [{ path: ["/none"] }], handle: [{ handler: "reverse_proxy" }], terminal: true },
      {
        match: [{ path: ["/tries"] }],
        handle: [proxy({ upstreams: [], load_balancing: { retries: 2, try_interval: "1ms" } })],
        terminal: true,
      },
      { handle: [proxy({ upstreams: [] })] },
    ],
    errors: [{ handle: [{ handler: "static_response", body: "error {http.error.status_code}" }] }],
    requests: ["GET /none", "GET /tries", "GET /empty", "POST /empty\r\nContent-Length: 2\r\n\r\nab"],
  },
  {
    name: "field names with underscores and dots through a reverse proxy",
    routes: [
      {
        handle: [
          proxy({
            headers: {
              request: { set: { Own_x: ["<{http.request.header.X_y}>"], "X-Dot": ["<{http.request.header.X.z}>"] } },
            },
          }),
        ],
      },
    ],
    requests: ["GET /\r\nX_y: 1\r\nX-Y: 2\r\nX.z: 3\r\nX_Forwarded_For: 4\r\n_: 5\r\nX__y: 6", "GET /"],
  },
  {
    name: "rewrites of a reverse proxy",
    routes: [
      {
        match: [{ path: ["/strip/*"] }],
        handle: [proxy({ rewrite: { strip_path_prefix: "/strip" } })],
        terminal: true,
      },
      {
        match: [{ path: ["/uri/*"] }],
        handle: [proxy({ rewrite: { uri: "/new{http.request.uri}" } })],
        terminal: true,
      },
      {
        match: [{ path: ["/method"] }],
        handle: [proxy({ rewrite: { method: "GET", uri: "/auth?{http.request.uri.query}" } })],
        terminal: true,
      },
      { handle: [{ handler: "rewrite", uri: "/before{http.request.uri.path}" }, proxy()] },
    ],
    requests: [
      "GET /strip/a%20b?q=1",
      "GET /uri/a?b=1",
      "PUT /method?x=1\r\nContent-Length: 0",
      "GET /x?y=1",
      "GET /%2Fx",
    ],
  },
  {
    name: "a reverse proxy whose upstream fails",
    routes: [
      {
        match: [{ path: ["/refused"] }],
        handle: [proxy({ upstreams: [{ dial: "127.0.0.1:1" }] })],
        terminal: true,
      },
      { match: [{ path: ["/garbled"] }], handle: [proxy({ upstreams: [{ dial: "GARBLED" }] })], terminal: true },
      {
        match: [{ path: ["/second"] }],
        handle: [
          proxy({
            upstreams: [{ dial: "127.0.0.1:1" }, { dial: "UPSTREAM" }],
            load_balancing: { selection_policy: { policy: "first" }, retries: 2 },
            health_checks: { passive: { fail_duration: "10s", max_fails: 1 } },
          }),
        ],
        terminal: true,
      },
    ],
    errors: [
      {
        handle: [
          {
            handler: "static_response",
            status_code: "{http.error.status_code}",
            body: "{http.error.status_code} {http.error.status_text} {http.reverse_proxy.upstream.hostport} {http.reverse_proxy.upstream.fails}",
          },
        ],
      },
    ],
    requests: ["GET /refused", "GET /garbled", "GET /second"],
  },
];
