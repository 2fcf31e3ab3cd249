import { describe, expect, test } from "bun:test";
import { failureOf } from "../../../../test/server/failure-of.ts";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import type { ErrorConfig } from "./error.ts";

const TOLD = "{http.error.status_code}|{http.error.status_text}|{http.error.message}";

async function told(config: ErrorConfig, request = "GET /"): Promise<string> {
  const app = await HttpAppUnderTest.serve([{ handle: [{ handler: "error", ...config }] }], {
    errors: [{ handle: [{ handler: "static_response", body: TOLD }] }],
  });
  try {
    return await app.body(request);
  } finally {
    await app.stop();
  }
}

describe("error", () => {
  test.each([
    [{}, "500|Internal Server Error|"],
    [{ status_code: 404, error: "gone" }, "404|Not Found|gone"],
    [{ status_code: "409" }, "409|Conflict|"],
    [{ status_code: "", error: "{nope.x}" }, "500|Internal Server Error|{nope.x}"],
    [{ status_code: "{http.request.uri.query.s}", error: "{http.request.method}" }, "418|I'm a teapot|GET"],
  ])("%j is %p", async (config, expected) => {
    expect(await told(config, "GET /?s=418")).toBe(expected);
  });

  test("a placeholder that makes no status is a 500 that says so", async () => {
    expect(await told({ status_code: "{http.request.uri.query.s}" }, "GET /?s=abc")).toBe(
      '500|Internal Server Error|"abc" is no status to answer with',
    );
  });

  test.each([99, 103, 1000, 404.5, "x"])("refuses the status %p", async (status_code) => {
    expect(await failureOf(told({ status_code }))).toContain(
      `apps.http.servers.s.routes[0].handle[0].status_code: ${JSON.stringify(status_code)} is no status to answer with`,
    );
  });
});
