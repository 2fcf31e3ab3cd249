import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod/mini";
import { ServerProcess } from "../../test/e2e/server-process.ts";
import example from "./netwright.json" with { type: "json" };
import restrictPrefix, { isRestricted } from "./restrict-prefix.ts";

describe("isRestricted", () => {
  test.each([
    ["/", ".", false],
    ["/index.html", ".", false],
    ["/a.b/c.d", ".", false],
    ["/.env", ".", true],
    ["/a/.git/config", ".", true],
    ["/a/b.", ".", false],
    ["/a/../.c", ".", true],
    ["//.env/", ".", true],
    ["/.a/../b", ".", false],
    ["/a/./b/..", ".", false],
    ["/../..", ".", false],
    ["/...", ".", true],
    ["/private-x/y", "private", true],
    ["/x/private-y", "private", true],
    ["/notprivate", "private", false],
  ])("%s with the prefix %j: %p", (path, prefix, restricted) => {
    expect(isRestricted(path, prefix)).toBe(restricted);
  });
});

test.each([
  [{}, true],
  [{ prefix: "_" }, true],
  [{ prefix: "" }, false],
  [{ prefix: "a/b" }, false],
  [{ prefix: 1 }, false],
  [{ prefx: "." }, false],
])("its schema takes %j: %p", (config, taken) => {
  expect(z.safeParse(restrictPrefix.schema, config).success).toBe(taken);
});

describe("the example's config", () => {
  let folder = "";
  let server: ServerProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "netwright-example-"));
    const config = structuredClone(example);
    config.modules = config.modules.map((file) => resolve(import.meta.dir, file));
    const { site } = config.apps.http.servers;
    site.listen = [`unix/${join(folder, "site.sock")}`];
    for (const handler of site.routes.flatMap((route) => route.handle)) {
      if (handler.root !== undefined) handler.root = resolve(import.meta.dir, handler.root);
    }
    await writeFile(join(folder, "netwright.json"), JSON.stringify(config));
    server = new ServerProcess(["run", "--config", join(folder, "netwright.json")]);
    await server.says(/serving/);
  });

  afterAll(async () => {
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    await rm(folder, { recursive: true });
  });

  /** The answer to a target as it is written: a client of the web's kind would clean it first. */
  async function answerTo(target: string): Promise<string> {
    return new Promise((answered, failed) => {
      const socket = connect(join(folder, "site.sock"));
      let received = "";
      socket.on("data", (chunk: Buffer) => void (received += chunk.toString("latin1")));
      socket.on("close", () => answered(received));
      socket.on("error", failed);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
  }

  test.each(["/", "/index.html", "/x/../index.html"])("serves %s", async (target) => {
    expect(await answerTo(target)).toStartWith("HTTP/1.1 200 OK\r\n");
  });

  test.each([
    "/.secret",
    "/%2esecret",
    "/%2Esecret?x",
    "/a/../.secret",
    "//.secret",
    "/.hidden/notes.txt",
    "/.hidden/../.secret",
    "/a%2F.secret",
    "/.not-there",
  ])("answers 404 to %s, by the error routes", async (target) => {
    const answer = await answerTo(target);
    expect(answer).toStartWith("HTTP/1.1 404 Not Found\r\n");
    expect(answer).toEndWith("\r\n\r\n404 Not Found\n");
  });
});
