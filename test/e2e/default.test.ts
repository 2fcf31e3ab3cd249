import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
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
    // An abstract name: there is no file that a kill could leave behind.
    const backend = /unix\/@(netwright-[\da-f-]+)/.exec(server.stdout)![1]!;
    expect(readdirSync(tmpdir()).filter((file) => file.includes(backend))).toEqual([]);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });
});

test("a port in use is told with the flag that changes it", async () => {
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const server = stage.start(["run", "--listen", `127.0.0.1:${taken.port}`]);
  expect(await server.exited).toBe(1);
  expect(server.stderr).toContain("--listen");
  taken.stop(true);
});

test("a --listen that is no address is told by the flag", async () => {
  const server = stage.start(["run", "--listen", "foo"]);
  expect(await server.exited).toBe(2);
  expect(server.stderr).toStartWith('netwright: --listen: cannot listen on "foo"');
});

test.each([
  [["respond", "--listen", "foo"], "--listen: cannot listen on"],
  [["respond", "--header", "x@y: 1"], "--header: "],
  [["respond", "--header", "__proto__: 1"], "--header: "],
  [["respond", "{http.request.body}"], "body: the placeholder"],
  [["file-server", "--listen", "foo"], "--listen: cannot listen on"],
  [["file-server", "--root", "/nonexistent"], "--root: /nonexistent is no folder"],
  [["reverse-proxy", "--to", "bad:port:x"], "--to: cannot proxy to"],
  [["reverse-proxy", "--to", "a:99999"], "--to: the upstream address"],
  [["reverse-proxy", "--to", ":1", "--from", "foo"], "--from: cannot listen on"],
  [["reverse-proxy", "--to", ":1", "--header-up", "bad"], "--header-up: cannot read the header"],
  [["reverse-proxy", "--to", ":1", "--header-down", "a@b: c"], "--header-down: "],
])("what is wrong with %j is told by the flag", async (args, told) => {
  const server = stage.start(args);
  expect(await server.exited).toBe(2);
  expect(server.stderr).toStartWith(`netwright: ${told}`);
});

test("--listen is refused together with --config, whose own it is", async () => {
  const server = stage.start(["run", "--listen", ":0", "--config", "netwright.json"]);
  expect(await server.exited).toBe(2);
  expect(server.stderr).toContain("--config");
});
