/** What counts as a failure of an upstream, and for how long. */
export interface PassiveHealthOptions {
  /** How long a failure is remembered; 0: failures are not counted. */
  readonly failDurationMs: number;
  /** Statuses, or classes of them (5 for 5xx), that count as failures. */
  readonly unhealthyStatus: readonly number[];
  /** An answer whose head takes this long counts as a failure; 0: none does. */
  readonly unhealthyLatencyMs: number;
}

/** How many failures an answer with `status` after `latencyMs` counts for. */
export function strikes(options: PassiveHealthOptions, status: number, latencyMs: number): number {
  let count = 0;
  for (const bad of options.unhealthyStatus) if (statusMatches(status, bad)) count++;
  if (options.unhealthyLatencyMs > 0 && latencyMs >= options.unhealthyLatencyMs) count++;
  return count;
}

/** Whether a status is the one wanted, or of its class when that is one digit. */
export function statusMatches(status: number, wanted: number): boolean {
  return status === wanted || (wanted > 0 && wanted < 10 && Math.floor(status / 100) === wanted);
}
