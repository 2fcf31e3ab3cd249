import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Rule, type Violation, inspect, roomOf } from "./rules.ts";
import { ROOMS } from "./rooms.ts";

const root = join(import.meta.dir, "../..");
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

function sourcesOfTheHouse(): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of new Bun.Glob("**/*.{ts,tsx,mts,cts,js,mjs}").scanSync(join(root, "src"))) {
    if (!path.endsWith(".test.ts")) files.set(path, readFileSync(join(root, "src", path), "utf8"));
  }
  return files;
}

function told(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, file, detail }) => `${rule}: src/${file}: ${detail}`);
}

describe("the house", () => {
  const house = { files: sourcesOfTheHouse(), dependencies: Object.keys(dependencies) };
  const report = inspect(house);

  test("keeps its order", () => {
    expect(told(report.violations)).toEqual([]);
  });

  test("is visited whole", () => {
    const entries = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
    const sources = entries.filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name));
    const tests = sources.filter((entry) => entry.name.endsWith(".test.ts"));
    expect(report.visited).toBe(sources.length - tests.length);
    expect(report.visited).toBeGreaterThan(0);
  });

  test("names each room once, and a parent after its last child", () => {
    const paths = ROOMS.map((room) => room.path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const parent of ROOMS.filter((room) => room.parent === true)) {
      const last = paths.findLastIndex((path) => path.startsWith(`${parent.path}/`));
      expect(paths.indexOf(parent.path)).toBeGreaterThan(last);
    }
  });
});

/** A small sound house; each case below breaks one thing in it. */
const SOUND: Readonly<Record<string, string>> = {
  "bytes/index.ts": `export { Reader } from "./reader.ts";`,
  "bytes/reader.ts": `export class Reader { property = { process: 1 }; crypto(performance: number): number { return performance; } }`,
  "clock/index.ts": `export { real } from "./real.ts";`,
  "clock/real.ts": `import { hrtime } from "node:process"; export const real = (): number => Date.now() + Number(hrtime.bigint());`,
  "net/index.ts": `export { dial } from "./dial.ts"; export type { Conn } from "./conn.ts";`,
  "net/conn.ts": `import type { Reader } from "../bytes/index.ts"; export interface Conn { reader: Reader }`,
  "net/dial.ts": `import type { Conn } from "./conn.ts"; export const dial = (): Conn | Bun.Socket => Bun.connect({});`,
  "http/message/index.ts": `export type { Message } from "./message.ts";`,
  "http/message/message.ts": `import type { Conn } from "../../net/index.ts"; export interface Message { conn: Conn }`,
  "http/h1/index.ts": `export { parse } from "./wire.ts";`,
  "http/h1/wire.ts": `import { Reader } from "../../bytes/index.ts"; import { lookup } from "./table.ts"; export const parse = (): unknown => [Reader, lookup];`,
  "http/h1/table.ts": `export const lookup = new Date(0);`,
  "http/h2/index.ts": `export const h2 = 2;`,
  "http/index.ts": `export { parse } from "./h1/index.ts"; export type { Message } from "./message/index.ts";`,
  "server/modules/index.ts": `export { handler } from "./headers/handler.ts";`,
  "server/modules/headers/handler.ts": `import * as z from "zod/mini"; export const handler = z.object({});`,
  "server/process/index.ts": `export const load = (path: string): Promise<unknown> => import(path);`,
  "cli/main.ts": `import manifest from "../../package.json" with { type: "json" }; import "./page.html"; import { parse } from "../http/index.ts"; export default [manifest, parse];`,
};

function rulesBroken(changes: Readonly<Record<string, string>>): Rule[] {
  const files = new Map(Object.entries({ ...SOUND, ...changes }));
  const report = inspect({ files, dependencies: ["zod"] });
  expect(report.visited).toBe(files.size);
  return [...new Set(report.violations.map((violation) => violation.rule))].toSorted();
}

