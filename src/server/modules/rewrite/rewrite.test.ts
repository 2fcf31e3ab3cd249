import { describe, expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import type { RewriteConfig } from "./rewrite.ts";

const SHOWN = "{http.request.method} {http.request.uri}";

/** Method and URI as a handler behind the rewrite sees them. `target` may be followed by field lines. */
async function rewritten(config: RewriteConfig, target: string): Promise<string> {
  const app = await HttpAppUnderTest.serve([
    {
      handle: [
        { handler: "rewrite", ...config },
        { handler: "static_response", body: SHOWN },
      ],
    },
  ]);
  try {
    const seen = await app.body(`GET ${target}`);
    return seen.startsWith("GET ") ? seen.slice(4) : seen;
  } finally {
    await app.stop();
  }
}

/** Configs, targets and what comes of them. What it was for Caddy 2.11, but for what the module's docstring says. */
const CASES: readonly (readonly [config: RewriteConfig, target: string, seen: string])[] = [
  [{}, "/a?b=c", "/a?b=c"],
  [{ method: "post" }, "/a", "POST /a"],
  [{ method: "{http.request.header.M}" }, "/a\r\nM: delete", "DELETE /a"],
  [{ method: "{http.request.header.M}" }, "/a", "/a"],

  [{ uri: "/x" }, "/a?b=c", "/x?b=c"],
  [{ uri: "?x=y" }, "/a?b=c", "/a?x=y"],
  [{ uri: "/x?constructor&toString=valueOf" }, "/a", "/x?constructor&toString=valueOf"],
  [{ uri: "/x?" }, "/a?b=c", "/x"],
  [{ uri: "?" }, "/a?b=c", "/a"],
  [{ uri: "/x?y=z#frag" }, "/a?b=c", "/x?y=z"],
  [{ uri: "/x#frag?y" }, "/a?b=c", "/x?b=c"],
  [{ uri: "x" }, "/a", "/x"],
  [{ uri: "/sp ace/ü" }, "/a", "/sp%20ace/%C3%BC"],
  [{ uri: "/a%2Fb" }, "/z", "/a/b"],
  [{ uri: "/%zz%20" }, "/z", "/%25zz%2520"],
  [{ uri: "//x//y/../z" }, "/z", "//x//y/../z"],
  [{ uri: "/a;b:c@d!$&'()*+,=~\"<>[]^`|\\" }, "/z", "/a;b:c@d%21$&%27%28%29%2A+,=~%22%3C%3E%5B%5D%5E%60%7C%5C"],
  [{ uri: "/{nope.x}y" }, "/z", "/y"],
  [{ uri: "/p{http.request.uri.path}" }, "/a%3Fb%20c?x=1", "/p/a%3Fb%20c?x=1"],
  [{ uri: "/a{http.request.uri.path}b" }, "/x%25y%2520", "/a/x%25y%2520b"],
  [{ uri: "{http.request.uri}" }, "/a%2Fb?x=%20", "/a/b?x=%20"],
  [{ uri: "/x{http.request.uri.prefixed_query}" }, "/z?b=1&c=%20", "/x?b=1&c=%20"],
  [{ uri: "/x{http.request.uri.prefixed_query}" }, "/z", "/x"],
  [{ uri: "/{http.request.header.Q}" }, "/a?z=1\r\nQ: x?y=1", "/x?y=1"],
  [{ uri: "/{http.request.header.Q}?k=1" }, "/a?z=1\r\nQ: x?y=1", "/x?k=1"],
  [{ uri: "/{http.request.header.Q}" }, "/a?z=1\r\nQ: x#y", "/x?z=1"],
  [{ uri: "/{http.request.header.Q}" }, "/a\r\nQ: x?y=1 2", "/x?y=1%202"],

  [{ uri: "/x?{http.request.uri.query}" }, "/a?b=c&d=%20e+f", "/x?b=c&d=%20e+f"],
  [{ uri: "/x?{http.request.uri.query}&y=z" }, "/a", "/x?y=z"],
  [{ uri: "/x?y=z&{http.request.uri.query}" }, "/a", "/x?y=z"],
  [{ uri: "/x?q={http.request.uri.query}" }, "/z?b=1&c=2", "/x?q=b%3D1%26c%3D2"],
  [{ uri: "/x?{http.request.uri.query}x=1" }, "/z?b=c", "/x?b=cx=1"],
  [{ uri: "/x?q={http.request.uri.path}" }, "/a/%C3%BC&=", "/x?q=%2Fa%2F%C3%BC%26%3D"],
  [{ uri: "/x?q={http.request.header.Q}" }, "/a\r\nQ: a&b=c d?", "/x?q=a%26b%3Dc+d%3F"],
  [{ uri: "/x?a=b=c&d&&e=" }, "/a", "/x?a=b=c&d&e="],
  [{ uri: "?a=b c?ü" }, "/z", "/z?a=b%20c?%C3%BC"],

  [{ strip_path_prefix: "/api" }, "/api/x?q=1", "/x?q=1"],
  [{ strip_path_prefix: "/api" }, "/api", "/"],
  [{ strip_path_prefix: "/api" }, "/apix", "/x"],
  [{ strip_path_prefix: "/api" }, "/API/x", "/x"],
  [{ strip_path_prefix: "/api" }, "/x/api", "/x/api"],
  [{ strip_path_prefix: "/api" }, "/%61pi/x", "/x"],
  [{ strip_path_prefix: "/api" }, "//api//x//y", "/x/y"],
  [{ strip_path_prefix: "/api" }, "/api/a%2Fb", "/a%2Fb"],
  [{ strip_path_prefix: "/api" }, "/a/../api/./x/", "/x/"],
  [{ strip_path_prefix: "/api" }, "/%2e%2e/api/x", "/%2e%2e/api/x"],
  [{ strip_path_prefix: "/api" }, "/a//b", "/a/b"],
  [{ strip_path_prefix: "api/" }, "/api/x", "/x"],
  [{ strip_path_prefix: "/a%2Fb" }, "/a%2fb/c", "/c"],
  [{ strip_path_prefix: "/a%2Fb" }, "/a/b/c", "/a/b/c"],
  [{ strip_path_prefix: "/a/b" }, "/a%2Fb/c", "/c"],
  [{ strip_path_prefix: "/a//b" }, "/a//b/c", "/c"],
  [{ strip_path_prefix: "/a//b" }, "/a/b/c", "/a/b/c"],
  [{ strip_path_prefix: "/ab" }, "/%61", "/%61"],
  [{ strip_path_prefix: "/ü" }, "/%c3%bc/x", "/x"],
  [{ strip_path_prefix: "/{http.request.header.P}" }, "/z/x\r\nP: z", "/x"],

  [{ strip_path_suffix: ".html" }, "/a.html?x", "/a?x"],
  [{ strip_path_suffix: ".html" }, "/a.HTML", "/a"],
  [{ strip_path_suffix: ".html" }, "/a%2ehtm%6C", "/a"],
  [{ strip_path_suffix: ".html" }, "/html", "/html"],
  [{ strip_path_suffix: ".html" }, "/.html", "/"],
  [{ strip_path_suffix: ".html" }, "/a.html/", "/a.html/"],
  [{ strip_path_suffix: ".html" }, "/a//b.html/.", "/a/b"],
  [{ strip_path_suffix: "/" }, "/a//", "/a"],
  [{ strip_path_suffix: "/" }, "/", "/"],
  [{ strip_path_suffix: "%2F" }, "/a%2f", "/a"],
  [{ strip_path_suffix: "%2F" }, "/a/", "/a/"],
  [{ strip_path_suffix: "ü" }, "/a%C3%BC", "/a"],
  [{ strip_path_suffix: "very-long-suffix" }, "/a", "/a"],

  [{ uri_substring: [{ find: "a", replace: "b" }] }, "/aXa?a=a", "/bXb?b=b"],
  [{ uri_substring: [{ find: "a", replace: "b", limit: 1 }] }, "/aa?aa", "/ba?ba"],
  [{ uri_substring: [{ find: "a", replace: "b", limit: -1 }] }, "/aa", "/bb"],
  [{ uri_substring: [{ find: "%20", replace: "-" }] }, "/a%20b?%20", "/a-b?-"],
  [{ uri_substring: [{ find: "/", replace: "//" }] }, "/a//b/c?/", "//a//b//c?//"],
  [{ uri_substring: [{ find: "//", replace: "/" }] }, "/a//b///c?//", "/a/b//c?/"],
  [{ uri_substring: [{ find: "", replace: "x" }, { replace: "y" }] }, "/a", "/a"],
  [{ uri_substring: [{ find: "a", replace: "?" }] }, "/xay?z=a", "/x%3Fy?z=?"],
  [{ uri_substring: [{ find: "a", replace: "ü b" }] }, "/xay?a", "/x%C3%BC%20by?%C3%BC%20b"],
  [{ uri_substring: [{ find: "b", replace: "%zz" }] }, "/a%20b", "/a%20%25zz"],
  [{ uri_substring: [{ find: "/x" }] }, "/x/x", "/"],
  [
    { uri_substring: [{ find: "{http.request.header.F}", replace: "{http.request.method}" }] },
    "/abc\r\nF: b",
    "/aGETc",
  ],

  [{ path_regexp: [{ find: "/{2,}", replace: "/" }] }, "/a//b///c?x=//", "/a/b/c?x=//"],
  [{ path_regexp: [{ find: "^/(\\w+)/(?P<n>\\w+)", replace: "/$n/$1-$2" }] }, "/a/b/c", "/b/a-b/c"],
  [{ path_regexp: [{ find: "(?i)A", replace: "[$0]" }] }, "/aA", "/[a][A]"],
  [{ path_regexp: [{ find: "%20", replace: " " }] }, "/a%20b", "/a%20b"],
  [{ path_regexp: [{ find: ".*", replace: "" }] }, "/abc", "/"],
  [{ path_regexp: [{ find: "zz" }] }, "/a//b/../c%2f", "/a//b/../c%2f"],

  [{ query: {} }, "/x?b=1&a=2", "/x?a=2&b=1"],
  [{ query: { rename: [{ key: "a", val: "b" }] } }, "/x?a=1&c=2&a=3&b=0", "/x?b=1&b=3&c=2"],
  [{ query: { rename: [{ key: "a", val: "" }] } }, "/x?a=1", "/x?a=1"],
  [{ query: { set: [{ key: "a", val: "{http.request.method}" }] } }, "/x?a=1&a=2&z=%20+", "/x?a=GET&z=++"],
  [{ query: { set: [{ key: "", val: "1" }, { key: "e" }] } }, "/x", "/x?e="],
  [{ query: { add: [{ key: "a", val: "ü &" }] } }, "/x?a=1", "/x?a=1&a=%C3%BC+%26"],
  [{ query: { delete: ["a", "{http.request.header.K}"] } }, "/x?a&b=1&k=1\r\nK: k", "/x?b=1"],
  [{ query: { replace: [{ key: "a", search: "o", replace: "0" }] } }, "/x?a=foo&b=foo&a=o", "/x?a=f00&a=0&b=foo"],
  [
    { query: { replace: [{ key: "*", search_regexp: "o+", replace: "<$0>" }] } },
    "/x?a=foo&b=o",
    "/x?a=f%3Coo%3E&b=%3Co%3E",
  ],
  [{ query: { replace: [{ key: "a", search: "ü", replace: "ue" }] } }, "/x?a=%C3%BC&b=%ff", "/x?a=ue&b=%FF"],
  [
    {
      query: {
        rename: [{ key: "a", val: "b" }],
        set: [{ key: "b", val: "s" }],
        add: [{ key: "b", val: "t" }],
        replace: [{ key: "b", search: "s", replace: "S" }],
        delete: ["c"],
      },
    },
    "/x?a=1&c=2&d=3;e=4&%zz=5&=6&f",
    "/x?=6&b=S&b=t&f=",
  ],
  [
    {
      method: "PUT",
      uri: "/new?x={http.request.method}",
      strip_path_prefix: "/n",
      query: { add: [{ key: "k", val: "{http.request.uri.path}" }] },
    },
    "/old",
    "PUT /ew?k=%2Few&x=PUT",
  ],
];

describe("rewrite", () => {
  test.each(CASES)("%j makes of %j %j", async (config, target, seen) => {
    expect(await rewritten(config, target)).toBe(seen);
  });

  test("keeps what came for those who ask for it", async () => {
    const app = await HttpAppUnderTest.serve([
      {
        handle: [
          { handler: "rewrite", method: "PUT", uri: "/new?x" },
          { handler: "static_response", body: "{http.request.orig_method} {http.request.orig_uri}" },
        ],
      },
    ]);
    expect(await app.body("GET /a%20b?c")).toBe("GET /a%20b?c");
    await app.stop();
  });

  test("leaves a target without a path alone", async () => {
    const app = await HttpAppUnderTest.serve([
      {
        handle: [
          { handler: "rewrite", strip_path_prefix: "/", uri_substring: [{ find: "a", replace: "x" }] },
          { handler: "static_response", body: SHOWN },
        ],
      },
    ]);
    expect(await app.body("CONNECT a.test:1")).toBe("CONNECT a.test:1");
    await app.stop();
  });

  test("a placeholder that makes no method is a 400", async () => {
    const app = await HttpAppUnderTest.serve([{ handle: [{ handler: "rewrite", method: "{http.request.header.M}" }] }]);
    expect(await app.ask("GET /\r\nM: GET /evil")).toStartWith("HTTP/1.1 400 ");
    await app.stop();
  });

  test.each([
    [{ path_regexp: [{ find: "(" }] }, 'path_regexp[0].find: the regular expression "(" cannot be read'],
    [
      { query: { replace: [{ key: "a", search: "x", search_regexp: "y" }] } },
      "query.replace[0]: search and search_regexp",
    ],
    [{ query: { set: [{ val: "a" }] } }, "query.set[0].key: is missing"],
    [{ strip_path_prefx: "/a" }, 'strip_path_prefx: unknown key; did you mean "strip_path_prefix"?'],
  ])("refuses %j", async (config, reason) => {
    expect(await failureOf(rewritten(config as RewriteConfig, "/"))).toContain(
      `apps.http.servers.s.routes[0].handle[0].${reason}`,
    );
  });
});
