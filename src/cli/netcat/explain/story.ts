import type { Clock } from "../../../clock/index.ts";
import { ms } from "../../socket-text.ts";

/** What is told of a connection, each line with the time since the beginning. */
export class Story {
  readonly clock: Clock;
  private readonly write: (line: string) => void;
  private readonly begun: number;

  constructor(clock: Clock, write: (line: string) => void) {
    this.clock = clock;
    this.write = write;
    this.begun = clock.now();
  }

  get elapsedMs(): number {
    return this.clock.now() - this.begun;
  }

  /** A line with the time. */
  say(text: string): void {
    this.write(`${elapsedText(this.elapsedMs).padStart(10)}  ${text}`);
  }

  /** A line without it, below one with it. */
  more(text: string): void {
    this.write(`${" ".repeat(10)}  ${text}`);
  }
}

/** A time since the beginning, in a unit in which it can be read. */
export function elapsedText(elapsedMs: number): string {
  return elapsedMs < 1000 ? ms(elapsedMs) : `${(elapsedMs / 1000).toFixed(2)} s`;
}
