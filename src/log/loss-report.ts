import type { Clock } from "../clock/index.ts";
import { encodeRecord, type LogEncoder } from "./encoder.ts";
import { EpisodeLimit } from "./episode-limit.ts";
import type { Level } from "./level.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LossListener } from "./sink.ts";

/** What a LossReport speaks of and through. */
export interface LossReportOptions {
  /** The log's name. */
  readonly log: string;
  /** Where it is written: a path, or a word such as "stdout". */
  readonly place: string;
  /** The form of the log's own lines. */
  readonly encoder: LogEncoder;
  readonly clock: Clock;
  /** Says it elsewhere, where somebody may see it while the log itself is mute. */
  say(level: Level, message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** What to do about an error of the system, by its code. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "free space on its disk"],
  ["EDQUOT", "free space within the user's quota"],
  ["EFBIG", "move the file away and start again: it has reached the greatest size that is allowed"],
  ["EIO", "see whether its disk is failing"],
  ["EROFS", "mount its file system writable"],
  ["EPIPE", "start again: whoever read it is gone"],
  ["EAGAIN", "see why its reader does not keep up"],
]);

/**
 * Says when a log loses lines and how many it lost: elsewhere at once and again when it can be written, though for at most one spell a minute, and in the log
 * itself after each spell.
 */
export class LossReport implements LossListener {
  private readonly options: LossReportOptions;
  private readonly limit: EpisodeLimit;
  /** Lines lost that were not told elsewhere yet. */
  private untold = 0;

  constructor(options: LossReportOptions) {
    this.options = options;
    this.limit = new EpisodeLimit(options.clock);
  }

  began(reason: unknown): void {
    if (!this.limit.began()) return;
    const { log, place } = this.options;
    const error = reason instanceof Error ? reason.message : String(reason);
    this.options.say("error", "a log cannot be written: its lines are lost until it can", {
      log,
      place,
      error,
      advice: ADVICE.get(codeOf(reason)) ?? "see that it can be written",
    });
  }

  ended(lost: number, buffer: LineBuffer): void {
    const { encoder, clock } = this.options;
    const message = "lines of this log were lost: it could not be written";
    encodeRecord(encoder, buffer, { level: "error", time: clock.wallNow(), logger: "log", message, fields: { lost } });
    this.untold += lost;
    if (this.limit.ended()) this.tell("a log can be written again");
  }

  closed(lost: number): void {
    this.untold += lost;
    if (this.untold > 0) this.tell("a log lost lines that nothing was told of in it");
  }

  private tell(message: string): void {
    const { log, place } = this.options;
    const lost = this.untold;
    this.untold = 0;
    this.options.say("warn", message, { log, place, lost });
  }
}

function codeOf(reason: unknown): string {
  const code = reason instanceof Error ? (reason as { readonly code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "";
}
