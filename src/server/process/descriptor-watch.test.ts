import { expect, test } from "bun:test";
import { SimulatedClock } from "../../clock/index.ts";
import { JsonEncoder, Logger, LogSink } from "../../log/index.ts";
import { DescriptorGuard } from "../../sys/index.ts";
import { DescriptorWatch } from "./descriptor-watch.ts";

/** A process with 64 descriptors, of which 8 are the reserve. */
class Stage {
  readonly clock = new SimulatedClock();
  used = 0;
  readonly guard = new DescriptorGuard(
    { limit: () => 64, free: (atMost) => Math.min(atMost, 64 - this.used) },
    this.clock,
  );
  readonly watch: DescriptorWatch;
  private text = "";
  private readonly sink = new LogSink((bytes, start, length) => {
    this.text += new TextDecoder().decode(bytes.subarray(start, start + length));
    return length;
  });

  constructor() {
    const core = { level: "info", encoder: new JsonEncoder(), sink: this.sink, include: [], exclude: [] } as const;
    this.watch = new DescriptorWatch(this.guard, new Logger([core], () => 0), this.clock);
    this.watch.start();
  }

  /** Uses so many, and tells the guard of the last one. */
  use(count: number): void {
    this.used = count;
    this.guard.took(count);
  }

  /** An open fails. */
  runOut(): void {
    this.used = 64;
    this.guard.ranOut();
  }

  /** So many are used when the guard looks the next time. */
  free(count: number): void {
    this.used = count;
    this.clock.advance(50);
  }

  get lines(): Readonly<Record<string, unknown>>[] {
    this.sink.flush();
    return this.text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }
}

test("DescriptorWatch says how many are used of how many and what to raise, then that it is over", () => {
  const stage = new Stage();
  stage.use(57);
  expect(stage.lines).toEqual([
    {
      level: "warn",
      ts: 0,
      msg: "new connections wait: too few file descriptors are left",
      limit: 64,
      used: 57,
      reserve: 8,
      advice: expect.stringContaining("LimitNOFILE="),
    },
  ]);
  stage.free(50);
  expect(stage.lines[1]).toEqual({ level: "info", ts: 0, msg: "new connections are accepted again" });
});

test("DescriptorWatch logs one spell a minute, and nothing once it has stopped", () => {
  const stage = new Stage();
  for (let i = 0; i < 5; i++) {
    stage.runOut();
    stage.free(40);
  }
  expect(stage.lines).toHaveLength(2);
  stage.clock.advance(60_000);
  stage.runOut();
  stage.free(40);
  expect(stage.lines).toHaveLength(4);
  stage.watch.stop();
  stage.clock.advance(60_000);
  stage.runOut();
  expect(stage.lines).toHaveLength(4);
});
