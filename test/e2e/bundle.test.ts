import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { useStage } from "./stage.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** When package.json was changed last, as far as the bundle knows: a time that is set again to the bit. */
const PAST = 1_000_000_000;
const stage = useStage();
let folder = "";
let launcher = "";

/** A copy of this package that was bundled in one place and stands in another, as a published one does. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "netwright-bundle-"));
  const built = join(folder, "built");
  for (const part of ["bin", "src", "scripts", "package.json"])
    cpSync(join(ROOT, part), join(built, part), { recursive: true });
  utimesSync(join(built, "package.json"), PAST, PAST);
  symlinkSync(join(ROOT, "node_modules"), join(built, "node_modules"));
  const done = Bun.spawnSync([process.execPath, "scripts/bundle/build.mjs"], { cwd: built });
  expect(done.stderr.toString()).toBe("");
  renameSync(built, join(folder, "moved"));
  launcher = join(folder, "moved/bin/netwright");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function version(): Promise<string> {
  const started = stage.start(["version"], { launcher });
  expect([await started.exited, started.stderr]).toEqual([0, ""]);
  return started.stdout;
}

describe("the bundle", () => {
  test("serves the welcome site by workers of its own", async () => {
    const server = stage.start(["run", "--listen", "127.0.0.1:0", "--workers", "2"], { launcher });
    const site = `http://127.0.0.1:${await server.port()}`;
    expect(await (await fetch(site)).text()).toContain("Netwright");
    expect((await fetch(`${site}/api/hello`)).status).toBe(200);
  });

  test.each([1, 2])("shares its rooms with a user's module (%d worker(s))", async (workers) => {
    writeFileSync(
      join(stage.folder, "teapot.ts"),
      `import { HandlerError } from "netwright/http";
       import { defineModule } from "netwright/server";
       import * as z from "zod/mini";
       export default defineModule({
         id: "http.handlers.teapot",
         schema: z.strictObject({ status: z.int() }),
         provision: ({ status }) => ({ handle() { throw new HandlerError(status, "short"); } }),
       });`,
    );
    const routes = [{ handle: [{ handler: "teapot", status: 418 }] }];
    const config = await stage.configFile(0, routes, { modules: ["./teapot.ts"], workers });
    const server = stage.start(["run", "--config", config], { launcher });
    expect((await fetch(`http://127.0.0.1:${await server.port()}`)).status).toBe(418);
  });

  test("is what runs in a published package, though its sources are unpacked after it", async () => {
    const moved = join(folder, "moved");
    renameSync(join(moved, "scripts"), join(folder, "scripts"));
    const file = join(moved, "package.json");
    const text = readFileSync(file, "utf8");
    const before = await version();
    writeFileSync(file, text.replace(/"version": "\d/, '"version": "9'));
    expect(await version()).toBe(before);
    writeFileSync(file, text);
    utimesSync(file, PAST, PAST);
    renameSync(join(folder, "scripts"), join(moved, "scripts"));
  });

  test("is what runs, until a source has changed", async () => {
    const file = join(folder, "moved/package.json");
    const before = await version();
    writeFileSync(file, readFileSync(file, "utf8").replace(/"version": "\d/, '"version": "9'));
    utimesSync(file, PAST, PAST);
    expect(await version()).toBe(before);
    utimesSync(file, new Date(), new Date());
    expect(await version()).toContain("netwright 9.");
    // As a backup that is put back, or a copy that keeps its time.
    utimesSync(file, PAST - 1, PAST - 1);
    expect(await version()).toContain("netwright 9.");
    utimesSync(file, PAST, PAST);
    appendFileSync(file, "\n");
    expect(await version()).toContain("netwright 9.");
    rmSync(join(folder, "moved/dist"), { recursive: true });
    expect(await version()).toContain("netwright 9.");
  });

  test("is made anew when a part of it is missing, and leaves nothing else behind", () => {
    const moved = join(folder, "moved");
    const ensure = (): void => {
      const done = Bun.spawnSync([process.execPath, "scripts/bundle/ensure.mjs"], { cwd: moved });
      expect(done.stderr.toString()).toBe("");
    };
    ensure();
    const parts = readdirSync(join(moved, "dist")).sort();
    expect(parts).toContain("worker-main.js");
    rmSync(join(moved, "dist/worker-main.js"));
    ensure();
    expect(readdirSync(join(moved, "dist")).sort()).toEqual(parts);
    expect(readdirSync(moved).filter((file) => file.startsWith("dist"))).toEqual(["dist"]);
  });
});
