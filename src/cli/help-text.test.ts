import { expect, test } from "bun:test";
import { Command } from "commander";
import { examples, note } from "./help-text.ts";

/** What the help of a command with these texts says, at a width. */
function helpOf(columns: number | undefined, ...texts: readonly Parameters<Command["addHelpText"]>[1][]): string {
  let shown = "";
  const command = new Command("netwright").configureOutput({
    writeOut: (text) => (shown += text),
    // Commander's types know no output without a width.
    getOutHelpWidth: () => columns as number,
  });
  for (const text of texts) command.addHelpText("after", text);
  command.outputHelp();
  return shown;
}

const TEXT =
  "It goes on and on, and where it is as wide as the terminal a word begins the next line.\nA line of its own.";

test("notes are wrapped at words, at the terminal's width or 80 columns", () => {
  expect(helpOf(undefined, note(TEXT))).toEndWith(
    "\n\nIt goes on and on, and where it is as wide as the terminal a word begins the\nnext line.\nA line of its own.\n",
  );
  expect(helpOf(50, note(TEXT))).toContain(
    "\n\nIt goes on and on, and where it is as wide as the\nterminal a word begins",
  );
});

test("examples that are too long go on behind a backslash, and words in quotes stay together", () => {
  const lines = ["short", 'run --first 1 --second "two words" --third 3 -- command'];
  expect(helpOf(40, examples(lines))).toEndWith(
    '\nExamples:\n  netwright short\n  netwright run --first 1 --second \\\n      "two words" --third 3 -- command\n',
  );
});
