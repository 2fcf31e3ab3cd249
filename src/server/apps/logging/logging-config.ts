import * as z from "zod/mini";
import { TIME_FORMATS, tryParseLevel } from "../../../log/index.ts";

/** A level by its name, in any case. */
const LEVEL = z
  .string()
  .check(
    z.refine(
      (text) => tryParseLevel(text) !== undefined,
      "is no log level: use DEBUG, INFO, WARN, ERROR, PANIC or FATAL",
    ),
  );

/** An octal mode as Caddy writes it: a text such as "0600", or a number. */
const MODE = z.union([z.string().check(z.regex(/^0?[0-7]{3,4}$/, 'is no octal file mode such as "0600"')), z.number()]);

const WRITER = z.discriminatedUnion("output", [
  z.strictObject({ output: z.literal("stdout") }),
  z.strictObject({ output: z.literal("stderr") }),
  z.strictObject({ output: z.literal("discard") }),
  z.strictObject({
    output: z.literal("file"),
    filename: z.string().check(z.minLength(1)),
    mode: z.optional(MODE),
    dir_mode: z.optional(MODE),
    /** Rotation is not built yet: saying that there is none is the one thing that can be said. */
    roll: z.optional(
      z.literal(
        false,
        "is known to Caddy, but rotation of log files is not built here yet: set it to false, or remove it",
      ),
    ),
  }),
]);

const KEYS = {
  message_key: z.optional(z.string()),
  level_key: z.optional(z.string()),
  time_key: z.optional(z.string()),
  name_key: z.optional(z.string()),
  line_ending: z.optional(z.string()),
  time_format: z.optional(
    z
      .string()
      .check(
        z.refine(
          (name) => Object.hasOwn(TIME_FORMATS, name),
          `is no time format known here: use one of ${Object.keys(TIME_FORMATS).join(", ")}`,
        ),
      ),
  ),
  duration_format: z.optional(z.enum(["s", "seconds", "ms", "milliseconds", "nano", "string"])),
  level_format: z.optional(z.enum(["lower", "upper"])),
};

const ENCODER = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("json"), ...KEYS }),
  z.strictObject({ format: z.literal("console"), ...KEYS }),
]);

const LOG = z.strictObject({
  level: z.optional(LEVEL),
  writer: z.optional(WRITER),
  encoder: z.optional(ENCODER),
  include: z.optional(z.array(z.string())),
  exclude: z.optional(z.array(z.string())),
});

/** Where a log's lines go. */
export type WriterConfig =
  | { output: "stdout" }
  | { output: "stderr" }
  | { output: "discard" }
  | {
      output: "file";
      filename: string;
      mode?: string | number | undefined;
      dir_mode?: string | number | undefined;
      roll?: false | undefined;
    };

/** The form of a log's lines. */
export interface EncoderConfig {
  format: "json" | "console";
  message_key?: string | undefined;
  level_key?: string | undefined;
  time_key?: string | undefined;
  name_key?: string | undefined;
  line_ending?: string | undefined;
  time_format?: string | undefined;
  duration_format?: "s" | "seconds" | "ms" | "milliseconds" | "nano" | "string" | undefined;
  level_format?: "lower" | "upper" | undefined;
}

/** One log. */
export interface LogConfig {
  level?: string | undefined;
  writer?: WriterConfig | undefined;
  encoder?: EncoderConfig | undefined;
  include?: string[] | undefined;
  exclude?: string[] | undefined;
}

/** What `logging` of a config holds: any number of logs by name; the one called "default" is there unless it is redefined. */
export interface LoggingConfig {
  logs?: Record<string, LogConfig> | undefined;
}

export const LOGGING_SCHEMA: z.ZodMiniType<LoggingConfig> = z.strictObject({
  logs: z.optional(z.record(z.string(), LOG)),
});

/** Keys of a log that Caddy knows and that are not built yet. */
export const PLANNED_LOG_KEYS: Readonly<Record<string, string>> = {
  sink: "taking over what other libraries log",
  sampling: "sampling",
  with_caller: "the caller in each line",
  with_stacktrace: "stack traces in lines",
  core: "log cores as modules",
  roll_size_mb: "rotation of log files",
  roll_keep: "rotation of log files",
  roll_keep_days: "rotation of log files",
  roll_compression: "rotation of log files",
  backup_time_format: "rotation of log files",
  roll_gzip: "rotation of log files",
  roll_local_time: "rotation of log files",
  roll_interval: "rotation of log files",
  roll_minutes: "rotation of log files",
  roll_at: "rotation of log files",
};
