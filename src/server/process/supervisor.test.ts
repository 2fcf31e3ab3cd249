import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "../../clock/index.ts";
import { Supervisor, type WorkerEvents } from "./supervisor.ts";

/** Workers that do as the test says. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly spawned: { index: number; events: WorkerEvents; stopped: number | undefined; killed: boolean }[] = [];
  readonly lines: string[] = [];
  readonly supervisor: Supervisor;

  constructor(workers: number) {
    const write = (message: string): void => void this.lines.push(message);
    this.supervisor = new Supervisor({
      workers,
      clock: this.clock,
      log: { debug: write, info: write, warn: write, error: write },
      spawn: (index, events) => {
        const worker = { index, events, stopped: undefined as number | undefined, killed: false };
        this.spawned.push(worker);
        return {
          pid: 1000 + this.spawned.length,
          stop: (graceMs) => {
            worker.stopped = graceMs;
          },
          kill: () => {
            worker.killed = true;
            events.exit("signal SIGKILL");
          },
        };
      },
    });
  }
}

describe("Supervisor", () => {
  test("is started when every worker is ready", async () => {
    const stage = new Stage(2);
    const started = stage.supervisor.start();
    expect(stage.spawned.map((worker) => worker.index)).toEqual([0, 1]);
    stage.spawned[0]!.events.message({ type: "ready" });
    stage.spawned[1]!.events.message({ type: "ready" });
    await started;
    expect(stage.supervisor.pids).toEqual([1001, 1002]);
  });

  test("start rejects with the reason of a worker that cannot", async () => {
    const stage = new Stage(1);
    const started = stage.supervisor.start();
    stage.spawned[0]!.events.message({ type: "failed", message: "no such folder" });
    await expect(started).rejects.toThrow("no such folder");
  });

  test("replaces a worker that dies, at once and then with a growing delay", () => {
    const stage = new Stage(1);
    void stage.supervisor.start();
    stage.spawned[0]!.events.exit("signal SIGKILL");
    expect(stage.spawned.length).toBe(2);
    stage.spawned[1]!.events.exit("exit code 1");
    expect(stage.spawned.length).toBe(2);
    stage.clock.advance(199);
    expect(stage.spawned.length).toBe(2);
    stage.clock.advance(1);
    expect(stage.spawned.length).toBe(3);
    expect(stage.spawned.every((worker) => worker.index === 0)).toBe(true);
  });

  test("stop drains the workers, replaces none, and resolves when the last is gone", async () => {
    const stage = new Stage(2);
    void stage.supervisor.start();
    const stopped = stage.supervisor.stop(3000);
    expect(stage.spawned.map((worker) => worker.stopped)).toEqual([3000, 3000]);
    stage.spawned[0]!.events.exit("exit code 0");
    stage.spawned[1]!.events.exit("exit code 0");
    await stopped;
    expect(stage.spawned.length).toBe(2);
    expect(stage.clock.pendingTimers).toBe(0);
  });

  test("stop kills a worker that hangs beyond the grace", async () => {
    const stage = new Stage(1);
    void stage.supervisor.start();
    const stopped = stage.supervisor.stop(1000);
    stage.clock.advance(2999);
    expect(stage.spawned[0]!.killed).toBe(false);
    stage.clock.advance(1);
    expect(stage.spawned[0]!.killed).toBe(true);
    await stopped;
  });

  test("stop while a restart waits starts nothing more", async () => {
    const stage = new Stage(1);
    void stage.supervisor.start();
    stage.spawned[0]!.events.exit("exit code 1");
    stage.spawned[1]!.events.exit("exit code 1");
    await stage.supervisor.stop(1000);
    stage.clock.advance(10_000);
    expect(stage.spawned.length).toBe(2);
  });
});
