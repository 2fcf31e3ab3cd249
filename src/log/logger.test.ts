import { describe, expect, test } from "bun:test";
import { ConsoleEncoder } from "./console-encoder.ts";
import type { LogEncoder } from "./encoder.ts";
import { JsonEncoder } from "./json-encoder.ts";
import { type LogCore, Logger } from "./logger.ts";
import { LogSink } from "./sink.ts";
import { TIME_FORMATS } from "./time-format.ts";

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function harness(encoder: LogEncoder, core: Partial<LogCore> = {}): { logger: Logger; text: () => string } {
  let text = "";
  const sink = new LogSink(
    (bytes, start, length) => {
      text += new TextDecoder().decode(bytes.subarray(start, start + length));
      return length;
    },
    { defer: (flush) => flush() },
  );
  const logger = new Logger([{ level: "info", encoder, sink, include: [], exclude: [], ...core }], () => TIME);
  return { logger, text: () => text };
}

describe("Logger", () => {
  test("writes Caddy's shape of JSON", () => {
    const { logger, text } = harness(new JsonEncoder());
    logger
      .named("http")
      .named("log")
      .info("handled", { status: 200, big: 1n, nested: { a: [1] } });
    expect(text()).toBe(
      `{"level":"info","ts":${TIME / 1000},"logger":"http.log","msg":"handled","status":200,"big":"1","nested":{"a":[1]}}\n`,
    );
  });

  test("leaves out what is below the level", () => {
    const { logger, text } = harness(new JsonEncoder(), { level: "warn" });
    logger.info("no");
    expect(logger.enabled("info")).toBe(false);
    logger.error("yes", { error: new Error("outer", { cause: new Error("inner") }) });
    expect(JSON.parse(text())).toMatchObject({ level: "error", msg: "yes", error: "outer: inner" });
  });

  test("with adds fields to every record, and a nearer one wins", () => {
    const { logger, text } = harness(new JsonEncoder());
    logger.with({ a: 1, b: 1 }).info("m", { b: 2 });
    expect(JSON.parse(text())).toMatchObject({ a: 1, b: 2 });
  });

  test("include and exclude go by the longest match", () => {
    const { logger, text } = harness(new JsonEncoder(), { include: ["http.log"], exclude: ["http.log.access"] });
    logger.named("http").info("1");
    logger.named("http.log").info("2");
    logger.named("http.logs").info("3");
    logger.named("http.log.access.a").info("4");
    logger.named("http.log.error").info("5");
    const messages = text()
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(["2", "5"]);
  });

  test("an empty key leaves its part out, and options name the others", () => {
    const encoder = new JsonEncoder({ timeKey: "", levelKey: "", nameKey: "n", messageKey: "m", lineEnding: "\r\n" });
    const { logger, text } = harness(encoder);
    logger.named("x").info("hello", { k: "v" });
    expect(text()).toBe('{"n":"x","m":"hello","k":"v"}\r\n');
  });
});

describe("ConsoleEncoder", () => {
  test("writes columns and lets no control sequence through", () => {
    const { logger, text } = harness(new ConsoleEncoder());
    logger.named("http").warn("evil \u001b[31m", { path: "\u001b]0;x" });
    expect(text()).toBe('2026/01/02 03:04:05.678\tWARN\thttp\tevil \\u001b[31m\t{"path":"\\u001b]0;x"}\n');
  });

  test("writes no braces without fields", () => {
    const { logger, text } = harness(new ConsoleEncoder());
    logger.info("plain");
    expect(text()).toBe("2026/01/02 03:04:05.678\tINFO\tplain\n");
  });
});

test("TIME_FORMATS write one moment in each form", () => {
  const written = Object.fromEntries(Object.entries(TIME_FORMATS).map(([name, { format }]) => [name, format(TIME)]));
  expect(written).toEqual({
    unix_seconds_float: "1767323045.678",
    unix_milli_float: "1767323045678",
    unix_nano: "1767323045678000000",
    iso8601: "2026-01-02T03:04:05.678+0000",
    rfc3339: "2026-01-02T03:04:05Z",
    rfc3339_nano: "2026-01-02T03:04:05.678Z",
    wall: "2026/01/02 03:04:05",
    wall_milli: "2026/01/02 03:04:05.678",
    wall_nano: "2026/01/02 03:04:05.678000000",
    common_log: "02/Jan/2026:03:04:05 +0000",
  });
});
