import { describe, expect, test } from "bun:test";
import * as z from "zod/mini";
import { HttpAppUnderTest } from "../../../../test/server/http-app-under-test.ts";
import type { HandlerInstance, ModuleDefinition } from "../../module/index.ts";

/** Answers with the variables of the exchange, as JSON. */
const tell: ModuleDefinition = {
  id: "http.handlers.tell",
  schema: z.strictObject({}),
  provision: (): HandlerInstance => ({
    handle(exchange) {
      exchange.end(new TextEncoder().encode(JSON.stringify(Object.fromEntries(exchange.vars))));
    },
  }),
};

async function variables(sets: readonly object[], request = "GET /"): Promise<unknown> {
  const handle = [...sets.map((set) => ({ handler: "vars", ...set })), { handler: "tell" }];
  const app = await HttpAppUnderTest.serve([{ handle }], { modules: [tell] });
  try {
    return JSON.parse(await app.body(request));
  } finally {
    await app.stop();
  }
}

describe("vars", () => {
  test("holds values of any kind; strings have placeholders, names too", async () => {
    const set = {
      text: "{http.request.method}{nope.x}",
      n: 1.5,
      no: false,
      list: ["{http.request.method}"],
      "{http.request.method}": "name",
    };
    expect(await variables([set])).toEqual({
      text: "GET",
      n: 1.5,
      no: false,
      list: ["{http.request.method}"],
      GET: "name",
    });
  });

  test("sets in order, and sees what was set before", async () => {
    expect(await variables([{ a: "1" }, { a: "{http.vars.a}2", b: "{http.vars.a}3" }])).toEqual({ a: "12", b: "123" });
  });

  test("every request has its own", async () => {
    const handle = [{ handler: "static_response", body: "{http.vars.a}" }];
    const app = await HttpAppUnderTest.serve([
      { handle: [{ handler: "vars", a: "{http.vars.a}{http.request.uri.query}" }] },
      { handle },
    ]);
    expect([await app.body("GET /?1"), await app.body("GET /?2")]).toEqual(["1", "2"]);
    await app.stop();
  });
});
