import { describe, expect, test } from "bun:test";
import { listen } from "netwright/net";
import { pingPort } from "./main.ts";

describe("pingPort", () => {
  test("three tries of a port that answers", async () => {
    await using listener = await listen("tcp", "127.0.0.1:0");
    listener.serve((conn) => void conn.close());
    const lines: string[] = [];
    const ok = await pingPort(listener.local.toString(), { intervalMs: 1 }, (line) => lines.push(line));
    expect(ok).toBe(true);
    expect(lines.length).toBe(4);
    for (const line of lines.slice(0, 3)) expect(line).toMatch(/^[123] \d+\.\d{3} ms$/);
    expect(lines[3]).toBe("3 tried, 3 connected, 0 % lost");
  });

  test("a port that refuses is a failure", async () => {
    const listener = await listen("tcp", "127.0.0.1:0");
    await listener.close();
    const lines: string[] = [];
    const ok = await pingPort(listener.local.toString(), { count: 1 }, (line) => lines.push(line));
    expect(ok).toBe(false);
    expect(lines).toEqual([
      `1 dial tcp ${listener.local.toString()}: connection refused (ECONNREFUSED)`,
      "1 tried, 0 connected, 100 % lost",
    ]);
  });
});
