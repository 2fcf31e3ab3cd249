import type { AddHelpTextContext } from "commander";

/** Columns of help that goes to no terminal. */
const COLUMNS = 80;
/** What an example begins with, and what its further lines do. */
const FIRST = "  netwright";
const FURTHER = "     ";

/** Text for `addHelpText`, below the flags and after an empty line: each of its lines is wrapped at the width that the rest of the help is. */
export function note(text: string): (context: AddHelpTextContext) => string {
  return (context) => `\n${context.command.createHelp().boxWrap(text, widthOf(context))}`;
}

/** The same for examples, each without `netwright`. One that is too long goes on behind a backslash, as a shell reads it. */
export function examples(lines: readonly string[]): (context: AddHelpTextContext) => string {
  return (context) => {
    const width = widthOf(context);
    return `\nExamples:\n${lines.map((line) => example(line, width)).join("\n")}`;
  };
}

function example(line: string, width: number): string {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  const shown = [FIRST];
  for (const word of words) {
    const longer = `${shown.at(-1)} ${word}`;
    // A line that goes on has a blank and a backslash more.
    if (longer.length <= width - (word === words.at(-1) ? 0 : 2)) shown[shown.length - 1] = longer;
    else shown.push(`${FURTHER} ${word}`);
  }
  return shown.join(" \\\n");
}

function widthOf({ command, error }: AddHelpTextContext): number {
  const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
  return (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? COLUMNS;
}
