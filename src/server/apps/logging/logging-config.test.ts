import { expect, test } from "bun:test";
import { decode } from "../../module/index.ts";
import { LOGGING_SCHEMA, type LoggingConfig, PLANNED_LOG_KEYS } from "./logging-config.ts";

function decoded(writer: object): LoggingConfig {
  const config = { logs: { a: { writer: { output: "file", filename: "a.log", ...writer } } } };
  return decode(LOGGING_SCHEMA, config, ["logging"], PLANNED_LOG_KEYS);
}

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  throw new Error("it was not refused");
}

/** What Caddy 2.11 knows of rotation. */
const ROLLING: Readonly<Record<string, unknown>> = {
  roll: true,
  roll_size_mb: 1,
  roll_interval: "1h",
  roll_minutes: [10],
  roll_at: ["10:00"],
  roll_gzip: true,
  roll_compression: "gzip",
  roll_local_time: true,
  roll_keep: 3,
  roll_keep_days: 2,
  backup_time_format: "2006",
};

test.each(Object.entries(ROLLING))("%s of a file writer is known to Caddy and not built yet", (key, value) => {
  const refused = failureOf(() => decoded({ [key]: value }));
  expect(refused).toStartWith(`logging.logs.a.writer.${key}: is known to Caddy, but`);
  expect(refused).toContain("not built here yet");
  expect(refused).toContain("rotation of log files");
});

test("roll may be switched off", () => {
  expect(decoded({ roll: false })).toMatchObject({ logs: { a: { writer: { roll: false } } } });
});
