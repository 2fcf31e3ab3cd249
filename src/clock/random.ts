/** Randomness as it is passed in wherever a test would want to hold it. */
export interface Random {
  /** `count` random bytes, owned by the caller. */
  bytes(count: number): Uint8Array;
  /** A random integer from 0 to 2^32 - 1. */
  uint32(): number;
  /** A random number from 0 up to, not including, 1. */
  float(): number;
}

/** A Random that gives the same values for the same seed (mulberry32). For tests only: it is predictable. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    uint32,
    float: () => uint32() / 2 ** 32,
    bytes: (count) => Uint8Array.from({ length: count }, () => uint32() & 0xff),
  };
}
