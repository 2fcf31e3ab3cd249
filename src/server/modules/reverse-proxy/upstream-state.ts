/**
 * What is known of one backend's address: requests under way and recent failures. Every proxy that sends there shares it, and it outlives
 * a reload. It reads no clock: who asks says what time it is.
 */
export class UpstreamState {
  /** Requests under way. */
  requests = 0;
  /** When each remembered failure is forgotten, soonest first. */
  private readonly expiries: number[] = [];

  /** Remembers a failure until `expiry`. */
  fail(expiry: number): void {
    let at = this.expiries.length;
    while (at > 0 && this.expiries[at - 1]! > expiry) at--;
    this.expiries.splice(at, 0, expiry);
  }

  /** Whether nothing is held against it, so that the time need not be asked. */
  get clean(): boolean {
    return this.expiries.length === 0;
  }

  /** How many failures are remembered at `now`. */
  failsAt(now: number): number {
    let past = 0;
    while (past < this.expiries.length && this.expiries[past]! <= now) past++;
    if (past > 0) this.expiries.splice(0, past);
    return this.expiries.length;
  }
}
