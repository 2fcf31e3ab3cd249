import { expect, test } from "bun:test";
import type { Command } from "commander";
import { program } from "./program.ts";

/** A command and all below it. */
function allOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

test("no line of any command's help is wider than a terminal of 80 columns", () => {
  const commands = allOf(program);
  expect(commands.length).toBeGreaterThan(20);
  for (const command of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
    command.outputHelp();
    expect(help).toStartWith("Usage: netwright");
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  }
});
