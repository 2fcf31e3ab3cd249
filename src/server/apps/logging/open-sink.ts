import { resolve } from "node:path";
import { descriptorSink, discardSink, type LogSink, type LossListener, openFileSink } from "../../../log/index.ts";
import { ConfigError, type ConfigPath } from "../../module/index.ts";
import { checkLogFile } from "./check-log-file.ts";
import type { LogConfig, WriterConfig } from "./logging-config.ts";

type FileWriter = Extract<WriterConfig, { output: "file" }>;

/** Where and how a writer is opened. */
export interface OpenSinkOptions {
  /** The folder that relative file names are meant from. */
  readonly baseDir: string;
  /** The writer's place in the config. */
  readonly path: ConfigPath;
  /** Hears of lines that are lost. */
  readonly loss: LossListener;
  /** Only sees whether it could be opened: nothing is made, and lines go nowhere. */
  readonly dry: boolean;
}

/** Opens where a log goes; without a writer that is stderr. Throws ConfigError when its file cannot be opened. */
export function openSink(writer: LogConfig["writer"], options: OpenSinkOptions): LogSink {
  if (writer?.output === "file") return openFile(writer, options);
  if (writer?.output === "discard" || options.dry) return discardSink();
  return descriptorSink(writer?.output === "stdout" ? 1 : 2, options.loss);
}

/** What a writer writes to, in one word. */
export function placeOf(writer: LogConfig["writer"], baseDir: string): string {
  return writer?.output === "file" ? resolve(baseDir, writer.filename) : (writer?.output ?? "stderr");
}

function openFile(writer: FileWriter, { baseDir, path, loss, dry }: OpenSinkOptions): LogSink {
  const file = resolve(baseDir, writer.filename);
  const mode = modeOf(writer.mode);
  const dirMode = modeOf(writer.dir_mode);
  try {
    if (dry) {
      checkLogFile(file);
      return discardSink();
    }
    return openFileSink(file, {
      loss,
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
