import { fstatSync } from "node:fs";
import type { Clock } from "../../../clock/index.ts";
import {
  ConsoleEncoder,
  JsonEncoder,
  type Level,
  type LogCore,
  type LogEncoder,
  type LogEncoderOptions,
  Logger,
  type LogSink,
  LossReport,
  TIME_FORMATS,
  tryParseLevel,
} from "../../../log/index.ts";
import { ConfigError } from "../../module/index.ts";
import { EmergencyLog } from "./emergency-log.ts";
import type { EncoderConfig, LogConfig, LoggingConfig } from "./logging-config.ts";
import { openSink, placeOf } from "./open-sink.ts";

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

/** How logs are opened. */
export interface OpenLogsOptions {
  /** The folder that relative file names are meant from. */
  readonly baseDir: string;
  readonly clock: Clock;
  /** Only sees whether they could be opened: no file or folder is made, and lines go nowhere. Default false. */
  readonly dry?: boolean;
  /** Where it is said that a log cannot be written. Default: stderr. */
  readonly emergency?: EmergencyLog;
}

/**
 * Opens the logs that a config asks for. Without any there is the default: INFO and above, to stderr, for people where that is a terminal and as JSON
 * elsewhere. Throws ConfigError.
 */
export function openLogs(config: LoggingConfig, options: OpenLogsOptions): Logs {
  const { clock } = options;
  const emergency = options.emergency ?? new EmergencyLog(clock, makeEncoder({}));
  const logs: Record<string, LogConfig> = { default: {}, ...config.logs };
  const opened: LogCore[] = [];
  try {
    for (const [name, log] of Object.entries(logs)) opened.push(openLog(name, log, { ...options, emergency }));
  } catch (error) {
    for (const core of opened) core.sink.close();
    throw error;
  }
  return new Logs(opened, clock);
}

function openLog(
  name: string,
  log: LogConfig,
  { baseDir, clock, dry, emergency }: OpenLogsOptions & { readonly emergency: EmergencyLog },
): LogCore {
  const path = ["logging", "logs", name];
  const include = log.include ?? [];
  const exclude = log.exclude ?? [];
  const both = include.find((each) => exclude.includes(each));
  if (both !== undefined) throw new ConfigError(path, `${JSON.stringify(both)} is both included and excluded`);
  const encoder = makeEncoder(log);
  const place = placeOf(log.writer, baseDir);
  // Where stderr itself cannot be written, neither can the emergency log.
  const say = place === "stderr" ? () => undefined : emergency.say;
  const loss = new LossReport({ log: name, place, encoder, clock, say });
  return {
    level: log.level === undefined ? "info" : (tryParseLevel(log.level) as Level),
    sink: openSink(log.writer, { baseDir, path: [...path, "writer"], loss, dry: dry === true }),
    encoder,
    include,
    exclude,
  };
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
