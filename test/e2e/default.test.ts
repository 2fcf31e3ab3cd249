import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { useStage } from "./stage.ts";

const stage = useStage();

describe.each(["1", "2"])("netwright run without a config, with %s worker(s)", (workers) => {
  test("serves the welcome site and, through the reverse proxy, the example backend", async () => {
    const server = stage.start(["run", "--listen", "127.0.0.1:0", "--workers", workers]);
    const port = await server.port();
    const site = `http://127.0.0.1:${port}`;
    expect(server.stdout).toContain(`${site}/api/`);
    const welcome = await fetch(site);
    expect(welcome.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await welcome.text()).toContain("Netwright");
    const api = (await (await fetch(`${site}/api/hello`)).json()) as Record<string, unknown>;
    expect(api).toMatchObject({ path: "/api/hello", forwarded_for: "127.0.0.1", forwarded_proto: "http" });
    const head = await fetch(site, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${site}/nothing`)).status).toBe(404);
    const socket = /unix\/(\/\S+?\.sock)/.exec(server.stdout)![1]!;
    expect(existsSync(socket)).toBe(true);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });
});

test("a port in use is told with the flag that changes it", async () => {
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const server = stage.start(["run", "--listen", `127.0.0.1:${taken.port}`]);
  expect(await server.exited).toBe(1);
  expect(server.stderr).toContain("--listen");
  taken.stop(true);
});

test("--listen is refused together with --config, whose own it is", async () => {
  const server = stage.start(["run", "--listen", ":0", "--config", "netwright.json"]);
  expect(await server.exited).toBe(2);
  expect(server.stderr).toContain("--config");
});
