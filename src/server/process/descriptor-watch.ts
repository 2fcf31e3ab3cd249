import type { Clock } from "../../clock/index.ts";
import { EpisodeLimit } from "../../log/index.ts";
import type { DescriptorGuard, Holdable } from "../../sys/index.ts";
import type { ModuleLog } from "../module/index.ts";

/** Logs when listeners stop accepting for want of descriptors, and when they accept again: one such spell a minute at most. */
export class DescriptorWatch implements Holdable {
  private readonly guard: DescriptorGuard;
  private readonly log: ModuleLog;
  private readonly limit: EpisodeLimit;

  constructor(guard: DescriptorGuard, log: ModuleLog, clock: Clock) {
    this.guard = guard;
    this.log = log;
    this.limit = new EpisodeLimit(clock);
  }

  /** Begins to watch. To be called before listeners join, so that what they give back is not left out of the count. */
  start(): void {
    this.guard.join(this);
  }

  /** Watches no more. Idempotent. */
  stop(): void {
    this.guard.leave(this);
  }

  hold(): void {
    if (!this.limit.began()) return;
    this.log.warn("new connections wait: too few file descriptors are left", {
      ...this.guard.usage(),
      reserve: this.guard.reserve,
      advice:
        "raise the limit of open files (ulimit -n, or LimitNOFILE= of a systemd unit), or let idle_timeout be shorter",
    });
  }

  letGo(): void {
    if (this.limit.ended()) this.log.info("new connections are accepted again");
  }
}
