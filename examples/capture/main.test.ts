import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "netwright/http/server";
import { listen } from "netwright/net";
import { askCaptured, packetLines } from "./main.ts";

const dir = mkdtempSync(join(tmpdir(), "netwright-capture-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("what passed a Unix socket is in the file as a TCP connection", async () => {
  const socket = join(dir, "http.sock");
  const server = serve(await listen("unix", socket), (request) => new Response(new URL(request.url).pathname));
  const answer = await askCaptured(socket, "/greeting", join(dir, "a.pcapng"));
  expect(answer).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\n\/greeting$/);
  await server.shutdown();
  const lines = await packetLines(join(dir, "a.pcapng"));
  const out = "tcp 192.0.2.1:49152 > 192.0.2.2:80";
  const back = "tcp 192.0.2.2:80 > 192.0.2.1:49152";
  expect(lines).toEqual([
    `${out} [SYN] 0 bytes`,
    `${back} [SYN ACK] 0 bytes`,
    `${out} [ACK] 0 bytes`,
    `${out} [PSH ACK] 62 bytes`,
    `${back} [ACK] 0 bytes`,
    `${back} [PSH ACK] ${answer.length} bytes`,
    `${out} [ACK] 0 bytes`,
    `${back} [FIN ACK] 0 bytes`,
    `${out} [ACK] 0 bytes`,
    `${out} [FIN ACK] 0 bytes`,
    `${back} [ACK] 0 bytes`,
  ]);
});
