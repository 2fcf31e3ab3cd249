import { createInterface } from "node:readline";
import { ParseError } from "../../bytes/index.ts";
import { EXIT_USAGE } from "../exit.ts";

/** One of the texts that a command is about. */
export interface Target {
  readonly text: string;
  /** Where it stands in a list, such as "line 3"; "" for an argument. */
  readonly place: string;
}

/** The arguments, with the lines of stdin in the place of "-": one a line; what follows "#" is left out, and so are empty lines. */
export async function* targets(args: readonly string[]): AsyncGenerator<Target> {
  for (const text of args) {
    if (text === "-") yield* lines();
    else yield { text, place: "" };
  }
}

async function* lines(): AsyncGenerator<Target> {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number++;
    const text = line.replace(/#.*/, "").trim();
    if (text !== "") yield { text, place: `line ${number} of stdin: ` };
  }
}

/**
 * Does something with every target, until `act` resolves to false. What does not parse is told on stderr, and the rest is done all the same; the exit code is then 2.
 */
export async function forEachTarget(
  args: readonly string[],
  act: (target: Target) => Promise<boolean>,
): Promise<number> {
  let code = 0;
  for await (const target of targets(args)) {
    try {
      if (!(await act(target))) break;
    } catch (error) {
      code = complain(error, target.place);
    }
  }
  return code;
}

/** Tells what does not parse, or is out of range, on stderr, and gives the exit code for it; throws what is neither. */
export function complain(error: unknown, place = ""): number {
  if (error instanceof ParseError) console.error(`netwright: ${place}${describe(error)}`);
  else if (error instanceof RangeError) console.error(`netwright: ${place}${error.message}`);
  else throw error;
  return EXIT_USAGE;
}

/** The reason, and below it the text with a mark under the place that is wrong. */
function describe(error: ParseError): string {
  const { input, offset, reason } = error;
  // What a terminal takes for a command is shown in the message, but has no place to mark.
  if (typeof input !== "string" || !/^[ -~]{1,120}$/.test(input)) return error.message;
  return `cannot parse ${JSON.stringify(input)}: ${reason}\n  ${input}\n  ${" ".repeat(Math.min(offset, input.length))}^`;
}
