/**
 * Tokens that come at a steady rate, up to a burst. It reads no clock: the caller says what time it is, in milliseconds that never go back.
 *
 * @example
 * const bucket = new TokenBucket(1000, 500, clock.now());
 * const granted = bucket.take(800, clock.now()); // 500
 * bucket.waitMs(300, clock.now()); // 300
 */
export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  private tokens: number;
  private at: number;

  /** It begins full. Throws RangeError for a rate or burst that is not positive. */
  constructor(perSecond: number, burst: number, now: number) {
    if (!(perSecond > 0) || !(burst >= 1))
      throw new RangeError("a token bucket needs a positive rate and a burst of at least 1");
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.at = now;
  }

  /** Takes as many whole tokens as there are, at most `wanted`, and returns how many. */
  take(wanted: number, now: number): number {
    this.refill(now);
    const granted = Math.min(wanted, Math.floor(this.tokens));
    this.tokens -= granted;
    return granted;
  }

  /** Milliseconds until `count` tokens, or the whole burst if that is less, are there; 0 when they are. */
  waitMs(count: number, now: number): number {
    this.refill(now);
    const missing = Math.min(count, this.burst) - this.tokens;
    return missing <= 0 ? 0 : (missing / this.perSecond) * 1000;
  }

  private refill(now: number): void {
    if (now <= this.at) return;
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
  }
}
