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
  /** The last time written: under load dozens of records share their millisecond. */
  private lastTime = -1;
  private lastTimeText = "";
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
    buffer.byte(0x7b);
    if (this.levelKey !== "") this.part(buffer, this.levelKey, this.levelText(record.level));
    if (this.timeKey !== "") {
      if (record.time !== this.lastTime) {
        this.lastTime = record.time;
        this.lastTimeText = this.time.format(record.time);
      }
      const time = this.lastTimeText;
      this.key(buffer, this.timeKey);
      if (this.time.numeric) buffer.ascii(time);
      else buffer.jsonString(time);
    }
    if (this.nameKey !== "" && record.logger !== "") this.part(buffer, this.nameKey, record.logger);
    if (this.messageKey !== "") this.part(buffer, this.messageKey, record.message);
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
