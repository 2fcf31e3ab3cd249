import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { closeDescriptor } from "./descriptor.ts";
import { errnoLocation, ERRNO, lastErrno } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { mapShared, unmapPages } from "./pages.ts";
import { check, orErrno, SystemError } from "./system-error.ts";

/** System calls by number, the same on every processor: the C library has no names for them. */
const SETUP = 425;
const ENTER = 426;
const REGISTER = 427;

const SETUP_FLAGS = {
  ownSize: 1 << 3,
  submitAll: 1 << 7,
  workFlag: 1 << 9,
  oneThread: 1 << 12,
  deferWork: 1 << 13,
  noIndexes: 1 << 16,
};
const GET_EVENTS = 1;
const TIMEOUT = 11;
const REGISTER_EVENTFD = 4;
const ENTRIES_AT = 0x1000_0000;

/** `struct io_uring_params`, and where in it the system says how the rings lie. */
const PARAMS = { bytes: 120, entries: 0, completions: 4, flags: 8, entryRing: 40, completionRing: 80 };
const ENTRY_WORDS = 16;
const COMPLETION_WORDS = 4;
/** Completions wait for room, or work waits for the next `enter`. */
const MORE_WAITS = 2 | 4;

const calls = {
  setup: libc({ syscall: { args: ["usize", "u32", "ptr"], returns: "i32" } }),
  enter: libc({ syscall: { args: ["usize", "i32", "u32", "u32", "u32", "ptr", "usize"], returns: "i32" } }),
  register: libc({ syscall: { args: ["usize", "i32", "u32", "ptr", "u32"], returns: "i32" } }),
};

/** Flags of an operation (IOSQE_*). */
export const RING_FLAGS = {
  /** The next operation begins when this one has done all that it was to do; else it ends with -ECANCELED. */
  link: 4,
  /** It has no completion unless it fails; then what is linked to it has none. */
  silent: 64,
} as const;

/**
 * An io_uring of this thread: operations are put into a ring that the system reads, their results come in another one, and one call hands over many of both.
 *
 * Whoever puts an operation leaves its memory alone until its completion: the system may write there until then, even after the descriptor was closed. The system works
 * for it only inside `enter` (IORING_SETUP_DEFER_TASKRUN), and runs no thread of its own.
 */
export class Ring {
  private readonly fd: number;
  private readonly maps: readonly (readonly [Pointer, number])[];
  private readonly words: Int32Array;
  private readonly entries: Int32Array;
  /** Where in `words` the rings' heads, tails and flags stand. */
  private readonly at: RingPlaces;
  private readonly mask: number;
  private readonly completionMask: number;
  /** The `timespec` of a timer. */
  private readonly span: DataView = new DataView(allocate(16).buffer);
  private readonly call: ReturnType<typeof calls.enter>["syscall"] = calls.enter().syscall;
  private putTail = 0;
  private takenHead = 0;

  private constructor(fd: number, params: DataView) {
    const count = params.getUint32(PARAMS.entries, true);
    const completions = params.getUint32(PARAMS.completions, true);
    this.fd = fd;
    this.at = placesIn(params);
    this.mask = count - 1;
    this.completionMask = completions - 1;
    const ringBytes = 4 * (this.at.completions + completions * COMPLETION_WORDS);
    const entryBytes = 4 * count * ENTRY_WORDS;
    const rings = mapShared(fd, 0, ringBytes);
    const entries = mapShared(fd, ENTRIES_AT, entryBytes);
    this.maps = [
      [rings, ringBytes],
      [entries, entryBytes],
    ];
    this.words = new Int32Array(toArrayBuffer(rings, 0, ringBytes));
    this.entries = new Int32Array(toArrayBuffer(entries, 0, entryBytes));
  }

  /**
   * Makes one that `entries` operations, a power of two, can wait in to be handed over. undefined where the system has none, lacks something of it (Linux before 6.6), or forbids it, as
   * containers often do. Throws SystemError: ENOMEM.
   */
  static open(entries: number): Ring | undefined {
    const memory = allocate(PARAMS.bytes);
    const params = new DataView(memory.buffer);
    const flags = Object.values(SETUP_FLAGS).reduce((all, flag) => all | flag, 0);
    params.setUint32(PARAMS.completions, entries * 4, true);
    params.setUint32(PARAMS.flags, flags, true);
    if (process.platform !== "linux") return undefined;
    errnoLocation();
    const fd = orErrno(calls.setup().syscall(SETUP, entries, memory));
    return fd < 0 ? undefined : new Ring(fd, params);
  }

  /** Has an eventfd count whenever there is something to `enter` or `take` for, except while it is `silence`d. Throws SystemError. */
  notify(eventfd: number): void {
    const memory = allocate(4);
    new DataView(memory.buffer).setInt32(0, eventfd, true);
    check("io_uring_register", () => calls.register().syscall(REGISTER, this.fd, REGISTER_EVENTFD, memory, 1));
  }

