import { expect, test } from "bun:test";
import { SimulatedClock } from "../../../clock/index.ts";
import { Story } from "./story.ts";

const TEXT = "this side closed first; left in TIME_WAIT: the ports are kept for a minute, for packets that are late";

function linesOf(columns: number | undefined): readonly string[] {
  const lines: string[] = [];
  const story = new Story(
    new SimulatedClock(),
    (line) => void lines.push(line),
    () => columns,
  );
  story.say(TEXT);
  story.more(TEXT);
  return lines;
}

test("Story wraps its lines at words where a terminal ends, and nowhere else", () => {
  expect(linesOf(80)).toEqual([
    " 0.000 ms  this side closed first; left in TIME_WAIT: the ports are kept for a",
    "             minute, for packets that are late",
    "           this side closed first; left in TIME_WAIT: the ports are kept for a",
    "             minute, for packets that are late",
  ]);
  expect(linesOf(undefined)).toEqual([` 0.000 ms  ${TEXT}`, `           ${TEXT}`]);
  for (const line of linesOf(40)) expect(line.length).toBeLessThanOrEqual(40);
});
