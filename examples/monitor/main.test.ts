import { expect, spyOn, test } from "bun:test";
import { dial } from "netwright/net";
import { type Log, serveMonitored } from "./main.ts";

/** Sends lines and returns what comes back. */
async function echo(log: Log, lines: readonly string[]): Promise<string> {
  await using listener = await serveMonitored(log);
  await using client = await dial("tcp", String(listener.local));
  for (const line of lines) await client.write(new TextEncoder().encode(line));
  await client.closeWrite();
  return Buffer.concat(await Array.fromAsync(client)).toString();
}

test("what is read and what is written, a line each", async () => {
  const lines: string[] = [];
  expect(await echo((line) => void lines.push(line), ["Test\n"])).toBe("Test\n");
  expect(lines).toEqual(["monitor: Test", "monitor: Test"]);
});

test("a logger that throws does not break the echo, and is told of once", async () => {
  const told = spyOn(console, "error").mockImplementation(() => undefined);
  const log = (): never => {
    throw new Error("disk full");
  };
  expect(await echo(log, ["one\n", "two\n"])).toBe("one\ntwo\n");
  expect(told.mock.calls).toEqual([["the log failed, and the echo goes on:", "Error: disk full"]]);
  told.mockRestore();
});

test("a logger that never gets done holds up nothing", async () => {
  let calls = 0;
  const log = async (): Promise<void> => {
    calls++;
    return new Promise<void>(() => undefined);
  };
  expect(await echo(log, ["one\n"])).toBe("one\n");
  expect(calls).toBe(1);
});
