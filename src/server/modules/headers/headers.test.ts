import { describe, expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import { ResponseRequirement } from "./response-requirement.ts";
import { Fields } from "../../../http/message/index.ts";
import type { HeadersConfig } from "./headers.ts";

const UP = { handler: "static_response", headers: { "X-Up": ["1"] }, body: "x" };

async function head(
  configs: readonly HeadersConfig[],
  request = "GET /",
  then: object = UP,
  more: object = {},
): Promise<string[]> {
  const handle = [...configs.map((config) => ({ handler: "headers", ...config })), then];
  const app = await HttpAppUnderTest.serve([{ handle }], more);
  try {
    const answer = await app.ask(request);
    return answer.slice(0, answer.indexOf("\r\n\r\n")).split("\r\n");
  } finally {
    await app.stop();
  }
}

async function echo(config: HeadersConfig, template: string, request: string): Promise<string> {
  const app = await HttpAppUnderTest.serve([
    {
      handle: [
        { handler: "headers", ...config },
        { handler: "static_response", body: template },
      ],
    },
  ]);
  try {
    return await app.body(request);
  } finally {
    await app.stop();
  }
}

describe("headers", () => {
  test("changes a response before it is made: a handler's own fields stand over them", async () => {
    const fields = await head([{ response: { set: { "X-Up": ["early"], "X-B": ["1", "2"] } } }]);
    expect(fields).toContain("X-Up: 1");
    expect(fields).not.toContain("X-Up: early");
    expect(fields).toContain("X-B: 1,2");
  });

  test("deferred, it changes the response when it begins, outer ones last", async () => {
    const fields = await head([
      { response: { deferred: true, set: { "X-Up": ["outer"] }, add: { "X-Seen": ["{http.response.header.X-Up}"] } } },
      { response: { deferred: true, set: { "X-Up": ["inner"] }, delete: ["Content-Type"] } },
    ]);
    expect(fields).toContain("X-Seen: inner");
    expect(fields).toContain("X-Up: outer");
    expect(fields.some((field) => field.startsWith("Content-Type"))).toBe(false);
  });

  test.each([
    [{ status_code: [2] }, 299, true],
    [{ status_code: [2] }, 300, false],
    [{ status_code: [404, 5] }, 404, true],
    [{ status_code: [404, 5] }, 503, true],
    [{ headers: { "X-Up": ["2", "1"] } }, 200, true],
    [{ headers: { "X-Up": ["2"] } }, 200, false],
    [{ status_code: [3], headers: { "X-Up": ["1"] } }, 200, false],
  ])("require %j of a %d: %p", async (require, status, applies) => {
    const config = { response: { require, set: { R: ["1"] } } };
    const fields = await head([config], "GET /", { ...UP, status_code: status });
    expect(fields.includes("R: 1")).toBe(applies);
  });

  test("what was set before an error stays, what was deferred does not", async () => {
    const config = { response: { set: { A: ["1"] } } };
    const deferred = { response: { deferred: true, set: { D: ["1"] } } };
    const fields = await head([config, deferred], "GET /", { handler: "error", status_code: 404 });
    expect(fields).toEqual(["HTTP/1.1 404 Not Found", "A: 1", "Content-Length: 0"]);
  });

  test("changes a request for the handlers behind it, Host too", async () => {
    const template = "{http.request.header.A}|{http.request.header.B}|{http.request.header.C}|{http.request.hostport}";
    const request = {
      set: { A: ["{http.request.header.A}+"], Host: ["new.{http.request.hostport}"] },
      add: { B: ["2"] },
      delete: ["c*"],
    };
    expect(await echo({ request }, template, "GET /\r\nA: 1\r\nB: 1\r\nCc: 1\r\nC: 1")).toBe("1+|1,2||new.example.com");
    expect(await echo({ request: { delete: ["*"] } }, template, "GET /\r\nA: 1")).toBe("|||");
    expect(await echo({ request: { set: { A: ["2"] } } }, template, "GET /\r\nA: 1\r\nHost: a:1")).toBe("2|||a:1");
  });

  test("fields that say how a body is framed do not reach the wire", async () => {
    const fields = await head([
      { response: { deferred: true, set: { "Content-Length": ["99"], "Transfer-Encoding": ["x"] } } },
    ]);
    expect(fields).toContain("Content-Length: 1");
    expect(fields.join("\n")).not.toContain("Transfer-Encoding");
  });

  test("refuses what it does not know, with its place", async () => {
    const config = { request: { deferred: true } } as HeadersConfig;
    expect(await failureOf(head([config]))).toContain(
      "apps.http.servers.s.routes[0].handle[0].request.deferred: unknown key",
    );
  });
});

test.each([
  [["*"], true],
  [["te*"], true],
  [["*/html"], true],
  [["*xt/h*"], true],
  [["text"], false],
  [[], true],
  [null, false],
] as const)("a field with the value text/html matches %j: %p", (values, matches) => {
  const fields = Fields.from([["Content-Type", "text/html"]]);
  expect(new ResponseRequirement({ headers: { "content-type": values } }).matches(200, fields)).toBe(matches);
  expect(new ResponseRequirement({ headers: { other: values } }).matches(200, fields)).toBe(values === null);
});
