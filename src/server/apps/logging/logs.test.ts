import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedClock } from "../../../clock/index.ts";
import { JsonEncoder, LogSink } from "../../../log/index.ts";
import { ConfigError } from "../../module/index.ts";
import { EmergencyLog } from "./emergency-log.ts";
import type { LoggingConfig } from "./logging-config.ts";
import { type Logs, openLogs, type OpenLogsOptions } from "./logs.ts";

let folder = "";
const open: Logs[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "netwright-logs-"));
});

afterEach(() => {
  for (const logs of open.splice(0)) logs.close();
  rmSync(folder, { recursive: true });
});

function logsOf(config: LoggingConfig, options: Partial<OpenLogsOptions> = {}): Logs {
  const logs = openLogs(config, { baseDir: folder, clock: new SimulatedClock(), ...options });
  open.push(logs);
  return logs;
}

function linesOf(file: string): unknown[] {
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe("openLogs", () => {
  test("writes JSON lines to a file below the config's folder, at and above the level", () => {
    const logs = logsOf({
      logs: { default: { level: "warning", writer: { output: "file", filename: "sub/all.log" } } },
    });
    logs.root.named("a").info("left out");
    logs.root.named("a").warn("taken", { n: 1 });
    logs.flush();
    expect(linesOf("sub/all.log")).toEqual([{ level: "warn", ts: 1767225600, logger: "a", msg: "taken", n: 1 }]);
    expect(statSync(join(folder, "sub/all.log")).mode & 0o777).toBe(0o600);
  });

  test("sends names to the logs that include them, and to no log that excludes them", () => {
    const logs = logsOf({
      logs: {
        default: { writer: { output: "file", filename: "rest.log" }, exclude: ["http.log.access"] },
        access: { writer: { output: "file", filename: "access.log" }, include: ["http.log.access"] },
      },
    });
    logs.root.named("http.log.access").info("request");
    logs.root.named("http").info("other");
    logs.flush();
    expect(linesOf("rest.log")).toMatchObject([{ msg: "other" }]);
    expect(linesOf("access.log")).toMatchObject([{ msg: "request" }]);
  });

  test("names keys, times and levels as the encoder says", () => {
    const logs = logsOf({
      logs: {
        default: {
          writer: { output: "file", filename: "x.log", mode: "0640" },
          encoder: { format: "json", message_key: "m", time_key: "", level_key: "l", level_format: "upper" },
        },
      },
    });
    logs.root.info("hello");
    logs.flush();
    expect(linesOf("x.log")).toEqual([{ l: "INFO", m: "hello" }]);
    expect(statSync(join(folder, "x.log")).mode & 0o777).toBe(0o640);
  });

  test("refuses a file that it cannot open, with the place in the config", () => {
    writeFileSync(join(folder, "file"), "");
    chmodSync(join(folder, "file"), 0o600);
    const config: LoggingConfig = { logs: { mine: { writer: { output: "file", filename: "file/below.log" } } } };
    expect(() => logsOf(config)).toThrow(ConfigError);
    expect(() => logsOf(config)).toThrow(/logging\.logs\.mine\.writer: cannot open the log file/);
  });

  test("refuses a name that is both included and excluded", () => {
    expect(() => logsOf({ logs: { mine: { include: ["a"], exclude: ["a"] } } })).toThrow(/both included and excluded/);
  });

  test("says elsewhere that a log cannot be written, and at the end how many lines it lost", () => {
    let said = "";
    const sink = new LogSink((bytes, start, length) => {
      said += new TextDecoder().decode(bytes.subarray(start, start + length));
      return length;
    });
    const emergency = new EmergencyLog(new SimulatedClock(), new JsonEncoder(), () => sink);
    const logs = logsOf({ logs: { default: { writer: { output: "file", filename: "/dev/full" } } } }, { emergency });
    for (let i = 0; i < 3; i++) {
      logs.root.info("lost");
      logs.flush();
    }
    logs.close();
    const lines = said.split("\n").filter(Boolean);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        level: "error",
        ts: 1767225600,
        logger: "log",
        msg: "a log cannot be written: its lines are lost until it can",
        log: "default",
        place: "/dev/full",
        error: expect.stringContaining("ENOSPC"),
        advice: "free space on its disk",
      },
      {
        level: "warn",
        ts: 1767225600,
        logger: "log",
        msg: "a log lost lines that nothing was told of in it",
        log: "default",
        place: "/dev/full",
        lost: 3,
      },
    ]);
  });
});

describe("openLogs, dry", () => {
  const fileLog = (filename: string): LoggingConfig => ({ logs: { mine: { writer: { output: "file", filename } } } });

  test("makes no file and no folder, and writes to none", () => {
    writeFileSync(join(folder, "old.log"), "");
    for (const name of ["new.log", "deep/er/new.log", "old.log"]) {
      const logs = logsOf(fileLog(name), { dry: true });
      logs.root.error("nowhere");
      logs.close();
    }
    expect(readdirSync(folder)).toEqual(["old.log"]);
    expect(statSync(join(folder, "old.log")).size).toBe(0);
    expect(existsSync(join(folder, "deep"))).toBe(false);
  });

  test("refuses what could not be opened", () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "sub"));
    for (const name of ["file/below.log", "file/much/below.log", "sub"]) {
      expect(() => logsOf(fileLog(name), { dry: true })).toThrow(
        /logging\.logs\.mine\.writer: cannot open the log file/,
      );
    }
  });

  // Not even root may write there.
  test.each(["/proc/sys/kernel/x.log", "/proc/sys/kernel/ostype"])("refuses what nobody may write: %s", (file) => {
    expect(() => logsOf(fileLog(file), { dry: true })).toThrow(/EACCES/);
  });
});
