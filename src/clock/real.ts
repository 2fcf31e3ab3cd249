import type { Clock, Timer } from "./clock.ts";
import type { Random } from "./random.ts";

/** The longest delay that the runtime's timers keep; a longer one would fire at once. 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

interface RuntimeTimer {
  timer: ReturnType<typeof setTimeout>;
}

/** The machine's own time. */
export const realClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer(callback, delayMs, options) {
    const idle = options?.idle === true;
    return delayMs > LONGEST_MS ? inSteps(callback, delayMs, idle) : { timer: runtimeTimer(callback, delayMs, idle) };
  },
  clearTimer(timer: Timer) {
    clearTimeout((timer as RuntimeTimer).timer);
  },
};

function runtimeTimer(callback: () => void, delayMs: number, idle: boolean): ReturnType<typeof setTimeout> {
  const timer = setTimeout(callback, delayMs);
  if (idle) timer.unref();
  return timer;
}

/** A timer for any delay, also Infinity, that waits for as long as the runtime can until what is left fits. */
function inSteps(callback: () => void, delayMs: number, idle: boolean): RuntimeTimer {
  const due = performance.now() + delayMs;
  const step = (): void => {
    const left = due - performance.now();
    if (left > 0) timer.timer = runtimeTimer(step, Math.min(left, LONGEST_MS), idle);
    else callback();
  };
  const timer: RuntimeTimer = { timer: runtimeTimer(step, LONGEST_MS, idle) };
  return timer;
}

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
