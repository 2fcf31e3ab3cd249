import { LineBuffer, type LogEncoder } from "../../../log/index.ts";

/**
 * The parts of an access line that are the same in each, taken from an encoder once: what `key` and `end` write depends on the order of the calls
 * alone. Writing them as they are saves the look-up of each key.
 */
export class LineFrame {
  readonly request: Uint8Array;
  readonly bytesRead: Uint8Array;
  readonly userId: Uint8Array;
  readonly duration: Uint8Array;
  /** From `bytesRead` to `duration` for a request without a body whose user is not known, which most are. */
  readonly usual: Uint8Array;
  readonly size: Uint8Array;
  readonly status: Uint8Array;
  readonly sentFields: Uint8Array;
  readonly end: Uint8Array;

  /** The frame of lines of `logger`, by the name it has. */
  constructor(encoder: LogEncoder, logger: string) {
    const line = new LineBuffer();
    encoder.begin(line, { level: "info", time: 0, logger, message: MESSAGE });
    const key = (name: string, value: string): Uint8Array => {
      const from = line.length;
      encoder.key(line, name);
      const written = line.bytes.slice(from, line.length);
      line.ascii(value);
      return written;
    };
    this.request = key("request", "{}");
    const usualFrom = line.length;
    this.bytesRead = key("bytes_read", "0");
    this.userId = key("user_id", '""');
    this.duration = key("duration", "");
    this.usual = line.bytes.slice(usualFrom, line.length);
    line.ascii("0");
    this.size = key("size", "0");
    this.status = key("status", "0");
    this.sentFields = key("resp_headers", "{}");
    const from = line.length;
    encoder.end(line);
    this.end = line.bytes.slice(from, line.length);
  }
}

/** What every access line says. */
export const MESSAGE = "handled request";
