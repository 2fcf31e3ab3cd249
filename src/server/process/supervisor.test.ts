import { describe, expect, test } from "bun:test";
import { SimulatedClock } from "../../clock/index.ts";
import { Supervisor, type WorkerEvents } from "./supervisor.ts";

/** Workers that do as the test says. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly spawned: {
    index: number;
    events: WorkerEvents;
    adopting: boolean;
    stopped: number | undefined;
    killed: boolean;
  }[] = [];
  readonly lines: string[] = [];
  readonly supervisor: Supervisor;

  constructor(workers: number) {
    const write = (message: string): void => void this.lines.push(message);
    this.supervisor = new Supervisor({
      workers,
      clock: this.clock,
      log: { debug: write, info: write, warn: write, error: write },
      spawn: (index, events) => {
        const worker = { index, events, adopting: false, stopped: undefined as number | undefined, killed: false };
        this.spawned.push(worker);
        return {
          pid: 1000 + this.spawned.length,
          adopt: () => {
            worker.adopting = true;
          },
          release: () => {
            worker.adopting = false;
          },
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

/** The message that a promise rejects with. */
async function reasonOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "it did not reject",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** A stage whose workers are all ready. */
async function begun(workers: number): Promise<Stage> {
  const stage = new Stage(workers);
  const started = stage.supervisor.start();
  for (const worker of stage.spawned) worker.events.message({ type: "ready" });
  await started;
  return stage;
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
    stage.spawned[0]!.events.exit("exit code 1");
    expect(await reasonOf(started)).toBe("no such folder");
  });

  test("start rejects when a worker dies without a word, and starts no other", async () => {
    const stage = new Stage(2);
    const started = stage.supervisor.start();
    stage.spawned[1]!.events.exit("signal SIGSEGV");
    expect(await reasonOf(started)).toContain("SIGSEGV");
    expect(stage.spawned.length).toBe(2);
  });

  test("replaces a worker that dies, at once and then with a growing delay", async () => {
    const stage = await begun(1);
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

  test("a deputy serves the sockets of a worker that has to wait, until its successor is ready", async () => {
    const stage = await begun(2);
    const [first, deputy] = stage.spawned;
    first!.events.exit("signal SIGKILL");
    expect(deputy!.adopting).toBe(false);
    stage.spawned[2]!.events.exit("exit code 1");
    expect(deputy!.adopting).toBe(true);
    stage.clock.advance(200);
    expect(deputy!.adopting).toBe(true);
    stage.spawned[3]!.events.message({ type: "ready" });
    expect(deputy!.adopting).toBe(false);
  });

  test("a deputy that died itself takes the sockets as soon as it is back", async () => {
    const stage = await begun(2);
    stage.spawned[0]!.events.exit("exit code 1");
    stage.spawned[1]!.events.exit("exit code 1");
    const [, , , deputy] = stage.spawned;
    stage.spawned[2]!.events.exit("exit code 1");
    expect(deputy!.adopting).toBe(false);
    deputy!.events.message({ type: "ready" });
    expect(deputy!.adopting).toBe(true);
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
    const stage = await begun(1);
    stage.spawned[0]!.events.exit("exit code 1");
    stage.spawned[1]!.events.exit("exit code 1");
    await stage.supervisor.stop(1000);
    stage.clock.advance(10_000);
    expect(stage.spawned.length).toBe(2);
  });
});
