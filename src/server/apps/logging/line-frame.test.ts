import { describe, expect, test } from "bun:test";
import { ConsoleEncoder, JsonEncoder, LineBuffer, type LogEncoder } from "../../../log/index.ts";
import { LineFrame, MESSAGE } from "./line-frame.ts";

const VALUES = ["{}", "0", '""', "1", "2", "3", "{}"];
const NAMES = ["request", "bytes_read", "user_id", "duration", "size", "status", "resp_headers"];

function text(write: (buffer: LineBuffer) => void): string {
  const buffer = new LineBuffer();
  write(buffer);
  return new TextDecoder().decode(buffer.bytes.subarray(0, buffer.length));
}

/** The line as the encoder frames it, key by key. */
function byKeys(encoder: LogEncoder, logger: string): string {
  return text((buffer) => {
    encoder.begin(buffer, { level: "info", time: 5, logger, message: MESSAGE });
    for (const [i, name] of NAMES.entries()) {
      encoder.key(buffer, name);
      buffer.ascii(VALUES[i]!);
    }
    encoder.end(buffer);
  });
}

function byFrame(encoder: LogEncoder, logger: string, usual: boolean): string {
  const frame = new LineFrame(encoder, logger);
  const between = usual ? [frame.usual] : [frame.bytesRead, "0", frame.userId, '""', frame.duration];
  const parts = [frame.request, "{}", ...between, "1", frame.size, "2", frame.status, "3", frame.sentFields, "{}"];
  return text((buffer) => {
    encoder.begin(buffer, { level: "info", time: 5, logger, message: MESSAGE });
    for (const part of [...parts, frame.end]) {
      if (typeof part === "string") buffer.ascii(part);
      else buffer.raw(part);
    }
  });
}

const bare = { levelKey: "", timeKey: "", nameKey: "", messageKey: "", lineEnding: "\r\né\n" };
const encoders: readonly (readonly [string, () => LogEncoder])[] = [
  ["JSON", () => new JsonEncoder()],
  ["JSON without a beginning", () => new JsonEncoder(bare)],
  ["console", () => new ConsoleEncoder()],
  ["console with its own line ending", () => new ConsoleEncoder({ lineEnding: "\r\n" })],
];

describe("LineFrame", () => {
  test.each(encoders)("stands for the calls of an encoder: %s", (_name, make) => {
    for (const logger of ["", 'http.log.access."é']) {
      for (const usual of [true, false]) expect(byFrame(make(), logger, usual)).toBe(byKeys(make(), logger));
    }
  });

  test("what an encoder writes after it is framed as before", () => {
    const encoder = new ConsoleEncoder();
    const line = byKeys(encoder, "a");
    expect(byFrame(encoder, "a", true)).toBe(line);
    expect(byKeys(encoder, "a")).toBe(line);
  });
});
