import { expect, test } from "bun:test";
import * as z from "zod/mini";
import type { ModuleDefinition } from "./definition.ts";
import { Registry } from "./registry.ts";

const module = (id: string): ModuleDefinition => ({ id, schema: z.unknown(), provision: () => ({}) });
const registry = new Registry(
  ["http", "http.handlers.vars", "http.handlers.file_server", "http.matchers.path"].map(module),
);

test("Registry names the modules of a namespace alone", () => {
  expect(registry.names("http.handlers")).toEqual(["file_server", "vars"]);
  expect(registry.names("")).toEqual(["http"]);
  expect(registry.names("http")).toEqual([]);
});

test("Registry.with leaves the original as it is and keeps the hashes of files", () => {
  const more = registry.with([{ definition: module("http.handlers.mine"), fileHash: "abc" }]);
  expect(more.get("http.handlers.mine")?.fileHash).toBe("abc");
  expect(more.with([]).get("http.handlers.mine")?.fileHash).toBe("abc");
  expect(registry.get("http.handlers.mine")).toBeUndefined();
});

test("Registry refuses the same ID twice and IDs that are none", () => {
  expect(() => registry.with([module("http.handlers.vars")])).toThrow("two modules with the ID http.handlers.vars");
  expect(() => new Registry([module("http..x")])).toThrow('"http..x" is no module ID');
  expect(() => new Registry([module("")])).toThrow("is no module ID");
});

test.each([
  ["http.handlers", "encode", 'the handler "encode" is known to Caddy, but not built here yet; remove it'],
  ["http.handlers", "file_servr", 'there is no handler "file_servr"; did you mean "file_server"?'],
  ["http.handlers", "zzzzzzzz", 'there is no handler "zzzzzzzz"; known: file_server, vars'],
  ["http.matchers", "expression", 'the matcher "expression" is known to Caddy'],
  ["", "tls", 'the app "tls" is known to Caddy'],
  ["", "htp", 'there is no app "htp"; did you mean "http"?'],
  ["http.handlers", "constructor", 'there is no handler "constructor"'],
  ["dns.filters", "x", 'there is no dns.filters module "x"'],
])("Registry.find in %j of %j says why not", (namespace, name, message) => {
  expect(() => registry.find(namespace, name, ["here"])).toThrow(`here: ${message}`);
});
