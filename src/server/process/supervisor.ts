import type { Clock, Timer } from "../../clock/index.ts";
import type { ModuleLog } from "../module/index.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { FromWorker } from "./worker-message.ts";

/** A worker process as the supervisor sees it. */
export interface WorkerHandle {
  readonly pid: number;
  /** Asks it to serve the sockets of the worker that it is deputy of, too. */
  adopt(): void;
  /** Asks it to leave those sockets to their own worker again. */
  release(): void;
  /** Asks it to drain and end. */
  stop(graceMs: number): void;
  kill(): void;
}

/** What a worker's process reports. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It is gone: `reason` says how, such as "exit code 1" or "signal SIGKILL". */
  exit(reason: string): void;
}

/** Starts the process of worker `index` on that worker's sockets. */
export type SpawnWorker = (index: number, events: WorkerEvents) => WorkerHandle;

export interface SupervisorOptions {
  readonly workers: number;
  readonly spawn: SpawnWorker;
  readonly clock: Clock;
  readonly log: ModuleLog;
}

/** A worker bounds its own grace; one that hangs is killed this much later. */
const KILL_AFTER_GRACE_MS = 2000;

interface Slot {
  readonly index: number;
  readonly policy: RestartPolicy;
  handle: WorkerHandle | undefined;
  since: number;
  ready: boolean;
  /** Why it said that it cannot start. */
  failure: string | undefined;
  restart: Timer | undefined;
}

/** Which worker stands in for worker `index` of `workers`. */
export function deputyOf(index: number, workers: number): number {
  return (index + 1) % workers;
}

/**
 * Keeps N workers alive. What it knows of processes is passed in, so that a test plays them.
 *
 * A worker that dies is replaced on the same sockets, of which the supervisor holds the other end: what was queued on them waits for the successor.
 * When that has to wait, in a crash loop, the worker's deputy serves the queue meanwhile.
 */
export class Supervisor {
  private readonly slots: Slot[];
  private readonly options: SupervisorOptions;
  private stopping = false;
  private isStarted = false;
  private readonly started = Promise.withResolvers<void>();
  private readonly ended = Promise.withResolvers<void>();

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.slots = Array.from({ length: options.workers }, (_, index) => ({
      index,
      policy: new RestartPolicy(),
      handle: undefined,
      since: 0,
      ready: false,
      failure: undefined,
      restart: undefined,
    }));
  }

  /**
   * Starts every worker; resolves when all are ready. Rejects with the reason of the first that dies before: whoever called then stops the others. Does not
   * settle when it is stopped meanwhile.
   */
  async start(): Promise<void> {
    for (const slot of this.slots) this.spawn(slot);
    await this.started.promise;
  }

  /** Lets every worker drain for at most `graceMs`, then kills what is left; resolves when none lives. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    if (!this.stopping) {
      this.stopping = true;
      this.cancelRestarts();
      for (const slot of this.slots) slot.handle?.stop(graceMs);
      const forced = this.options.clock.setTimer(() => this.kill(), graceMs + KILL_AFTER_GRACE_MS);
      this.settle();
      await this.ended.promise;
      this.options.clock.clearTimer(forced);
    }
    await this.ended.promise;
  }

  /** Kills every worker now. */
  kill(): void {
    this.stopping = true;
    this.cancelRestarts();
    for (const slot of this.slots) slot.handle?.kill();
    this.settle();
  }

  /** Process ids of the workers that live. */
  get pids(): number[] {
    return this.slots.flatMap((slot) => (slot.handle === undefined ? [] : [slot.handle.pid]));
  }

  private spawn(slot: Slot): void {
    slot.restart = undefined;
    slot.failure = undefined;
    slot.since = this.options.clock.now();
    slot.handle = this.options.spawn(slot.index, {
      message: (message) => this.heard(slot, message),
      exit: (reason) => this.died(slot, reason),
    });
  }

  private heard(slot: Slot, message: FromWorker): void {
    if (message.type === "failed") slot.failure = message.message;
    if (message.type !== "ready") return;
    slot.ready = true;
    this.deputy(slot).handle?.release();
    // It is somebody's deputy itself, and may have come back while that one waits.
    for (const other of this.slots) if (other.restart !== undefined && this.deputy(other) === slot) this.cover(other);
    if (this.isStarted || !this.slots.every((each) => each.ready)) return;
    this.isStarted = true;
    this.started.resolve();
  }

  private died(slot: Slot, reason: string): void {
    const pid = slot.handle?.pid;
    const why = slot.failure ?? `it ended with ${reason}`;
    slot.handle = undefined;
    slot.ready = false;
    if (this.stopping) this.settle();
    else if (this.isStarted) this.replace(slot, pid, why);
    else this.started.reject(new Error(slot.failure ?? `a worker cannot start: ${why}`));
  }

  private replace(slot: Slot, pid: number | undefined, reason: string): void {
    const { clock, log } = this.options;
    const delayMs = slot.policy.delayAfter(clock.now() - slot.since);
    log.error("a worker died and is replaced", { worker: slot.index, pid, reason, delay_ms: delayMs });
    if (delayMs === 0) {
      this.spawn(slot);
      return;
    }
    slot.restart = clock.setTimer(() => this.spawn(slot), delayMs);
    this.cover(slot);
  }

  private deputy(slot: Slot): Slot {
    return this.slots[deputyOf(slot.index, this.slots.length)]!;
  }

  private cover(slot: Slot): void {
    const deputy = this.deputy(slot);
    if (deputy.ready) deputy.handle?.adopt();
  }

  private cancelRestarts(): void {
    for (const slot of this.slots) {
      if (slot.restart !== undefined) this.options.clock.clearTimer(slot.restart);
      slot.restart = undefined;
    }
  }

  private settle(): void {
    if (this.stopping && this.slots.every((slot) => slot.handle === undefined)) this.ended.resolve();
  }
}
