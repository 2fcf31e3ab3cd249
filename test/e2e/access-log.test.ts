import { expect, test } from "bun:test";
import { once } from "node:events";
import { truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { RawClient } from "./raw-client.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

test("access lines of several workers come whole through one pipe", async () => {
  const command = ["respond", "--listen", "127.0.0.1:0", "--workers", "2", "--access-log"];
  const server = stage.start(command);
  const port = await server.port();
  const clients = await Promise.all(Array.from({ length: 8 }, async () => RawClient.open(port)));
  // As long as a pipe takes in one piece about six times, all at once from every client.
  const path = `/${"x".repeat(600)}`;
  await Promise.all(
    clients.map(async (client) => {
      for (let i = 0; i < 60; i++) client.send(path);
      for (let i = 0; i < 60; i++) await client.response();
    }),
  );
  server.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  const lines = server.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { request?: { uri: string } });
  expect(lines.filter((line) => line.request?.uri === path)).toHaveLength(8 * 60);
});

test("the line of a client that resets its connection in the middle of a file tells its address", async () => {
  const file = join(stage.folder, "large");
  await writeFile(file, "");
  await truncate(file, 64 * 1024 * 1024);
  const server = stage.start(["file-server", "--root", stage.folder, "--listen", "127.0.0.1:0", "--access-log"]);
  const client = connect(await server.port(), "127.0.0.1");
  client.write("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
  await once(client, "readable");
  client.resetAndDestroy();
  const [line] = await server.says(/^.*"handled request".*\n/m);
  expect(JSON.parse(line)).toMatchObject({ request: { remote_ip: "127.0.0.1" } });
});