describe("inspect", () => {
  test("finds nothing in a sound house", () => {
    const files = new Map(Object.entries(SOUND));
    expect(told(inspect({ files, dependencies: ["zod"] }).violations)).toEqual([]);
  });

  const planted: readonly [string, Rule[], Readonly<Record<string, string>>][] = [
    [
      "a type import upwards",
      ["upward"],
      { "bytes/reader.ts": `import type { h2 } from "../http/h2/index.ts"; export type Reader = typeof h2;` },
    ],
    [
      "an inline type import upwards",
      ["upward"],
      { "bytes/reader.ts": `import { type h2 } from "../http/h2/index.ts"; export type Reader = typeof h2;` },
    ],
    [
      "an import() type upwards",
      ["upward"],
      { "bytes/reader.ts": `export type Reader = import("../http/h2/index.ts").X;` },
    ],
    [
      "a value import upwards",
      ["upward"],
      { "bytes/reader.ts": `import { h2 } from "../http/h2/index.ts"; export const Reader = h2;` },
    ],
    [
      "a dynamic import upwards",
      ["upward"],
      { "bytes/reader.ts": `export const Reader = import("../http/h2/index.ts");` },
    ],
    ["a re-export upwards", ["upward"], { "bytes/reader.ts": `export { h2 as Reader } from "../http/h2/index.ts";` }],
    [
      "a type re-export upwards",
      ["upward"],
      { "bytes/reader.ts": `export type { h2 as Reader } from "../http/h2/index.ts";` },
    ],
    ["a require upwards", ["upward"], { "bytes/reader.ts": `export const Reader = require("../http/h2/index.ts");` }],
    [
      "a child that imports its parent",
      ["cycle", "upward"],
      { "http/h1/table.ts": `import type { Message } from "../index.ts"; export const lookup: Message[] = [];` },
    ],
    [
      "a type import around the door",
      ["door"],
      { "http/message/message.ts": `import type { Conn } from "../../net/conn.ts"; export type Message = Conn;` },
    ],
    [
      "a type import between siblings",
      ["sibling"],
      { "http/h2/index.ts": `import type { parse } from "../h1/index.ts"; export type H2 = typeof parse;` },
    ],
    ["a star in an index", ["star"], { "bytes/index.ts": `export * from "./reader.ts";` }],
    ["a named star in an index", ["star"], { "bytes/index.ts": `export * as reader from "./reader.ts";` }],
    ["code in a parent's index", ["parent"], { "http/index.ts": `export const version = 1;` }],
    ["a second file in a parent", ["parent"], { "http/serve.ts": `export { h2 } from "./h2/index.ts";` }],
    ["an unknown room", ["unknown-room"], { "utils/index.ts": `export const one = 1;` }],
    ["a file beside the rooms", ["unknown-room"], { "index.ts": `export const one = 1;` }],
    ["a folder in a room of files", ["unknown-room"], { "net/tcp/dial.ts": `export const one = 1;` }],
    ["a room without an index", ["no-index"], { "log/logger.ts": `export const one = 1;` }],
    ["the global Bun in another room", ["bun-outside"], { "http/h2/index.ts": `export const h2 = Bun.version;` }],
    ["Bun by way of globalThis", ["bun-outside"], { "http/h2/index.ts": `export const h2 = globalThis.Bun;` }],
    ["a type of Bun's in another room", ["bun-outside"], { "http/h2/index.ts": `export type H2 = Bun.Socket;` }],
    [
      "a bun: module in another room",
      ["bun-outside"],
      { "http/h2/index.ts": `import { dlopen } from "bun:ffi"; export const h2 = dlopen;` },
    ],
    [
      "a node: module in a pure room",
      ["impure"],
      { "bytes/reader.ts": `import type { Buffer } from "node:buffer"; export type Reader = Buffer;` },
    ],
    ["the clock in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = Date.now();` }],
    ["the clock by a computed name", ["impure"], { "bytes/reader.ts": `export const Reader = Date["now"]();` }],
    ["a new Date in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = new Date();` }],
    ["performance in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = performance.now();` }],
    ["a timer in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = setTimeout(() => 1, 1);` }],
    ["chance in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = Math.random();` }],
    ["crypto in a pure room", ["impure"], { "bytes/reader.ts": `export const Reader = crypto.randomUUID();` }],
    ["the clock beside clock/real.ts", ["impure"], { "clock/wheel.ts": `export const now = Date.now;` }],
    [
      "a node: module in wire.ts",
      ["impure"],
      { "http/h1/wire.ts": `import { Buffer } from "node:buffer"; export const parse = Buffer;` },
    ],
    ["the clock in a machine", ["impure"], { "http/h1/client-machine.ts": `export const now = Date.now();` }],
    ["chance in what wire.ts imports", ["impure"], { "http/h1/table.ts": `export const lookup = Math.random();` }],
    [
      "a cycle of types in a room",
      ["cycle"],
      { "net/conn.ts": `import type { dial } from "./dial.ts"; export interface Conn { dial: typeof dial }` },
    ],
    [
      "a path that leaves src",
      ["outside"],
      { "net/conn.ts": `import { peer } from "../../test/peers.ts"; export type Conn = typeof peer;` },
    ],
    [
      "an import of a test",
      ["outside"],
      { "net/conn.ts": `import { peer } from "./dial.test.ts"; export type Conn = typeof peer;` },
    ],
    [
      "a file that is not there",
      ["unresolved"],
      { "net/conn.ts": `import type { A } from "./none.ts"; export type Conn = A;` },
    ],
    [
      "a development tool in src",
      ["dev-dependency"],
      { "net/conn.ts": `import fc from "fast-check"; export type Conn = typeof fc;` },
    ],
    [
      "a builtin without its prefix",
      ["node-prefix"],
      { "net/conn.ts": `import { readFile } from "fs/promises"; export type Conn = typeof readFile;` },
    ],
    [
      "a computed import",
      ["computed-import"],
      { "net/conn.ts": `export type Conn = 1; export const load = (path: string): unknown => import(path);` },
    ],
    ["a file that does not parse", ["syntax"], { "net/extra.ts": `export const = 1;` }],
  ];
  test.each(planted)("catches %s", (_what, rules, changes) => {
    expect(rulesBroken(changes)).toEqual(rules);
  });

  test("roomOf finds the deepest room", () => {
    expect(roomOf("http/h1/wire.ts")?.path).toBe("http/h1");
    expect(roomOf("http/index.ts")?.path).toBe("http");
    expect(roomOf("server/modules/headers/handler.ts")?.path).toBe("server/modules");
    expect(roomOf("main.ts")).toBeUndefined();
  });
});
