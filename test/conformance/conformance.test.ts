import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AddrPort } from "../../src/addr/index.ts";
import { type HttpServer, serveExchanges } from "../../src/http/server/index.ts";
import { listen } from "../../src/net/index.ts";
import { CASES } from "./cases.ts";
import { runCase } from "./run-case.ts";

let server: HttpServer;
let port = 0;

beforeAll(async () => {
  server = serveExchanges(await listen("tcp", "127.0.0.1:0"), async (exchange) => {
    const body = await exchange.body.bytes();
    exchange.start(200, body.length);
    exchange.end(body);
  });
  if (server.local instanceof AddrPort) port = server.local.port;
});

afterAll(async () => {
  await server.close();
});

describe("HTTP/1.1 conformance", () => {
  for (const each of CASES) {
    test(`${each.rule}: ${each.name}`, async () => {
      expect(await runCase(each, port)).toBe("");
    });
  }

  test("cases are told apart by their names", () => {
    const names = CASES.map(({ rule, name }) => `${rule}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(200);
  });
});
