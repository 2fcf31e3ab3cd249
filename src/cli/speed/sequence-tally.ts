/** How many numbers below the highest one are remembered, to tell a late datagram from a duplicate. */
const WINDOW = 65_536;
/** RFC 3550: the share of a new difference in the jitter. */
const JITTER_SHARE = 1 / 16;

/**
 * What became of the datagrams of one stream, by their numbers, which begin at 0. It takes 8 KiB, whatever comes; a datagram that is further behind than it remembers
 * counts as a duplicate.
 */
export class SequenceTally {
  /** Datagrams, each counted once. */
  unique = 0;
  reordered = 0;
  duplicates = 0;
  /** Interarrival jitter in milliseconds, RFC 3550 section 6.4.1. */
  jitterMs = 0;
  private highest = -1;
  private transit: number | undefined = undefined;
  /** A bit for each of the last WINDOW numbers, by the number's remainder. */
  private readonly seen = new Uint32Array(WINDOW / 32);

  /** How many were sent as far as it shows from the numbers that came. */
  get expected(): number {
    return this.highest + 1;
  }

  /** Counts one; returns whether it is the first of its number. `sentMs` is by the sender's clock, `now` by ours. */
  arrived(sequence: number, sentMs: number, now: number): boolean {
    if (!this.isNew(sequence)) {
      this.duplicates++;
      return false;
    }
    this.unique++;
    if (sequence < this.highest) this.reordered++;
    this.highest = Math.max(this.highest, sequence);
    this.measureJitter(now - sentMs);
    return true;
  }

  private isNew(sequence: number): boolean {
    if (sequence > this.highest) this.forget(sequence);
    else if (this.highest - sequence >= WINDOW) return false;
    const slot = sequence % WINDOW;
    const bit = 1 << (slot & 31);
    const word = this.seen[slot >>> 5]!;
    this.seen[slot >>> 5] = word | bit;
    return (word & bit) === 0;
  }

  /** Frees the slots of numbers above the highest up to this one. */
  private forget(sequence: number): void {
    if (sequence - this.highest >= WINDOW) {
      this.seen.fill(0);
      return;
    }
    for (let next = this.highest + 1; next <= sequence; next++) {
      const slot = next % WINDOW;
      this.seen[slot >>> 5]! &= ~(1 << (slot & 31));
    }
  }

  private measureJitter(transit: number): void {
    if (!Number.isFinite(transit)) return;
    if (this.transit !== undefined) this.jitterMs += (Math.abs(transit - this.transit) - this.jitterMs) * JITTER_SHARE;
    this.transit = transit;
  }
}
