import { realClock } from "../../../clock/index.ts";
import { Story } from "./story.ts";

/** A story that begins now and is told on stderr. */
export function storyOnStderr(): Story {
  return new Story(
    realClock,
    (line) => console.error(line),
    () => (process.stderr.isTTY ? process.stderr.columns : undefined),
  );
}
