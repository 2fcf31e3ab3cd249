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
/** The most that the system gives at a time. */
const MOST_BYTES = 65_536;

// Web Crypto's source is the one of node:crypto, which would cost a start-up 6 ms.
function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += MOST_BYTES) crypto.getRandomValues(bytes.subarray(at, at + MOST_BYTES));
  return bytes;
}

let pool = new DataView(new ArrayBuffer(0));
let used = 0;

function uint32(): number {
  if (used + 4 > pool.byteLength) {
    pool = new DataView(randomBytes(POOL_BYTES).buffer);
    used = 0;
  }
  const value = pool.getUint32(used);
  used += 4;
  return value;
}

/** The system's cryptographic randomness. */
export const realRandom: Random = {
  bytes: randomBytes,
  uint32,
  float: () => uint32() / 2 ** 32,
};
