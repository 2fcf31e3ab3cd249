import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { orErrno, SystemError } from "./system-error.ts";

const POLLIN = 0x001;
const PR_SET_TIMERSLACK = 29;
/** `struct pollfd`: descriptor, events wanted, events found. */
const ENTRY_BYTES = 8;
const ENTRY_HALVES = ENTRY_BYTES / 2;
/** A day: a longer wait is several. */
const LONGEST_MS = 86_400_000;

const symbols = libc({
  ppoll: { args: ["ptr", "u64", "ptr", "ptr"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
});

/**
 * Waits for any of a fixed set of descriptors to become readable, and blocks this thread meanwhile: for a process that does nothing else. Time-outs are kept to some
 * microseconds, where epoll_wait knows milliseconds only.
 */
export class PollSet {
  private readonly entries: Uint8Array;
  private readonly halves: Int16Array;
  private readonly timeout: Uint8Array = allocate(16);
  private readonly timeoutView: DataView = new DataView(this.timeout.buffer);
  private readonly size: number;

  constructor(descriptors: readonly number[]) {
    this.size = descriptors.length;
    this.entries = allocate(this.size * ENTRY_BYTES);
    this.halves = new Int16Array(this.entries.buffer);
    const words = new Int32Array(this.entries.buffer);
    for (const [i, fd] of descriptors.entries()) {
      words[i * 2] = fd;
      this.halves[i * ENTRY_HALVES + 2] = POLLIN;
    }
    // The kernel may let a thread oversleep by 50 µs unless told otherwise.
    symbols().prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  }

  /** Waits until one is ready, but no longer than `timeoutMs` (Infinity: for ever); returns how many are. Throws SystemError. */
  wait(timeoutMs: number): number {
    const forever = timeoutMs === Infinity;
    if (!forever) this.putTimeout(Math.max(0, timeoutMs));
    errnoLocation();
    const found = orErrno(symbols().ppoll(this.entries, this.size, forever ? null : this.timeout, null));
    if (found === -ERRNO.EINTR) return 0;
    if (found < 0) throw new SystemError("ppoll", -found);
    return found;
  }

  /** Whether the descriptor at this place of the list was found ready (or broken: reading it tells) by the last `wait`. */
  ready(index: number): boolean {
    return this.halves[index * ENTRY_HALVES + 3] !== 0;
  }

  private putTimeout(timeoutMs: number): void {
    const nanoseconds = Math.round(Math.min(timeoutMs, LONGEST_MS) * 1e6);
    const seconds = Math.floor(nanoseconds / 1e9);
    this.timeoutView.setUint32(0, seconds, true);
    this.timeoutView.setUint32(8, nanoseconds - seconds * 1e9, true);
  }
}
