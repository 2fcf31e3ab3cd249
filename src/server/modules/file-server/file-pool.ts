import type { Clock, Timer } from "../../../clock/index.ts";
import type { CachedFile } from "./cached-file.ts";
import { SecondChanceQueue } from "./second-chance-queue.ts";

/** Bounds of what a process keeps of files, whatever number of file servers it has. */
export interface PoolLimits {
  /** Bytes of memory for small files (default 64 MiB). */
  readonly bytes: number;
  /** How many small files (default 16,384). */
  readonly files: number;
  /** How many large ones, each with its open descriptor (default 128). */
  readonly descriptors: number;
}

const DEFAULTS: PoolLimits = { bytes: 64 * 1024 * 1024, files: 16_384, descriptors: 128 };

/** A descriptor that was not used for this long, or for twice as long at most, is closed: it may hold the space of a file that was deleted. */
const IDLE_MS = 10_000;

/** What all file servers of a process keep of files: the bytes of small ones, the descriptors of large ones. */
export class FilePool {
  private readonly clock: Clock;
  private readonly limits: PoolLimits;
  private readonly small = new SecondChanceQueue();
  private readonly large = new SecondChanceQueue();
  private sweepTimer: Timer | undefined = undefined;

  constructor(clock: Clock, limits: Partial<PoolLimits> = {}) {
    this.clock = clock;
    this.limits = { ...DEFAULTS, ...limits };
  }

  /** Bytes held of small files. */
  get bytes(): number {
    return this.small.cost;
  }

  /** Small files held. */
  get files(): number {
    return this.small.size;
  }

  /** Descriptors held. */
  get descriptors(): number {
    return this.large.size;
  }

  /** Puts a file under `key` of a map, in place of what stands there, and makes room for it. */
  add(owner: Map<string, CachedFile>, key: string, file: CachedFile): void {
    const before = owner.get(key);
    if (before !== undefined) this.remove(before);
    if (file.fd < 0) {
      this.small.add(owner, key, file);
      this.small.shrink(this.limits.bytes, this.limits.files, file);
    } else {
      this.large.add(owner, key, file);
      this.large.shrink(Number.POSITIVE_INFINITY, this.limits.descriptors, file);
      this.sweepLater();
    }
  }

  /** Takes a file out and lets go of its descriptor. One that is not in is ignored. */
  remove(file: CachedFile): void {
    (file.fd < 0 ? this.small : this.large).remove(file);
  }

  /** Takes every file out of a map. */
  removeAll(owner: Map<string, CachedFile>): void {
    for (const file of owner.values()) this.remove(file);
  }

  /** Lets go of every descriptor: the system has none left. */
  removeDescriptors(): void {
    this.large.removeAll();
  }

  /** Takes everything out and stops. */
  close(): void {
    this.small.removeAll();
    this.large.removeAll();
    if (this.sweepTimer !== undefined) this.clock.clearTimer(this.sweepTimer);
    this.sweepTimer = undefined;
  }

  private sweepLater(): void {
    this.sweepTimer ??= this.clock.setTimer(() => this.sweep(), IDLE_MS, { idle: true });
  }

  private sweep(): void {
    this.sweepTimer = undefined;
    for (const file of this.large.files) {
      if (file.used) file.used = false;
      else this.remove(file);
    }
    if (this.large.size > 0) this.sweepLater();
  }
}
