import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dial } from "../../src/net/index.ts";
import { until } from "./processes.ts";
import { ServerProcess } from "./server-process.ts";

describe("netwright unix-auth", () => {
  const folder = mkdtempSync(join(tmpdir(), "netwright-unix-auth-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let server: ServerProcess | undefined;
  afterEach(async () => {
    server?.kill("SIGKILL");
    await server?.exited;
  });

  const path = join(folder, "own.sock");
  const ownGroup = String(process.getegid?.() ?? 0);

  async function started(...args: string[]): Promise<ServerProcess> {
    const made = new ServerProcess(["unix-auth", ...args]);
    server = made;
    await until(() => /^listening on .*\n/.test(made.stdout), "it listens");
    return made;
  }

  async function answer(): Promise<string> {
    await using conn = await dial("unix", path);
    return new TextDecoder().decode((await conn.read()) ?? new Uint8Array(0));
  }

  test("welcomes members, skips unknown groups, and SIGINT removes the file and disconnects", async () => {
    const running = await started(ownGroup, "no-such-group", "--listen", path);
    expect(running.stdout).toBe(`listening on ${path} for members of ${ownGroup}\n`);
    expect(running.stderr).toBe('netwright: there is no group "no-such-group": skipped\n');
    await using conn = await dial("unix", path);
    expect(new TextDecoder().decode((await conn.read())!)).toBe("Welcome\n");
    const end = conn.read();
    running.kill("SIGINT");
    expect(await end).toBe(null);
    expect(await running.exited).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test("without a known group denies everybody, and says whom", async () => {
    const running = await started("no-such-group", "--listen", path);
    expect(await answer()).toBe("Access denied\n");
    await until(() => running.stderr.includes(`denied: process ${process.pid} of user`), "it says whom");
    expect(running.stderr).toContain("no group is allowed: everybody is denied");
  });

  test("a second one on the same path is refused, and the first goes on", async () => {
    await started(ownGroup, "--listen", path);
    const second = new ServerProcess(["unix-auth", ownGroup, "--listen", path]);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toContain("another process listens there");
    expect(await answer()).toBe("Welcome\n");
  });
});
