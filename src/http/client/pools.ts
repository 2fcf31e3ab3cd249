import type { OutgoingRequest, ResponseSink, RoundTrip } from "../message/index.ts";
import type { Origin } from "./origin.ts";
import { OriginPool, type PoolKeeper } from "./origin-pool.ts";
import type { PoolOptions } from "./pool-options.ts";

/** The connections of a client, by origin: an origin that nothing is open to takes no memory. */
export class Pools implements PoolKeeper {
  private readonly options: PoolOptions;
  private readonly pools = new Map<string, OriginPool>();
  private idle = 0;
  private closed = false;

  constructor(options: PoolOptions) {
    this.options = options;
  }

  /** How many connections there are, those that are being made included. */
  get size(): number {
    let size = 0;
    for (const pool of this.pools.values()) size += pool.size;
    return size;
  }

  /** How many of them are idle. */
  get idleCount(): number {
    return this.idle;
  }

  /**
   * Begins a round trip to an origin. The request must stay as it is until the sink hears of it: it may be sent later, or again. A failure, dialling
   * included, goes to `sink.error`; a ProtocolError is thrown when the request can't be sent. The trip may not be touched after the sink's `end`,
   * `upgraded` or `error`: it then serves another request.
   */
  roundTrip(origin: Origin, request: OutgoingRequest, sink: ResponseSink): RoundTrip {
    let pool = this.pools.get(origin.key);
    if (pool === undefined) {
      pool = new OriginPool(origin, this.options, this);
      this.pools.set(origin.key, pool);
      if (this.closed) pool.close();
    }
    return pool.roundTrip(request, sink);
  }

  /** Closes idle connections now and the others behind their answers. A round trip begun later still goes out, on a connection of its own. */
  close(): void {
    this.closed = true;
    for (const pool of this.pools.values()) pool.close();
  }

  // ── PoolKeeper ─────────────────────────────────────────────────────────────────────────────────────────────────────
  mayRest(): boolean {
    const { maxIdle } = this.options;
    if (maxIdle > 0 && this.idle >= maxIdle) return false;
    this.idle++;
    return true;
  }

  rested(): void {
    this.idle--;
  }

  emptied(pool: OriginPool): void {
    this.pools.delete(pool.origin.key);
  }
}