  /** Whether the eventfd stays silent. */
  silence(on: boolean): void {
    Atomics.store(this.words, this.at.completionFlags, on ? 1 : 0);
  }

  /** How many more operations can be put before an `enter`. */
  get room(): number {
    return this.mask + 1 - this.waiting;
  }

  /** Operations that were put and not handed over yet. */
  get waiting(): number {
    return (this.putTail - Atomics.load(this.words, this.at.entryHead)) | 0;
  }

  /** Whether there is something to `enter` or `take` for. */
  get isReady(): boolean {
    return this.hasWork || Atomics.load(this.words, this.at.completionTail) !== this.takenHead;
  }

  /** Whether there is something to `enter` for, besides what was put. */
  get hasWork(): boolean {
    return (Atomics.load(this.words, this.at.entryFlags) & MORE_WAITS) !== 0;
  }

  /**
   * Puts an operation on a descriptor; there must be room. It begins with the next `enter`. `flags`: RING_FLAGS; `options`: flags of the operation's own; `token`, 31 bits, comes back
   * with the completion. Its parts come one by one, as an object for each costs 0.2 µs a request of a relay.
   */
  put(code: number, flags: number, fd: number, address: number, length: number, options: number, token: number): void {
    const at = (this.putTail & this.mask) * ENTRY_WORDS;
    const { entries } = this;
    entries[at] = code | (flags << 8);
    entries[at + 1] = fd;
    entries[at + 2] = 0;
    entries[at + 3] = 0;
    entries[at + 4] = address | 0;
    entries[at + 5] = address / 0x1_0000_0000;
    entries[at + 6] = length;
    entries[at + 7] = options;
    entries[at + 8] = token;
    for (let word = at + 9; word < at + ENTRY_WORDS; word++) entries[word] = 0;
    this.putTail = (this.putTail + 1) | 0;
    Atomics.store(this.words, this.at.entryTail, this.putTail);
  }

  /** Puts a timer, which has a completion of -ETIME after `millis`; its memory is the ring's own, so that one at a time can run. */
  putTimer(millis: number, token: number): void {
    this.span.setUint32(8, millis * 1_000_000, true);
    this.put(TIMEOUT, 0, -1, ptr(this.span), 1, 0, token);
  }

  /** Hands over what was put and lets the system work; with `waits` until there is a completion or a signal came. */
  enter(waits = false): void {
    errnoLocation();
    if (this.call(ENTER, this.fd, this.waiting, waits ? 1 : 0, GET_EVENTS, null, 0) >= 0) return;
    const errno = lastErrno();
    if (!PASSING.has(errno)) throw new SystemError("io_uring_enter", errno);
  }

  /** Calls `tell` for each completion that is there; returns how many. `tell` may put and enter, and must not throw. */
  take(tell: (token: number, result: number) => void): number {
    const { at, words } = this;
    const tail = Atomics.load(words, at.completionTail);
    const count = (tail - this.takenHead) | 0;
    while (this.takenHead !== tail) {
      const place = at.completions + (this.takenHead & this.completionMask) * COMPLETION_WORDS;
      const token = words[place]!;
      const result = words[place + 2]!;
      this.takenHead = (this.takenHead + 1) | 0;
      tell(token, result);
    }
    if (count > 0) Atomics.store(words, at.completionHead, tail);
    return count;
  }

  /** Gives it back. What is still in flight is cancelled by the system, some time later: its memory must then stay for as long as the process lives. */
  close(): void {
    for (const [pages, length] of this.maps) unmapPages(pages, length);
    closeDescriptor(this.fd);
  }
}

/** What the system says when it is to be asked again: a signal came, or completions must be taken first. */
const PASSING: ReadonlySet<number> = new Set([ERRNO.EINTR, ERRNO.EBUSY, ERRNO.EAGAIN]);

/** Where, in words, the rings' parts stand. */
interface RingPlaces {
  readonly entryHead: number;
  readonly entryTail: number;
  readonly entryFlags: number;
  readonly completionHead: number;
  readonly completionTail: number;
  readonly completions: number;
  readonly completionFlags: number;
}

function placesIn(params: DataView): RingPlaces {
  const word = (offset: number): number => params.getUint32(offset, true) >> 2;
  const { completionRing, entryRing } = PARAMS;
  return {
    entryHead: word(entryRing),
    entryTail: word(entryRing + 4),
    entryFlags: word(entryRing + 16),
    completionHead: word(completionRing),
    completionTail: word(completionRing + 4),
    completions: word(completionRing + 20),
    completionFlags: word(completionRing + 24),
  };
}
