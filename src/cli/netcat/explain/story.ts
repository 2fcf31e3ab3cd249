import type { Clock } from "../../../clock/index.ts";
import { ms } from "../../socket-text.ts";

/** Places for the time before a line, and two blanks. */
const TIME = 9;
const INDENT: string = " ".repeat(TIME + 2);

/** What is told of a connection, each line with the time since the beginning. */
export class Story {
  readonly clock: Clock;
  private readonly write: (line: string) => void;
  private readonly columns: () => number | undefined;
  private readonly begun: number;

  /** `columns`: those of the terminal that it is written to, at whose end lines are wrapped; undefined where it is none. */
  constructor(clock: Clock, write: (line: string) => void, columns: () => number | undefined = () => undefined) {
    this.clock = clock;
    this.write = write;
    this.columns = columns;
    this.begun = clock.now();
  }

  /** Columns that a line has for its text; undefined: any number. */
  get room(): number | undefined {
    const columns = this.columns();
    return columns === undefined ? undefined : Math.max(LEAST, columns - INDENT.length);
  }

  get elapsedMs(): number {
    return this.clock.now() - this.begun;
  }

  /** A line with the time. */
  say(text: string): void {
    const [first = "", ...further] = wrapped(text, this.room);
    this.write(`${elapsedText(this.elapsedMs).padStart(TIME)}  ${first}`);
    for (const line of further) this.write(`${INDENT}  ${line}`);
  }

  /** A line without it, below one with it. */
  more(text: string): void {
    for (const [i, line] of wrapped(text, this.room).entries()) this.write(`${INDENT}${i === 0 ? "" : "  "}${line}`);
  }
}

/** However narrow the terminal is. */
const LEAST = 20;

/** A text in lines that are no longer than there is room; what goes on has two columns less. */
function wrapped(text: string, room: number | undefined): readonly string[] {
  if (room === undefined || text.length <= room) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const width = lines.length > 1 ? room - 2 : room;
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A time since the beginning, in a unit in which it can be read. */
export function elapsedText(elapsedMs: number): string {
  return elapsedMs < 1000 ? ms(elapsedMs) : `${(elapsedMs / 1000).toFixed(2)} s`;
}
