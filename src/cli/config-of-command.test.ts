import { describe, expect, test } from "bun:test";
import { parseHeaderFlags, parseUpstream, parseWorkers, serverConfig } from "./config-of-command.ts";

test("serverConfig leaves out what was not asked for", () => {
  const routes = [{ handle: [{ handler: "static_response" }] }];
  expect(serverConfig({ listen: ":80", routes, accessLog: false, workers: undefined })).toEqual({
    admin: { disabled: true },
    apps: { http: { servers: { command: { listen: [":80"], automatic_https: { disable: true }, routes } } } },
  });
  expect(serverConfig({ listen: ":80", routes, accessLog: true, workers: 2 })).toMatchObject({
    workers: 2,
    apps: { http: { servers: { command: { logs: {} } } } },
  });
});

test("parseHeaderFlags gathers values by name", () => {
  expect(parseHeaderFlags(["A: 1", "B:2", "A: x:y"], "--header")).toEqual({ A: ["1", "x:y"], B: ["2"] });
  expect(Object.entries(parseHeaderFlags(["constructor: 1", "__proto__: 2"], "--header"))).toEqual([
    ["constructor", ["1"]],
    ["__proto__", ["2"]],
  ]);
  expect(() => parseHeaderFlags(["nocolon"], "--header")).toThrow("--header: cannot read the header");
  expect(() => parseHeaderFlags([": x"], "--header")).toThrow("--header: cannot read the header");
});

test("parseWorkers takes counts and auto", () => {
  expect(parseWorkers("auto")).toBe("auto");
  expect(parseWorkers("4")).toBe(4);
  for (const bad of ["0", "-1", "1.5", "many", "", "2000"]) expect(() => parseWorkers(bad)).toThrow("workers");
});

describe("parseUpstream", () => {
  test.each([
    ["localhost:9000", "localhost:9000"],
    [":9000", "localhost:9000"],
    ["http://10.0.0.1", "10.0.0.1:80"],
    ["http://10.0.0.1:81/", "10.0.0.1:81"],
    ["unix//run/app.sock", "unix//run/app.sock"],
    ["[::1]:9000", "[::1]:9000"],
    ["[::1]", "[::1]:80"],
    ["localhost", "localhost:80"],
    ["{env.HOST:a}", "{env.HOST:a}:80"],
    ["{env.HOST}:{env.PORT}", "{env.HOST}:{env.PORT}"],
    // What is wrong with a port is told of what was typed.
    ["localhost:", "localhost:"],
    ["[::1]:80x", "[::1]:80x"],
  ])("reads %s as %s", (given, dial) => {
    expect(parseUpstream(given)).toBe(dial);
  });

  test.each(["", "http://", "https://a", "http://a/path", "a b", "bad:port:x", "a:1:2", "::1"])(
    "refuses %j",
    (given) => {
      expect(() => parseUpstream(given)).toThrow("--to: cannot proxy to");
    },
  );
});
