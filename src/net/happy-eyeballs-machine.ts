import type { Addr } from "../addr/index.ts";

/** The pace at which the addresses of a name are tried (RFC 8305, section 8). */
export interface HappyEyeballsTimes {
  /** How long addresses of the other family wait for those of the first, in milliseconds. Default 50. */
  readonly resolutionDelayMs?: number | undefined;
  /** How long an attempt has before the next one begins beside it, in milliseconds. Default 250; less than 100 is taken as 100. */
  readonly attemptDelayMs?: number | undefined;
  /** The family that is preferred. Default 6. */
  readonly firstFamily?: 4 | 6 | undefined;
  /** How many addresses of the first family are tried before one of the other. Default 1. */
  readonly firstFamilyCount?: number | undefined;
}

const RESOLUTION_DELAY_MS = 50;
const ATTEMPT_DELAY_MS = 250;
/** So that a burst of attempts does not become a load of its own (RFC 8305, section 5). */
const ATTEMPT_DELAY_MIN_MS = 100;

/**
 * Happy Eyeballs, version 2 (RFC 8305), without its sockets: decides which address is to be tried when. Answers of a resolver and failed attempts go in, with the time;
 * `next` gives the attempts that are due, `wakeAt` when to ask again. An attempt that is under way is never given up for another: whoever connects first has won.
 */
export class HappyEyeballs {
  private readonly resolutionDelay: number;
  private readonly attemptDelay: number;
  private readonly first: 4 | 6;
  private readonly firstCount: number;
  private readonly waiting: Record<4 | 6, Addr[]> = { 4: [], 6: [] };
  private readonly seen = new Set<string>();
  /** Families whose answer has not come. */
  private readonly unanswered: Set<4 | 6>;
  private started = 0;
  private pending = 0;
  private last: 4 | 6 | undefined = undefined;
  /** When the next attempt may begin; before any answer: never. */
  private nextAt: number = Number.POSITIVE_INFINITY;

  /** `families`: those that the resolver was asked for. */
  constructor(families: readonly (4 | 6)[], times: HappyEyeballsTimes = {}) {
    this.unanswered = new Set(families);
    this.first = times.firstFamily ?? 6;
    this.firstCount = Math.max(1, times.firstFamilyCount ?? 1);
    this.resolutionDelay = Math.max(0, times.resolutionDelayMs ?? RESOLUTION_DELAY_MS);
    this.attemptDelay = Math.max(ATTEMPT_DELAY_MIN_MS, times.attemptDelayMs ?? ATTEMPT_DELAY_MS);
  }

  /** The resolver answered for a family, with none where it has none. Addresses are tried in the order in which they came; further answers add to it. */
  answered(family: 4 | 6, addrs: readonly Addr[], now: number): void {
    this.unanswered.delete(family);
    for (const addr of addrs) if (this.isNew(addr)) this.waiting[addr.unmap().version].push(addr);
    if (this.started === 0) this.nextAt = Math.min(this.nextAt, now + this.delayBeforeFirst());
  }

  /** The resolver has nothing more. */
  resolved(now: number): void {
    this.unanswered.clear();
    if (this.started === 0) this.nextAt = Math.min(this.nextAt, now);
  }

  /** An attempt failed: the next one begins at once. */
  failed(now: number): void {
    this.pending--;
    this.nextAt = Math.min(this.nextAt, now);
  }

  /** The address that is to be tried now; undefined when none is. To be asked until then, after each event and at `wakeAt`. */
  next(now: number): Addr | undefined {
    if (now < this.nextAt) return undefined;
    const addr = this.take();
    if (addr === undefined) return undefined;
    this.started++;
    this.pending++;
    this.nextAt = now + this.attemptDelay;
    return addr;
  }

  /** When `next` is to be asked again without an event before; undefined when only an event can bring something. */
  get wakeAt(): number | undefined {
    return this.waiting[4].length + this.waiting[6].length === 0 ? undefined : this.nextAt;
  }

  /** Whether nothing is under way and nothing can come any more: every attempt has failed. */
  get exhausted(): boolean {
    return this.pending === 0 && this.unanswered.size === 0 && this.wakeAt === undefined;
  }

  /** An answer of the other family that comes before one of the first is held back for a moment (section 3). */
  private delayBeforeFirst(): number {
    return this.waiting[this.first].length === 0 && this.unanswered.has(this.first) ? this.resolutionDelay : 0;
  }

  private isNew(addr: Addr): boolean {
    const text = addr.unmap().toString();
    if (this.seen.has(text)) return false;
    this.seen.add(text);
    return true;
  }

  /** The families take turns once the first has had its number of addresses (section 4). */
  private take(): Addr | undefined {
    const other = this.first === 6 ? 4 : 6;
    const turn = this.started < this.firstCount || this.last === other ? this.first : other;
    const family = this.waiting[turn].length > 0 ? turn : turn === 4 ? 6 : 4;
    const addr = this.waiting[family].shift();
    if (addr !== undefined) this.last = family;
    return addr;
  }
}
