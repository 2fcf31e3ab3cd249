import { expect, test } from "bun:test";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";

const SET = { handler: "vars", color: "red", count: 3, yes: true, list: [1] };

async function shown(match: object, body = "yes"): Promise<string> {
  const app = await HttpAppUnderTest.serve([
    { handle: [SET] },
    { match: [match], handle: [{ handler: "static_response", body }], terminal: true },
  ]);
  try {
    return await app.body("GET /path?v=2");
  } finally {
    await app.stop();
  }
}

test("vars compares variables of any kind as text, and placeholders", async () => {
  expect(await shown({ vars: { color: ["blue", "red"] } })).toBe("yes");
  expect(await shown({ vars: { count: ["3"] } })).toBe("yes");
  expect(await shown({ vars: { yes: ["true"] } })).toBe("yes");
  expect(await shown({ vars: { "{http.request.uri.query.v}": ["1", "2"] } })).toBe("yes");
  expect(await shown({ vars: { color: ["{http.vars.color}"] } })).toBe("yes");
  expect(await shown({ vars: { color: ["blue"] } })).toBe("");
});

test("vars matches when one of several does", async () => {
  expect(await shown({ vars: { color: ["blue"], count: ["3"] } })).toBe("yes");
});

test("vars_regexp leaves its groups", async () => {
  const match = { vars_regexp: { "{http.request.uri.path}": { name: "p", pattern: "^/(p.*)$" } } };
  expect(await shown(match, "{http.regexp.p.1}")).toBe("path");
  expect(await shown({ vars_regexp: { color: { pattern: "^b" } } })).toBe("");
});
