/** Round trips, in milliseconds. Those that nobody answered are not among them. */
export interface LatencyFigures {
  readonly samples: number;
  readonly minMs: number;
  readonly avgMs: number;
  /** The value that 50 and 99 of a hundred are not above. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** More than a test of the longest time has. */
const MOST_SAMPLES = 100_000;

/** Gathers round trips; it keeps the first 100,000. */
export class LatencyTally {
  private readonly samples: number[] = [];

  add(ms: number): void {
    if (this.samples.length < MOST_SAMPLES) this.samples.push(ms);
  }

  /** Undefined while there are none. */
  figures(): LatencyFigures | undefined {
    const sorted = Float64Array.from(this.samples).sort();
    if (sorted.length === 0) return undefined;
    const sum = sorted.reduce((total, ms) => total + ms, 0);
    return {
      samples: sorted.length,
      minMs: sorted[0]!,
      avgMs: sum / sorted.length,
      p50Ms: percentile(sorted, 50),
      p99Ms: percentile(sorted, 99),
      maxMs: sorted.at(-1)!,
    };
  }
}

/** By nearest rank. */
function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
