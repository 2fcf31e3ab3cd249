import type { LineBuffer } from "./line-buffer.ts";
import type { LogRecord } from "./record.ts";

/**
 * Writes records as lines. `begin` and `end` frame one whose fields the caller writes itself, which is how access logs avoid an object a line.
 * What `key` and `end` write depends on the calls since `begin` alone, so that a caller with always the same keys may keep their bytes and write those.
 */
export interface LogEncoder {
  /** Writes all of a line but its fields. */
  begin(buffer: LineBuffer, record: Omit<LogRecord, "fields">): void;
  /** Stands between `begin` and the next field: writes `"name":` with its comma. The caller then writes one JSON value. */
  key(buffer: LineBuffer, name: string): void;
  /** Writes the end of the line, its newline included. */
  end(buffer: LineBuffer): void;
  /** How it writes a span of time. */
  duration(buffer: LineBuffer, milliseconds: number): void;
}

/** Writes a whole record. */
export function encodeRecord(encoder: LogEncoder, buffer: LineBuffer, record: LogRecord): void {
  encoder.begin(buffer, record);
  for (const [name, value] of Object.entries(record.fields ?? {})) {
    encoder.key(buffer, name);
    writeValue(buffer, value);
  }
  encoder.end(buffer);
}

/** Writes any value as JSON: what JSON cannot hold becomes its text, an Error its message and causes. */
export function writeValue(buffer: LineBuffer, value: unknown): void {
  if (typeof value === "string") buffer.jsonString(value);
  else if (typeof value === "number") buffer.number(value);
  else if (typeof value === "boolean" || value === null) buffer.ascii(String(value));
  else if (value instanceof Error) buffer.jsonString(describeError(value));
  else writeObject(buffer, value);
}

function writeObject(buffer: LineBuffer, value: unknown): void {
  let json: string | undefined;
  try {
    json = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
  } catch {
    json = undefined;
  }
  if (json === undefined) buffer.jsonString(String(value));
  else buffer.text(json);
}

/** An error's message with those of its causes behind it, as far as they say more. */
export function describeError(error: Error): string {
  let text = error.message;
  for (let cause = error.cause, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (!text.includes(cause.message)) text += `: ${cause.message}`;
  }
  return text;
}
