/** A config's routes, and the requests that two servers are asked with it. */
export interface OracleCase {
  readonly name: string;
  readonly routes: readonly unknown[];
  readonly errors?: readonly unknown[];
  /** Request heads without Host and Connection, which are added; `METHOD target` and further lines. */
  readonly requests: readonly string[];
  /** Response fields besides Content-Type and Location that must be the same. */
  readonly fields?: readonly string[];
}

const say = (body: string, more: object = {}): object => ({ handler: "static_response", body, ...more });
const when = (match: object, body: string): object => ({ match: [match], handle: [say(body)], terminal: true });
const gets = (...targets: string[]): string[] => targets.map((target) => `GET ${target}`);

/** What is asked of Caddy and of us alike. `ROOT` in a config stands for a folder of files. */
export const CASES: readonly OracleCase[] = [
  {
    name: "path matching",
    routes: [
      when({ path: ["/exact"] }, "exact"),
      when({ path: ["/prefix/*"] }, "prefix"),
      when({ path: ["*.php"] }, "suffix"),
      when({ path: ["*inner*"] }, "contains"),
      when({ path: ["/glob/*/end"] }, "glob"),
      when({ path: ["/Case"] }, "case"),
      when({ path: ["/enc%2Foded"] }, "escaped"),
      when({ path: ["/sp ace"] }, "space"),
      when({ path: ["/dir/"] }, "slash"),
      { handle: [say("none")] },
    ],
    requests: gets(
      "/exact",
      "/exact/",
      "/EXACT",
      "/exact?x=1",
      "/prefix",
      "/prefix/",
      "/prefix/a/b",
      "/prefix/../exact",
      "/a/b.php",
      "/b.PHP",
      "/.php",
      "/x/inner/y",
      "/glob/a/end",
      "/glob/a/b/end",
      "/glob//end",
      "/case",
      "/cAsE",
      "/enc%2foded",
      "/enc/oded",
      "/sp%20ace",
      "/dir",
      "/dir/",
      "//exact",
      "/./exact",
      "/%65xact",
      "/prefix//a",
      "/prefix%2Fa",
      "/dir//",
    ),
  },
  {
    name: "path matching keeps double slashes where the pattern has them",
    routes: [when({ path: ["/a//b"] }, "double"), when({ path: ["/a/b"] }, "single"), { handle: [say("none")] }],
    requests: gets("/a/b", "/a//b", "/a///b", "//a/b"),
  },
  {
    name: "host matching",
    routes: [
      when({ host: ["example.com"] }, "exact"),
      when({ host: ["*.example.com"] }, "wildcard"),
      when({ host: ["a.*.test"] }, "inner"),
      when({ host: ["127.0.0.1"] }, "address"),
      { handle: [say("none {http.request.host}")] },
    ],
    requests: [
      "example.com",
      "EXAMPLE.com",
      "example.com:8080",
      "a.example.com",
      "a.b.example.com",
      "a.x.test",
      "127.0.0.1",
      "[::1]:80",
      "localhost",
    ].map((host) => `GET /\r\nHost: ${host}`),
  },
  {
    name: "method, header and query matching",
    routes: [
      when({ method: ["PUT", "DELETE"] }, "method"),
      when({ header: { "X-Exact": ["one", "two"] } }, "exact"),
      when({ header: { "X-Prefix": ["pre*"] } }, "prefix"),
      when({ header: { "X-Suffix": ["*fix"] } }, "suffix"),
      when({ header: { "X-Inner": ["*mid*"] } }, "inner"),
      when({ header: { "X-Any": ["*"] } }, "any"),
      when({ query: { q: ["1"] } }, "q=1"),
      when({ query: { any: ["*"] } }, "any query"),
      when({ query: { a: ["1"], b: ["2"] } }, "both"),
      { handle: [say("none")] },
    ],
    requests: [
      "PUT /",
      "DELETE /",
      "POST /\r\nContent-Length: 0",
      "GET /\r\nX-Exact: two",
      "GET /\r\nX-Exact: Two",
      "GET /\r\nX-Exact: three",
      "GET /\r\nX-Prefix: prepared",
      "GET /\r\nX-Suffix: suffix",
      "GET /\r\nX-Inner: amidst",
      "GET /\r\nX-Any: x",
      "GET /\r\nX-Any:",
      "GET /?q=1",
      "GET /?q=2",
      "GET /?q=2&q=1",
      "GET /?any",
      "GET /?any=",
      "GET /?a=1&b=2",
      "GET /?a=1",
      "GET /?q=%31",
      "GET /?Q=1",
      "GET /?x=1&q=1;",
      "GET /?a=1+&b=2",
    ],
  },
  {
    name: "an absent header",
    routes: [when({ header: { "X-Gone": null } }, "absent"), { handle: [say("present")] }],
    requests: ["GET /", "GET /\r\nX-Gone: 1", "GET /\r\nX-Gone:"],
  },
  {
    name: "regular expressions on paths",
    routes: [
      when(
        { path_regexp: { name: "id", pattern: "^/user/(?P<user>\\w+)/(\\d+)$" } },
        "{http.regexp.id.user} {http.regexp.id.1} {http.regexp.id.2} {http.regexp.id.0}",
      ),
      when({ path_regexp: { pattern: "\\.(png|jpg)$" } }, "image {http.regexp.1}"),
      { handle: [say("none")] },
    ],
    requests: gets("/user/ann/12", "/user/ann/x", "/a.png", "/a.PNG", "/x/../user/b/1", "/user/%61nn/3"),
  },
  {
    name: "not, several sets, and protocol",
    routes: [
      when({ not: [{ path: ["/a*"] }, { method: ["POST"] }] }, "neither"),
      { match: [{ path: ["/ax"] }, { query: { z: ["1"] } }], handle: [say("either")], terminal: true },
      when({ protocol: "http" }, "http"),
    ],
    requests: ["GET /", "GET /abc", "GET /ax", "GET /abc?z=1", "POST /b\r\nContent-Length: 0"],
  },
  {
    name: "remote_ip",
    routes: [when({ remote_ip: { ranges: ["127.0.0.0/8"] } }, "loopback"), { handle: [say("elsewhere")] }],
    requests: gets("/"),
  },
  {
    name: "groups, terminals and chains",
    routes: [
      {
        group: "g",
        match: [{ path: ["/a*"] }],
        handle: [{ handler: "headers", response: { set: { "X-First": ["1"] } } }],
      },
      {
        group: "g",
        match: [{ path: ["/ab*"] }],
        handle: [{ handler: "headers", response: { set: { "X-Second": ["1"] } } }],
      },
      { handle: [{ handler: "headers", response: { add: { "X-All": ["1"] } } }] },
      {
        match: [{ path: ["/stop"] }],
        handle: [{ handler: "headers", response: { set: { "X-Stop": ["1"] } } }],
        terminal: true,
      },
      { handle: [say("end")] },
    ],
    fields: ["x-first", "x-second", "x-all", "x-stop"],
    requests: gets("/abc", "/b", "/stop", "/a"),
  },
  {
    name: "static responses",
    routes: [
      {
        match: [{ path: ["/201"] }],
        handle: [say("made", { status_code: 201, headers: { "X-A": ["1", "2"], "Content-Type": ["text/x"] } })],
        terminal: true,
      },
      {
        match: [{ path: ["/text"] }],
        handle: [say("", { status_code: "{http.request.uri.query.s}" })],
        terminal: true,
      },
      { match: [{ path: ["/json"] }], handle: [say('{"a":1}')], terminal: true },
      { match: [{ path: ["/204"] }], handle: [{ handler: "static_response", status_code: 204 }], terminal: true },
      {
        match: [{ path: ["/redirect"] }],
        handle: [
          { handler: "static_response", status_code: 302, headers: { Location: ["/to{http.request.uri.path}"] } },
        ],
        terminal: true,
      },
      { handle: [say("{http.request.method} {http.request.uri.path}")] },
    ],
    fields: ["x-a"],
    requests: [...gets("/201", "/text?s=418", "/json", "/204", "/redirect", "/other%20path"), "HEAD /201"],
  },
  {
    name: "placeholders of the request",
    routes: [
      {
        handle: [
          say(
            [
              "method={http.request.method}",
              "uri={http.request.uri}",
              "path={http.request.uri.path}",
              "dir={http.request.uri.path.dir}",
              "file={http.request.uri.path.file}",
              "base={http.request.uri.path.file.base}",
              "ext={http.request.uri.path.file.ext}",
              "p0={http.request.uri.path.0}",
              "p1={http.request.uri.path.1}",
              "query={http.request.uri.query}",
              "qa={http.request.uri.query.a}",
              "pq={http.request.uri.prefixed_query}",
              "host={http.request.host}",
              "labels={http.request.host.labels.0}/{http.request.host.labels.1}",
              "scheme={http.request.scheme}",
              "proto={http.request.proto}",
              "h={http.request.header.X-Multi}",
              "c={http.request.cookie.name}",
              "rh={http.request.remote.host}",
              "unknown={http.request.nothing}",
              "esc=\\{http.request.method}",
              "open={http",
              "orig={http.request.orig_uri.path}",
              "var={http.vars.nope}",
            ].join("\n"),
          ),
        ],
      },
    ],
    requests: [
      "GET /a/b/file.tar.gz?a=1&a=2&b=%20\r\nHost: www.example.com:81\r\nX-Multi: 1\r\nX-Multi: 2\r\nCookie: other=1; name=value",
      "GET /",
      "GET /dir/\r\nHost: a",
      "GET /sp%20ace/x%2Fy?q",
      "GET //double//slash",
    ],
  },
  {
    name: "vars",
    routes: [
      { handle: [{ handler: "vars", one: "1", path: "{http.request.uri.path}", root: "/srv" }] },
      { handle: [{ handler: "vars", one: "{http.vars.one}+1" }] },
      { handle: [say("{http.vars.one} {http.vars.path} {http.vars.root} {http.vars.none}")] },
    ],
    requests: gets("/x/y"),
  },
  {
    name: "request headers and response headers",
    routes: [
      {
        handle: [
          {
            handler: "headers",
            request: {
              add: { "X-Added": ["a"] },
              set: { "X-Set": ["{http.request.uri.path}"] },
              delete: ["X-Gone", "X-Wild-*"],
              replace: {
                "X-Rep": [
                  { search: "o", replace: "0" },
                  { search_regexp: "l+", replace: "L" },
                ],
              },
            },
            response: {
              add: { "X-Out": ["1", "2"] },
              set: { "X-Path": ["{http.request.uri.path}"] },
              delete: ["X-Inner"],
              deferred: true,
            },
          },
          say(
            "{http.request.header.X-Added}|{http.request.header.X-Set}|{http.request.header.X-Gone}|{http.request.header.X-Wild-One}|{http.request.header.X-Rep}",
            { headers: { "X-Inner": ["1"], "X-Kept": ["1"] } },
          ),
        ],
      },
    ],
    fields: ["x-out", "x-path", "x-inner", "x-kept"],
    requests: ["GET /p\r\nX-Added: b\r\nX-Gone: 1\r\nX-Wild-One: 1\r\nX-Rep: hello world"],
  },
  {
    name: "rewrites",
    routes: [
      { match: [{ path: ["/strip/*"] }], handle: [{ handler: "rewrite", strip_path_prefix: "/strip" }] },
      { match: [{ path: ["*.html"] }], handle: [{ handler: "rewrite", strip_path_suffix: ".html" }] },
      {
        match: [{ path: ["/uri*"] }],
        handle: [{ handler: "rewrite", uri: "/new{http.request.uri.path}?x=1&{http.request.uri.query}" }],
      },
      { match: [{ path: ["/onlyquery"] }], handle: [{ handler: "rewrite", uri: "?only=1" }] },
      { match: [{ path: ["/keep"] }], handle: [{ handler: "rewrite", uri: "/kept" }] },
      { match: [{ path: ["/drop"] }], handle: [{ handler: "rewrite", uri: "/dropped?" }] },
      { match: [{ path: ["/method"] }], handle: [{ handler: "rewrite", method: "PATCH" }] },
      {
        match: [{ path: ["/sub*"] }],
        handle: [{ handler: "rewrite", uri_substring: [{ find: "sub", replace: "SUB", limit: 1 }] }],
      },
      { match: [{ path: ["/re*"] }], handle: [{ handler: "rewrite", path_regexp: [{ find: "/{2,}", replace: "/" }] }] },
      {
        handle: [
          say("{http.request.method} {http.request.uri} orig {http.request.orig_method} {http.request.orig_uri}"),
        ],
      },
    ],
    requests: gets(
      "/strip/a",
      "/strip/",
      "/strip/a%20b?q=1",
      "/x.html",
      "/uri/a?b=2",
      "/uri",
      "/onlyquery?y=1",
      "/keep?y=1",
      "/drop?y=1",
      "/method",
      "/sub/sub",
      "/re//a///b",
      "/none",
    ),
  },
  {
    name: "subroutes",
    routes: [
      {
        handle: [
          {
            handler: "subroute",
            routes: [
              { match: [{ path: ["/in"] }], handle: [say("inside")], terminal: true },
              { handle: [{ handler: "headers", response: { set: { "X-Through": ["1"] } } }] },
            ],
          },
        ],
      },
      { handle: [say("behind")] },
    ],
    fields: ["x-through"],
    requests: gets("/in", "/out"),
  },
  {
    name: "errors and error routes",
    routes: [
      {
        match: [{ path: ["/403"] }],
        handle: [
          { handler: "rewrite", uri: "/rewritten" },
          { handler: "error", status_code: 403, error: "no" },
        ],
      },
      { match: [{ path: ["/text"] }], handle: [{ handler: "error", status_code: "418" }] },
      {
        match: [{ path: ["/inner"] }],
        handle: [
          {
            handler: "subroute",
            routes: [{ handle: [{ handler: "error", status_code: 409 }] }],
            errors: {
              routes: [
                { handle: [say("inner {http.error.status_code}", { status_code: "{http.error.status_code}" })] },
              ],
            },
          },
        ],
      },
      { match: [{ path: ["/unhandled"] }], handle: [{ handler: "error", status_code: 410 }] },
      { handle: [say("fine")] },
    ],
    errors: [
      {
        match: [{ path: ["/unhandled"] }],
        handle: [{ handler: "headers", response: { set: { "X-Err": ["1"] } } }],
        terminal: true,
      },
      {
        handle: [
          say("error {http.error.status_code} {http.error.status_text} {http.error.message} {http.request.uri.path}", {
            status_code: "{http.error.status_code}",
          }),
        ],
      },
    ],
    fields: ["x-err"],
    requests: gets("/403", "/text", "/inner", "/unhandled", "/fine"),
  },
  {
    name: "errors without error routes",
    routes: [
      { match: [{ path: ["/e"] }], handle: [{ handler: "error", status_code: 503, error: "down" }] },
      { match: [{ path: ["/nothing"] }], handle: [] },
      { match: [{ path: ["/x"] }], handle: [say("x")] },
    ],
    requests: gets("/e", "/nothing", "/unmatched", "/x"),
  },
  {
    name: "files",
    routes: [{ handle: [{ handler: "file_server", root: "ROOT", hide: ["*.secret", "ROOT/hidden"] }] }],
    fields: ["accept-ranges", "content-length", "content-range", "etag", "last-modified", "allow"],
    requests: [
      ...gets(
        "/",
        "/index.html",
        "/page.txt",
        "/page.txt/",
        "/dir",
        "/dir/",
        "/dir/?q=1",
        "/dir?q=1",
        "/none",
        "/a.secret",
        "/hidden/x",
        "/dir/../page.txt",
        "/%70age.txt",
        "/sp%20ace.txt",
        "/empty",
        "/data.json",
        "/style.css",
        "/x.js",
        "/img.svg",
        "/noindex/",
        "/noext",
      ),
      "HEAD /page.txt",
      "POST /page.txt\r\nContent-Length: 0",
      "OPTIONS /page.txt",
      "GET /page.txt\r\nRange: bytes=0-3",
      "GET /page.txt\r\nRange: bytes=-3",
      "GET /page.txt\r\nRange: bytes=4-",
      "GET /page.txt\r\nRange: bytes=99-",
      "GET /page.txt\r\nRange: bytes=x",
      "GET /page.txt\r\nRange: bytes=3-1",
      // Not `Range: lines=0-1`: Caddy answers 416, but a unit that is not understood must be ignored (RFC 9110 section 14.2).
      'GET /page.txt\r\nRange: bytes=0-1\r\nIf-Range: "nope"',
      "GET /page.txt\r\nIf-None-Match: *",
      'GET /page.txt\r\nIf-None-Match: "nope"',
      'GET /page.txt\r\nIf-Match: "nope"',
      "GET /page.txt\r\nIf-Match: *",
      "GET /page.txt\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT",
      "GET /page.txt\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
      "GET /page.txt\r\nIf-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
      "GET /empty\r\nRange: bytes=0-",
    ],
  },
  {
    name: "files passed through and with another index",
    routes: [
      {
        handle: [
          { handler: "file_server", root: "ROOT", index_names: ["page.txt"], pass_thru: true, canonical_uris: false },
        ],
      },
      { handle: [say("behind")] },
    ],
    requests: gets("/", "/none", "/dir", "/page.txt"),
  },
];
