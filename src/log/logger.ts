import type { LogEncoder } from "./encoder.ts";
import { encodeRecord } from "./encoder.ts";
import { LEVEL_RANK, type Level } from "./level.ts";
import type { LogFields, LogRecord } from "./record.ts";
import type { LogSink } from "./sink.ts";

/** One place that records go to: which ones, in which form, and where. */
export interface LogCore {
  readonly level: Level;
  readonly encoder: LogEncoder;
  readonly sink: LogSink;
  /** Logger names, or the beginnings of them up to a dot, to take; none: every one. The longest match of the two lists decides. */
  readonly include: readonly string[];
  /** The same, to leave out. */
  readonly exclude: readonly string[];
}

/** Milliseconds of Unix time. */
type WallClock = () => number;

/**
 * A logger with a name, writing to every core that takes records of that name. What no core takes costs one comparison.
 *
 * @example
 * const logger = new Logger([{ level: "info", encoder: new JsonEncoder(), sink: descriptorSink(2), include: [], exclude: [] }], Date.now);
 * logger.named("tftp").info("sent", { file: "boot.img", bytes: 4096 });
 */
export class Logger {
  readonly name: string;
  /** The cores that take records of this name. Whoever writes lines by hand goes through them, gating by `level` first. */
  readonly cores: readonly LogCore[];
  private readonly all: readonly LogCore[];
  private readonly clock: WallClock;
  private readonly bound: LogFields | undefined;
  private readonly lowest: number;

  constructor(cores: readonly LogCore[], clock: WallClock, name = "", bound?: LogFields) {
    this.name = name;
    this.all = cores;
    this.clock = clock;
    this.bound = bound;
    this.cores = cores.filter((core) => takes(core, name));
    this.lowest = Math.min(Number.POSITIVE_INFINITY, ...this.cores.map((core) => LEVEL_RANK[core.level]));
  }

  /** A logger below this one: its name is this one's, a dot, and `name`. */
  named(name: string): Logger {
    return new Logger(this.all, this.clock, this.name === "" ? name : `${this.name}.${name}`, this.bound);
  }

  /** The same logger with fields on every record. */
  with(fields: LogFields): Logger {
    return new Logger(this.all, this.clock, this.name, { ...this.bound, ...fields });
  }

  /** Whether anything takes records of that level: ask before building costly fields. */
  enabled(level: Level): boolean {
    return LEVEL_RANK[level] >= this.lowest;
  }

  debug(message: string, fields?: LogFields): void {
    this.log("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.log("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.log("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.log("error", message, fields);
  }

  log(level: Level, message: string, fields?: LogFields): void {
    if (LEVEL_RANK[level] < this.lowest) return;
    const all = this.bound === undefined ? fields : { ...this.bound, ...fields };
    const record: LogRecord = { level, time: this.clock(), logger: this.name, message, fields: all };
    for (const core of this.cores) {
      if (LEVEL_RANK[level] < LEVEL_RANK[core.level]) continue;
      encodeRecord(core.encoder, core.sink.buffer, record);
      core.sink.lineEnded();
    }
  }
}

function takes(core: LogCore, name: string): boolean {
  const included = longestMatch(core.include, name);
  const excluded = longestMatch(core.exclude, name);
  return core.include.length === 0 ? excluded < 0 : included > excluded;
}

/** The length of the longest entry that is the name or a beginning of it up to a dot, or -1. */
function longestMatch(entries: readonly string[], name: string): number {
  let longest = -1;
  for (const entry of entries) {
    if (entry === name || name.startsWith(`${entry}.`)) longest = Math.max(longest, entry.length);
  }
  return longest;
}
