import { expect, test } from "bun:test";
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
