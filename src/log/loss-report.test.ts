import { expect, test } from "bun:test";
import { SimulatedClock } from "../clock/index.ts";
import { JsonEncoder } from "./json-encoder.ts";
import { LossReport } from "./loss-report.ts";
import { LogSink } from "./sink.ts";

/** A log on a disk that is full or not, with what is said of it elsewhere. */
class Stage {
  readonly clock = new SimulatedClock();
  full = false;
  text = "";
  readonly said: Readonly<Record<string, unknown>>[] = [];
  readonly sink: LogSink;

  constructor() {
    const loss = new LossReport({
      log: "access",
      place: "/var/log/access.log",
      encoder: new JsonEncoder(),
      clock: this.clock,
      say: (level, message, fields) => void this.said.push({ level, message, ...fields }),
    });
    this.sink = new LogSink((bytes, start, length) => this.write(bytes, start, length), { loss });
  }

  line(text: string): void {
    this.sink.buffer.ascii(`${text}\n`);
    this.sink.flush();
  }

  /** Loses one line, then writes another. */
  spell(): void {
    this.full = true;
    this.line("lost");
    this.full = false;
    this.line("kept");
  }

  private write(bytes: Uint8Array, start: number, length: number): number {
    if (this.full) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    this.text += new TextDecoder().decode(bytes.subarray(start, start + length));
    return length;
  }
}

test("LossReport says why, where and what to do, then how many lines are missing, there and in the log itself", () => {
  const stage = new Stage();
  stage.spell();
  const of = { log: "access", place: "/var/log/access.log" };
  expect(stage.said).toEqual([
    {
      level: "error",
      message: "a log cannot be written: its lines are lost until it can",
      ...of,
      error: "ENOSPC: no space left on device, write",
      advice: "free space on its disk",
    },
    { level: "warn", message: "a log can be written again", ...of, lost: 1 },
  ]);
  expect(stage.text.split("\n").filter((line) => line.includes("lost"))).toEqual([
    '{"level":"error","ts":1767225600,"logger":"log","msg":"lines of this log were lost: it could not be written","lost":1}',
  ]);
});

test("LossReport speaks of one spell a minute, and then of all lines since", () => {
  const stage = new Stage();
  for (let i = 0; i < 5; i++) stage.spell();
  expect(stage.said).toHaveLength(2);
  expect(stage.text.match(/"lost":1/g)).toHaveLength(5);
  stage.clock.advance(60_000);
  stage.spell();
  expect(stage.said.at(-1)).toMatchObject({ message: "a log can be written again", lost: 5 });
});

test("LossReport says at the end what it had not said", () => {
  const stage = new Stage();
  stage.spell();
  stage.spell();
  stage.full = true;
  stage.line("lost");
  stage.sink.close();
  expect(stage.said.at(-1)).toMatchObject({ level: "warn", lost: 2 });
  expect(stage.said).toHaveLength(3);
});
