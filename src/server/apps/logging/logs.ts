import { fstatSync } from "node:fs";
import { resolve } from "node:path";
import type { Clock } from "../../../clock/index.ts";
import {
  ConsoleEncoder,
  descriptorSink,
  discardSink,
  JsonEncoder,
  type Level,
  type LogCore,
  type LogEncoder,
  type LogEncoderOptions,
  Logger,
  type LogSink,
  openFileSink,
  TIME_FORMATS,
  tryParseLevel,
} from "../../../log/index.ts";
import { ConfigError, type ConfigPath } from "../../module/index.ts";
import type { EncoderConfig, LogConfig, LoggingConfig } from "./logging-config.ts";

/** The logs of a config, open. */
export class Logs {
  /** The root of every logger. */
  readonly root: Logger;
  private readonly sinks: readonly LogSink[];

  constructor(cores: readonly LogCore[], clock: Clock) {
    this.root = new Logger(cores, () => clock.wallNow());
    this.sinks = cores.map((core) => core.sink);
  }

  /** Writes what waits, now: for the moment before a process ends. */
  flush(): void {
    for (const sink of this.sinks) sink.flush();
  }

  /** Flushes and closes every file. Idempotent. */
  close(): void {
    for (const sink of this.sinks) sink.close();
  }
}

/**
 * Opens the logs that a config asks for. Without any there is the default: INFO and above, to stderr, for people where that is a terminal and as JSON
 * elsewhere. Relative file names are meant from `baseDir`.
 */
export function openLogs(config: LoggingConfig, baseDir: string, clock: Clock): Logs {
  const logs: Record<string, LogConfig> = { default: {}, ...config.logs };
  const opened: LogCore[] = [];
  try {
    for (const [name, log] of Object.entries(logs)) opened.push(openLog(log, baseDir, ["logging", "logs", name]));
  } catch (error) {
    for (const core of opened) core.sink.close();
    throw error;
  }
  return new Logs(opened, clock);
}

function openLog(log: LogConfig, baseDir: string, path: ConfigPath): LogCore {
  const include = log.include ?? [];
  const exclude = log.exclude ?? [];
  const both = include.find((name) => exclude.includes(name));
  if (both !== undefined) throw new ConfigError(path, `${JSON.stringify(both)} is both included and excluded`);
  return {
    level: log.level === undefined ? "info" : (tryParseLevel(log.level) as Level),
    sink: openSink(log.writer, baseDir, [...path, "writer"]),
    encoder: makeEncoder(log),
    include,
    exclude,
  };
}

function openSink(writer: LogConfig["writer"], baseDir: string, path: ConfigPath): LogSink {
  switch (writer?.output) {
    case "stdout":
      return descriptorSink(1);
    case "discard":
      return discardSink();
    case "file":
      return openFile(resolve(baseDir, writer.filename), writer, path);
    default:
      return descriptorSink(2);
  }
}

function openFile(file: string, writer: Extract<LogConfig["writer"], { output: "file" }>, path: ConfigPath): LogSink {
  const mode = modeOf(writer.mode);
  const dirMode = modeOf(writer.dir_mode);
  try {
    return openFileSink(file, {
      ...(mode === undefined ? undefined : { mode }),
      ...(dirMode === undefined ? undefined : { dirMode }),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(path, `cannot open the log file ${file}: ${reason}`, {
      hint: "make its folder writable for this user, or name another file",
      cause,
    });
  }
}

function modeOf(mode: string | number | undefined): number | undefined {
  return typeof mode === "string" ? Number.parseInt(mode, 8) : mode;
}

function makeEncoder(log: LogConfig): LogEncoder {
  const { encoder } = log;
  const options = encoderOptions(encoder);
  const format = encoder?.format ?? (toTerminal(log) ? "console" : "json");
  return format === "console" ? new ConsoleEncoder(options) : new JsonEncoder(options);
}

function toTerminal(log: LogConfig): boolean {
  if (log.writer === undefined || log.writer.output === "stderr") return isTerminal(2);
  return log.writer.output === "stdout" && isTerminal(1);
}

/** Whether a descriptor is a terminal. Most are none, and those that cannot be are spared the 10 ms that loading node:tty takes. */
function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    // Nothing is open there: a daemon without stderr.
    return false;
  }
}

function encoderOptions(encoder: LogConfig["encoder"]): LogEncoderOptions {
  if (encoder === undefined) return {};
  const options: { -readonly [Key in keyof LogEncoderOptions]: LogEncoderOptions[Key] } = {};
  if (encoder.message_key !== undefined) options.messageKey = encoder.message_key;
  if (encoder.level_key !== undefined) options.levelKey = encoder.level_key;
  if (encoder.time_key !== undefined) options.timeKey = encoder.time_key;
  if (encoder.name_key !== undefined) options.nameKey = encoder.name_key;
  if (encoder.line_ending !== undefined) options.lineEnding = encoder.line_ending;
  const time = encoder.time_format === undefined ? undefined : TIME_FORMATS[encoder.time_format];
  if (time !== undefined) options.timeFormat = time;
  if (encoder.duration_format !== undefined && !/^s(?:econds)?$/.test(encoder.duration_format))
    options.duration = DURATIONS[encoder.duration_format];
  if (encoder.level_format === "upper") options.level = (level) => level.toUpperCase();
  else if (encoder.level_format === "lower") options.level = String;
  return options;
}

const inSeconds = (ms: number): string => String(ms / 1000);
const DURATIONS: Readonly<Record<NonNullable<EncoderConfig["duration_format"]>, (ms: number) => string>> = {
  s: inSeconds,
  seconds: inSeconds,
  ms: String,
  milliseconds: String,
  nano: (ms) => String(Math.round(ms * 1e6)),
  string: (ms) => `"${ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`}"`,
};
