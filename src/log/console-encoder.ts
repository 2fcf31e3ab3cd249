import type { LogEncoder } from "./encoder.ts";
import { JsonEncoder, type LogEncoderOptions } from "./json-encoder.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LogRecord } from "./record.ts";
import { TIME_FORMATS, type TimeFormat } from "./time-format.ts";

/** Control characters but the tab, which a terminal might obey. */
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/**
 * A line for people: time, level, logger and message between tabs, then the fields as a JSON object. What a client sent cannot reach
 * the terminal as a control sequence.
 */
export class ConsoleEncoder implements LogEncoder {
  private readonly fields: JsonEncoder;
  private readonly time: TimeFormat;
  private readonly lineEnding: string;
  private readonly level: (level: LogRecord["level"]) => string;
  private open = false;

  constructor(options: LogEncoderOptions = {}) {
    this.fields = new JsonEncoder(options);
    this.time = options.timeFormat ?? TIME_FORMATS["wall_milli"]!;
    this.lineEnding = options.lineEnding ?? "\n";
    this.level = options.level ?? ((level) => level.toUpperCase());
  }

  begin(buffer: LineBuffer, record: Omit<LogRecord, "fields">): void {
    const name = record.logger === "" ? "" : `\t${record.logger}`;
    const line = `${this.time.format(record.time)}\t${this.level(record.level)}${name}\t`;
    buffer.text(line);
    buffer.text(
      record.message.replaceAll(CONTROLS, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
    );
    this.open = false;
  }

  key(buffer: LineBuffer, name: string): void {
    if (!this.open) {
      buffer.ascii("\t{");
      this.open = true;
    }
    this.fields.key(buffer, name);
  }

  end(buffer: LineBuffer): void {
    if (this.open) buffer.byte(0x7d);
    buffer.text(this.lineEnding);
  }

  duration(buffer: LineBuffer, milliseconds: number): void {
    this.fields.duration(buffer, milliseconds);
  }
}
