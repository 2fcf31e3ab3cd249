import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { listen } from "../../src/net/index.ts";
import { NETWRIGHT } from "../tool-process.ts";
import { useWorkshop } from "./tools.ts";

const shop = useWorkshop();

const COMMANDS = [
  "ip 192.0.2.1",
  "ip 192.0.2.1 --json",
  "ip contains 192.0.2.0/24 192.0.2.1",
  "ip split 192.0.2.0/24 2",
  "ip merge 192.0.2.0/24",
  "sockets",
  "sockets --json",
  "lab show chain",
  "tcping -c 1 ADDRESS",
  "tcping -c 1 --json ADDRESS",
  "dial --zero ADDRESS",
  "version",
];

/** Runs a command with its stdout where a shell puts it; ADDRESS is one where somebody listens. */
async function run(command: string, redirection: string): Promise<{ code: number; err: string }> {
  await using listener = await listen("tcp", "127.0.0.1:0");
  listener.serve((conn) => void conn.close());
  const script = `${NETWRIGHT} ${command.replace("ADDRESS", listener.local.toString())} ${redirection}`;
  const tool = shop.start(["bash", "-c", script]);
  return { code: await tool.exited, err: tool.stderr };
}

describe("what is printed", () => {
  test.skipIf(!existsSync("/dev/full")).each(COMMANDS)("to a full disk is a failure: %s", async (command) => {
    const { code, err } = await run(command, ">/dev/full");
    expect(err).toBe("netwright: cannot write to stdout: no space left on device (ENOSPC)\n");
    expect(code).toBe(1);
  });

  test.each(COMMANDS)("to nobody is none, and quiet: %s", async (command) => {
    expect(await run(command, '| true; exit "${PIPESTATUS[0]}"')).toEqual({ code: 0, err: "" });
  });

  test("ends a command that would go on for ever once nobody reads it", async () => {
    const { code, err } = await run("tcping -c 0 -i 10ms ADDRESS", '| head -n 2 >/dev/null; exit "${PIPESTATUS[0]}"');
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});
