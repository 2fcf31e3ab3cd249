import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "../../../test/server/failure-of.ts";
import { type Exchange, HandlerError } from "../../http/message/index.ts";
import type { HandlerInstance, ProvisionContext } from "../module/index.ts";
import { loadModules } from "./load-modules.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder far from this package, with a module in two files. */
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "netwright-module-"));
  folders.push(folder);
  writeFileSync(
    join(folder, "teapot.ts"),
    `import { HandlerError } from "netwright/http/message";
     import { defineModule } from "netwright/server/module";
     import * as z from "zod/mini";
     import { status } from "./status.ts";
     export default defineModule({
       id: "http.handlers.teapot",
       schema: z.strictObject({ message: z.string() }),
       provision: (config: { message: string }) => ({
         handle() {
           throw new HandlerError(status, config.message);
         },
       }),
     });`,
  );
  writeFileSync(
    join(folder, "status.ts"),
    `import { cleanPath } from "netwright/http/message";
     export const status: number = Number(cleanPath("/x/../418").slice(1));`,
  );
  return folder;
}

/** What the module's handler throws. */
async function thrown(folder: string): Promise<unknown> {
  const [loaded] = await loadModules(["./teapot.ts"], folder);
  const made = (await loaded?.definition.provision({ message: "short" }, {} as ProvisionContext)) as HandlerInstance;
  try {
    if ("handle" in made) await made.handle({} as Exchange, () => undefined);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Puts another copy of a package into a project. */
function install(folder: string, name: string, files: Readonly<Record<string, string>>): void {
  const at = join(folder, "node_modules", name);
  mkdirSync(at, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
}

describe("a user's module", () => {
  test("gets the running package's rooms and its zod where there is nothing else", async () => {
    const error = await thrown(project());
    expect(error).toBeInstanceOf(HandlerError);
    expect(error).toMatchObject({ status: 418, message: "short" });
  });

  test("gets them in a project that has another version, too", async () => {
    const folder = project();
    install(folder, "netwright", {
      "package.json": `{ "name": "netwright", "type": "module", "exports": { "./*": "./other.js" } }`,
      "other.js": "export class HandlerError extends Error {}; export const cleanPath = String, defineModule = Object;",
    });
    expect(await thrown(folder)).toBeInstanceOf(HandlerError);
  });

  test("is refused with its place when it imports what there is not", async () => {
    const folder = project();
    writeFileSync(join(folder, "teapot.ts"), 'import "netwright/nowhere";');
    expect(await failureOf(loadModules(["./teapot.ts"], folder))).toStartWith(
      `modules[0]: cannot load the module ${join(folder, "teapot.ts")}: Cannot find`,
    );
  });

  test.each([
    ["export const a = ;", "Unexpected ; (FILE:1:18)"],
    ["export default {{{", 'Expected identifier but found "{" (FILE:1:17)'],
  ])("is refused with the line that does not parse: %s", async (source, reason) => {
    const folder = project();
    const file = join(folder, "teapot.ts");
    writeFileSync(file, source);
    expect(await failureOf(loadModules(["./teapot.ts"], folder))).toBe(
      `modules[0]: cannot load the module ${file}: ${reason.replace("FILE", file)}`,
    );
  });
});
