import { afterEach, beforeEach } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWRIGHT, ToolProcess } from "../tool-process.ts";

/** Where the tests of a file work with tools: a folder for each, and what they started is gone behind them. */
export interface Workshop {
  readonly folder: string;
  /** Starts a command of netwright's. */
  netwright(...args: readonly string[]): ToolProcess;
  /** Starts another program. */
  start(command: readonly string[]): ToolProcess;
}

/** Sets a workshop up for the tests of the file that calls it. */
export function useWorkshop(): Workshop {
  let folder = "";
  const started: ToolProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "netwright-tools-"));
  });
  afterEach(async () => {
    for (const tool of started.splice(0)) {
      tool.kill("SIGKILL");
      await tool.exited;
    }
    await rm(folder, { recursive: true });
  });
  const start = (command: readonly string[]): ToolProcess => {
    const tool = new ToolProcess(command);
    started.push(tool);
    return tool;
  };
  return {
    get folder() {
      return folder;
    },
    netwright: (...args) => start([NETWRIGHT, ...args]),
    start,
  };
}
