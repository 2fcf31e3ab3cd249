import { randomBytes } from "node:crypto";
import type { Clock, Timer } from "./clock.ts";
import type { Random } from "./random.ts";

/** The machine's own time. */
export const realClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer(callback, delayMs, options) {
    const timer = setTimeout(callback, delayMs);
    if (options?.idle === true) timer.unref();
    return { timer };
  },
  clearTimer(timer: Timer) {
    clearTimeout(timer.timer as ReturnType<typeof setTimeout>);
  },
};

/** How many random bytes are taken from the system at a time for `uint32` and `float`. */
const POOL_BYTES = 4096;
let pool = new DataView(new ArrayBuffer(0));
let used = 0;

function uint32(): number {
  if (used + 4 > pool.byteLength) {
    const fresh = randomBytes(POOL_BYTES);
    pool = new DataView(fresh.buffer, fresh.byteOffset, POOL_BYTES);
    used = 0;
  }
  const value = pool.getUint32(used);
  used += 4;
  return value;
}

/** The system's cryptographic randomness. */
export const realRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  uint32,
  float: () => uint32() / 2 ** 32,
};
