import type { Clock, Timer } from "../../clock/index.ts";
import type { ModuleLog } from "../module/index.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { FromWorker } from "./worker-message.ts";

/** A worker process as the supervisor sees it. */
export interface WorkerHandle {
  readonly pid: number;
  /** Asks it to drain and end. */
  stop(graceMs: number): void;
  kill(): void;
}

/** What a worker's process reports. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It is gone: `reason` says how, such as "exit code 1" or "SIGKILL". */
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

interface Slot {
  readonly index: number;
  readonly policy: RestartPolicy;
  handle: WorkerHandle | undefined;
  since: number;
  ready: boolean;
  restart: Timer | undefined;
}

/**
 * Keeps N workers alive. What it knows of processes is passed in, so that a test plays them.
 *
 * A worker that dies is replaced on the same sockets, of which the supervisor holds the other end: what was queued on them waits for the successor.
 */
export class Supervisor {
  private readonly slots: Slot[];
  private readonly options: SupervisorOptions;
  private stopping = false;
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
      restart: undefined,
    }));
  }

  /** Starts every worker; resolves when all are ready. Rejects with the first one's reason when one cannot start, and ends the others. */
  async start(): Promise<void> {
    for (const slot of this.slots) this.spawn(slot);
    await this.started.promise;
  }

  /** Lets every worker drain for at most `graceMs`, then kills what is left; resolves when none lives. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    if (!this.stopping) {
      this.stopping = true;
      for (const slot of this.slots) {
        if (slot.restart !== undefined) this.options.clock.clearTimer(slot.restart);
        slot.restart = undefined;
        slot.handle?.stop(graceMs);
      }
      // A worker bounds its own grace; this catches one that hangs.
      const forced = this.options.clock.setTimer(() => this.kill(), graceMs + 2000);
      this.settle();
      await this.ended.promise;
      this.options.clock.clearTimer(forced);
    }
    await this.ended.promise;
  }

  /** Kills every worker now. */
  kill(): void {
    this.stopping = true;
    for (const slot of this.slots) slot.handle?.kill();
    this.settle();
  }

  /** Process ids of the workers that live. */
  get pids(): number[] {
    return this.slots.flatMap((slot) => (slot.handle === undefined ? [] : [slot.handle.pid]));
  }

  private spawn(slot: Slot): void {
    slot.restart = undefined;
    slot.ready = false;
    slot.since = this.options.clock.now();
    slot.handle = this.options.spawn(slot.index, {
      message: (message) => this.heard(slot, message),
      exit: (reason) => this.died(slot, reason),
    });
  }

  private heard(slot: Slot, message: FromWorker): void {
    if (message.type === "ready") {
      slot.ready = true;
      if (this.slots.every((each) => each.ready)) this.started.resolve();
    } else if (message.type === "failed") {
      this.options.log.error("a worker cannot start", { worker: slot.index, reason: message.message });
      this.started.reject(new Error(message.message));
    }
  }

  private died(slot: Slot, reason: string): void {
    const pid = slot.handle?.pid;
    slot.handle = undefined;
    if (this.stopping) {
      this.settle();
      return;
    }
    const delayMs = slot.policy.delayAfter(this.options.clock.now() - slot.since);
    this.options.log.error("a worker died and is replaced", { worker: slot.index, pid, reason, delay_ms: delayMs });
    if (delayMs === 0) this.spawn(slot);
    else slot.restart = this.options.clock.setTimer(() => this.spawn(slot), delayMs);
  }

  private settle(): void {
    if (this.stopping && this.slots.every((slot) => slot.handle === undefined)) this.ended.resolve();
  }
}
