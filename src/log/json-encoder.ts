import type { LogEncoder } from "./encoder.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LogRecord } from "./record.ts";
import { TIME_FORMATS, type TimeFormat } from "./time-format.ts";

/** How the parts of a line are named and written; the defaults are Caddy's. An empty key leaves its part out. */
export interface LogEncoderOptions {
  readonly messageKey?: string;
  readonly levelKey?: string;
  readonly timeKey?: string;
  readonly nameKey?: string;
  readonly lineEnding?: string;
  /** Default: seconds of Unix time with a fraction (JSON), wall time with milliseconds (console). */
  readonly timeFormat?: TimeFormat;
  /** Writes a span of time as a JSON value. Default: seconds with a fraction. */
  readonly duration?: (milliseconds: number) => string;
  /** Writes a level. Default: in lower case (JSON), in upper case (console). */
  readonly level?: (level: LogRecord["level"]) => string;
}

/**
 * One JSON object a line: `{"level":"info","ts":1700000000.123,"logger":"http","msg":"…", …}`.
 */
export class JsonEncoder implements LogEncoder {
  private readonly levelKey: string;
  private readonly timeKey: string;
  private readonly nameKey: string;
  private readonly messageKey: string;
  private readonly lineEnding: string;
  private readonly time: TimeFormat;
  private readonly durationText: ((milliseconds: number) => string) | undefined;
  /** The beginning of the last record as it was written, and of what: under load dozens of records share their millisecond. */
  private lastTime = -1;
  private lastLevel = "";
  private lastLogger = "";
  private lastMessage = "";
  private lastBeginning: Uint8Array = new Uint8Array(256);
  private lastLength = 0;
  private readonly levelText: (level: LogRecord["level"]) => string;
  /** `,"name":` for the names of fields seen so far; callers have a fixed set of them, and it is bounded all the same. */
  private readonly keys = new Map<string, Uint8Array>();

  constructor(options: LogEncoderOptions = {}) {
    this.levelKey = options.levelKey ?? "level";
    this.timeKey = options.timeKey ?? "ts";
    this.nameKey = options.nameKey ?? "logger";
    this.messageKey = options.messageKey ?? "msg";
    this.lineEnding = options.lineEnding ?? "\n";
    this.time = options.timeFormat ?? TIME_FORMATS["unix_seconds_float"]!;
    this.durationText = options.duration;
    this.levelText = options.level ?? String;
  }

  begin(buffer: LineBuffer, record: Omit<LogRecord, "fields">): void {
    if (
      record.time === this.lastTime &&
      record.level === this.lastLevel &&
      record.logger === this.lastLogger &&
      record.message === this.lastMessage
    ) {
      buffer.raw(this.lastBeginning, this.lastLength);
      return;
    }
    const from = buffer.length;
    this.writeBeginning(buffer, record);
    this.remember(buffer, from, record);
  }

  private writeBeginning(buffer: LineBuffer, record: Omit<LogRecord, "fields">): void {
    buffer.byte(0x7b);
    if (this.levelKey !== "") this.part(buffer, this.levelKey, this.levelText(record.level));
    if (this.timeKey !== "") {
      const time = this.time.format(record.time);
      this.key(buffer, this.timeKey);
      if (this.time.numeric) buffer.ascii(time);
      else buffer.jsonString(time);
    }
    if (this.nameKey !== "" && record.logger !== "") this.part(buffer, this.nameKey, record.logger);
    if (this.messageKey !== "") this.part(buffer, this.messageKey, record.message);
  }

  /** Keeps a beginning, unless it is longer than those of records that come in numbers. */
  private remember(buffer: LineBuffer, from: number, record: Omit<LogRecord, "fields">): void {
    const length = buffer.length - from;
    if (length > this.lastBeginning.length) return;
    const { bytes } = buffer;
    for (let i = 0; i < length; i++) this.lastBeginning[i] = bytes[from + i]!;
    this.lastLength = length;
    this.lastTime = record.time;
    this.lastLevel = record.level;
    this.lastLogger = record.logger;
    this.lastMessage = record.message;
  }

  key(buffer: LineBuffer, name: string): void {
    const prepared = this.keys.get(name) ?? this.prepareKey(name);
    if (buffer.bytes[buffer.length - 1] === 0x7b) buffer.raw(prepared.subarray(1));
    else buffer.raw(prepared);
  }

  end(buffer: LineBuffer): void {
    buffer.byte(0x7d);
    buffer.text(this.lineEnding);
  }

  duration(buffer: LineBuffer, milliseconds: number): void {
    if (this.durationText === undefined) buffer.seconds(milliseconds);
    else buffer.text(this.durationText(milliseconds));
  }

  private part(buffer: LineBuffer, name: string, value: string): void {
    this.key(buffer, name);
    buffer.jsonString(value);
  }

  private prepareKey(name: string): Uint8Array {
    const prepared = new TextEncoder().encode(`,${JSON.stringify(name)}:`);
    if (this.keys.size < 256) this.keys.set(name, prepared);
    return prepared;
  }
}
