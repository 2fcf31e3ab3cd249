import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigFileError } from "./config-file-error.ts";
import { loadConfig, parseConfig } from "./load-config.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function failure(text: string | Uint8Array, file = "site.json"): ConfigFileError {
  try {
    parseConfig(typeof text === "string" ? bytes(text) : text, file);
  } catch (error) {
    if (error instanceof ConfigFileError) return error;
  }
  throw new Error("it did not fail");
}

async function messageOf(loading: Promise<unknown>): Promise<string> {
  return loading.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );
}

test("parseConfig reads an object, with or without a byte order mark", () => {
  expect(parseConfig(bytes('\uFEFF{"apps": {}}'), "x")).toEqual({ apps: {} });
});

test("parseConfig shows the place of what is wrong", () => {
  const error = failure('{\n  "apps": {\n\t"http": 1,\n  }\n}\n');
  expect([error.line, error.column]).toEqual([3, 11]);
  expect(error.message).toBe(
    "site.json:3:11: not JSON: a comma stands before the end of the list; remove it\n\n" +
      `  3 |  "http": 1,\n${" ".repeat(16)}^`,
  );
});

test("parseConfig cuts a long line around the place", () => {
  const error = failure(`{"a": "${"x".repeat(500)}", b: "${"y".repeat(500)}"}`);
  const [, shown = "", mark = ""] = error.message.split(/\n+/);
  expect(shown.length).toBeLessThan(120);
  expect(shown[mark.indexOf("^")]).toBe("b");
});

test.each([
  ["", "site.json: the config is empty"],
  [" \n", "site.json: the config is empty"],
  ["[]", "site.json:1:1: a config is an object"],
  ["\n 5", "site.json:2:2: a config is an object"],
  [new Uint8Array([0x7b, 0xff, 0x7d]), "site.json: the config is not UTF-8 text; save it as UTF-8"],
])("parseConfig refuses %p", (text, message) => {
  expect(failure(text).message).toStartWith(message);
});

test("parseConfig knows a Caddyfile", () => {
  expect(failure("example.com {\n}\n", "/etc/Caddyfile").message).toContain("caddy adapt turns one into JSON");
});

test("loadConfig reads a file, whose folder relative paths are meant from", async () => {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  try {
    writeFileSync(join(folder, "site.json"), '{"apps": {}}');
    expect(await loadConfig(join(folder, "site.json"))).toEqual({ config: { apps: {} }, baseDir: folder });
    expect(await messageOf(loadConfig(join(folder, "none.json")))).toEndWith(
      "none.json: cannot read the config: there is no such file",
    );
    expect(await messageOf(loadConfig(folder))).toContain("it is a folder; name the file in it");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
