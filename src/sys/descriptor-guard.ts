import { type Clock, realClock, type Timer } from "../clock/index.ts";
import { descriptorLimit, freeDescriptors } from "./descriptor.ts";

/** What a DescriptorGuard asks of the system. */
export interface DescriptorSource {
  /** How many descriptors the process may have. */
  limit(): number;
  /** How many more it could open now, counted up to `atMost`. */
  free(atMost: number): number;
}

/** Who takes descriptors that others bring, such as a listener, and can leave that for a while. */
export interface Holdable {
  /** Descriptors have run short: take no more. */
  hold(): void;
  /** There are some again. */
  letGo(): void;
}

/** How often it is asked whether descriptors have become free. One asking costs at most 0.4 ms. */
const ASK_MS = 50;
const RESERVE_MIN = 8;
const RESERVE_MAX = 256;

/**
 * Keeps a reserve of descriptors free for files, logs and upstreams: when it is reached, listeners stop accepting until descriptors are free again. A server
 * that runs into the limit instead finds its event loop woken again and again by connections that it cannot accept.
 *
 * The reserve is an eighth of the limit, 8 at least and 256 at most. The lowest free number is what an open returns, so that up to half of the limit the number alone says that
 * all is well; beyond it descriptors are counted once in every so many opens, about 1 µs for each.
 */
export class DescriptorGuard {
  readonly reserve: number;
  private readonly source: DescriptorSource;
  private readonly clock: Clock;
  private readonly calmBelow: number;
  private readonly held = new Set<Holdable>();
  /** How many may still be opened before it counts again; none counted yet while no number beyond the half was seen. */
  private allowance = Number.POSITIVE_INFINITY;
  private asking: Timer | undefined = undefined;

  constructor(source: DescriptorSource, clock: Clock) {
    const limit = source.limit();
    this.source = source;
    this.clock = clock;
    this.reserve = Math.min(RESERVE_MAX, Math.max(RESERVE_MIN, Math.floor(limit / 8)));
    this.calmBelow = Math.floor(limit / 2);
  }

  /** Whether descriptors have run short and what was joined is held. */
  get scarce(): boolean {
    return this.asking !== undefined;
  }

  /** How many descriptors the process may have, and how many it has: exact where they are short, else the least that it may be. */
  usage(): { readonly limit: number; readonly used: number } {
    const limit = this.source.limit();
    return { limit, used: limit - this.source.free(4 * this.reserve) };
  }

  /** Adds what is to be held when descriptors run short; held at once when they have. */
  join(holdable: Holdable): void {
    this.held.add(holdable);
    if (this.scarce) holdable.hold();
  }

  /** Forgets it. */
  leave(holdable: Holdable): void {
    this.held.delete(holdable);
    if (this.held.size === 0) this.stopAsking();
  }

  /** Says that a descriptor was, or is about to be, opened; `fd`: its number, where it is known. */
  took(fd = 0): void {
    if (this.scarce || this.held.size === 0) return;
    if (fd >= this.calmBelow && this.allowance === Number.POSITIVE_INFINITY) this.allowance = 0;
    if (--this.allowance <= 0) this.count();
  }

  /** Says that an open failed because there was none left. */
  ranOut(): void {
    this.allowance = 0;
    this.holdAll();
  }

  private count(): void {
    const left = this.source.free(2 * this.reserve) - this.reserve;
    this.allowance = Math.max(0, left);
    if (left <= 0) this.holdAll();
  }

  private holdAll(): void {
    if (this.scarce || this.held.size === 0) return;
    this.ask();
    for (const holdable of this.held) holdable.hold();
  }

  private ask(): void {
    this.asking = this.clock.setTimer(() => this.look(), ASK_MS);
  }

  private stopAsking(): void {
    if (this.asking !== undefined) this.clock.clearTimer(this.asking);
    this.asking = undefined;
  }

  /** Lets go when a quarter of the reserve has come free above it, so that not every single one starts and stops everything. */
  private look(): void {
    const left = this.source.free(2 * this.reserve) - this.reserve;
    if (left < this.reserve >> 2) {
      this.ask();
      return;
    }
    this.asking = undefined;
    this.allowance = left;
    for (const holdable of this.held) holdable.letGo();
  }
}

let guard: DescriptorGuard | undefined;

/** The thread's guard of the process's descriptors. */
export function descriptorGuard(): DescriptorGuard {
  guard ??= new DescriptorGuard({ limit: processLimit, free: freeDescriptors }, realClock);
  return guard;
}

/** On a system whose limit is not known here nothing ever runs short. */
function processLimit(): number {
  return process.platform === "linux" ? descriptorLimit().soft : Number.POSITIVE_INFINITY;
}
