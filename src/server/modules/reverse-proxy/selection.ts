import type { Random } from "../../../clock/index.ts";
import type { Upstream } from "./upstream.ts";

/** The first that is available. */
export function selectFirst(pool: readonly Upstream[]): Upstream | undefined {
  for (const upstream of pool) if (upstream.available) return upstream;
  return undefined;
}

/** Any that is available, each as likely as the others. */
export function selectRandom(pool: readonly Upstream[], random: Random): Upstream | undefined {
  if (pool.length === 1) return selectFirst(pool);
  let chosen: Upstream | undefined;
  let count = 0;
  for (const upstream of pool) {
    if (upstream.available && below(random, ++count) === 0) chosen = upstream;
  }
  return chosen;
}

/** The one with the fewest requests under way; among equals, any. */
export function selectLeastBusy(pool: readonly Upstream[], random: Random): Upstream | undefined {
  let chosen: Upstream | undefined;
  let count = 0;
  for (const upstream of pool) {
    if (!upstream.available) continue;
    const { requests } = upstream.state;
    if (chosen === undefined || requests < chosen.state.requests) {
      chosen = upstream;
      count = 1;
    } else if (requests === chosen.state.requests && below(random, ++count) === 0) {
      chosen = upstream;
    }
  }
  return chosen;
}

/** Draws `choose` that are available and takes the least busy of them. */
export function selectOfSome(pool: readonly Upstream[], choose: number, random: Random): Upstream | undefined {
  const drawn: Upstream[] = [];
  let seen = 0;
  for (const upstream of pool) {
    if (!upstream.available) continue;
    seen++;
    if (drawn.length < choose) drawn.push(upstream);
    else {
      const place = below(random, seen);
      if (place < choose) drawn[place] = upstream;
    }
  }
  return selectLeastBusy(drawn, random);
}

/**
 * The one that `key` belongs to, by rendezvous hashing: when one goes, only its keys move, and every worker and machine with the same list
 * chooses alike.
 */
export function selectByHash(pool: readonly Upstream[], key: string): Upstream | undefined {
  let chosen: Upstream | undefined;
  let highest = -1;
  for (const upstream of pool) {
    if (!upstream.available) continue;
    const hash = hashOf(upstream.dial, key);
    if (hash > highest) {
      highest = hash;
      chosen = upstream;
    }
  }
  return chosen;
}

/** Takes turns. */
export class RoundRobin {
  private turn = -1;

  select(pool: readonly Upstream[]): Upstream | undefined {
    for (let tried = 0; tried < pool.length; tried++) {
      this.turn = (this.turn + 1) % pool.length;
      const upstream = pool[this.turn]!;
      if (upstream.available) return upstream;
    }
    return undefined;
  }
}

/** Takes turns, each upstream as often as its weight says; one without a weight, or with 0, gets none. */
export class WeightedRoundRobin {
  private readonly weights: readonly number[];
  private readonly total: number;
  private turn = -1;

  /** Weights are integers from 0; one of them at least is above. */
  constructor(weights: readonly number[]) {
    this.weights = weights;
    this.total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  select(pool: readonly Upstream[]): Upstream | undefined {
    this.turn = (this.turn + 1) % this.total;
    const first = this.placeOf(this.turn);
    const count = this.weights.length;
    for (let step = 0; step < count; step++) {
      const place = (first + step) % count;
      const upstream = pool[place];
      if (this.weights[place]! > 0 && upstream?.available === true) return upstream;
    }
    return undefined;
  }

  private placeOf(turn: number): number {
    let sum = 0;
    return this.weights.findIndex((weight) => (sum += weight) > turn);
  }
}

function below(random: Random, limit: number): number {
  return Math.floor(random.float() * limit);
}

/** 53 bits of two texts (two FNV-1a streams, mixed as in MurmurHash3). */
function hashOf(first: string, second: string): number {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (const text of [first, "\n", second]) {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b);
    }
  }
  return (mixed(high ^ (low >>> 15)) >>> 11) * 2 ** 32 + (mixed(low ^ (high >>> 13)) >>> 0);
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
