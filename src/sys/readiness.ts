import { drainMicrotasks } from "bun:jsc";
import { controlEpoll, EPOLL_EVENT, EPOLL_OPERATION, readyOf } from "./epoll.ts";
import { LoopDoor } from "./loop-door.ts";

/** How often the system is asked again at most before the loop has its turn. */
const ROUNDS = 32;
/** How far asking again is believed in, after it paid so often. */
const CREDIT_MAX = 8;
/** Where it did not pay, it is tried again once in so many wake-ups. */
const TRY_EVERY = 64;

/** One descriptor that is watched. */
interface Watched {
  level: boolean;
  readonly ready: () => void;
}

/**
 * The descriptors that this thread watches, behind one door of the runtime's loop.
 *
 * Asking the system for more before going back to the loop costs one call, the loop's own turn some 2 µs. It pays where answers come at once: peers in one process, a fast
 * network under load. So it is done as long as it pays.
 */
class Watchers {
  private readonly watched = new Map<number, Watched>();
  private readonly door = new LoopDoor();
  private holding = 0;
  private credit = 1;
  private wakes = 0;

  constructor() {
    this.door.hold(false);
    this.door.onReady = () => this.turn();
  }

  add(fd: number, events: number, watched: Watched): void {
    controlEpoll(this.door.epoll, EPOLL_OPERATION.add, fd, events);
    this.watched.set(fd, watched);
  }

  change(fd: number, events: number): void {
    controlEpoll(this.door.epoll, EPOLL_OPERATION.modify, fd, events);
  }

  remove(fd: number): void {
    controlEpoll(this.door.epoll, EPOLL_OPERATION.remove, fd);
    this.watched.delete(fd);
  }

  /** Counts those that keep the process alive. */
  hold(by: 1 | -1): void {
    const held = this.holding > 0;
    this.holding += by;
    if (held !== this.holding > 0) this.door.hold(!held);
  }

  private turn(): void {
    this.tellFirst();
    if (++this.wakes % TRY_EVERY === 0 && this.credit === 0) this.credit = 1;
    for (let round = 0; round < ROUNDS && this.credit > 0; round++) {
      // What awaits a packet answers it there.
      drainMicrotasks();
      if (readyOf(this.door.epoll, this.tell) === 0) {
        this.credit--;
        return;
      }
      this.credit = Math.min(CREDIT_MAX, this.credit + 1);
    }
  }

  /** Where only one is watched, and it is told until nothing is left, the system need not be asked which it is. */
  private tellFirst(): void {
    if (this.watched.size === 1) {
      for (const { level, ready } of this.watched.values()) if (level) return ready();
    }
    readyOf(this.door.epoll, this.tell);
  }

  /** One that throws must not keep the others from being told, since some are not told twice. */
  private readonly tell = (fd: number): void => {
    try {
      this.watched.get(fd)?.ready();
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}

let watchers: Watchers | undefined;

/**
 * A descriptor that is watched in this thread's event loop, whatever it is: a socket of any family, a TUN device, a pipe. Made by `watchReadiness`; the descriptor must stay open until `close`.
 */
export class Readiness {
  private readonly fd: number;
  private readonly watchers: Watchers;
  private readonly watched: Watched;
  private holds = true;
  private writable = false;
  private isClosed = false;

  constructor(fd: number, among: Watchers, watched: Watched) {
    this.fd = fd;
    this.watchers = among;
    this.watched = watched;
    among.add(fd, this.events, watched);
    among.hold(1);
  }

  /** Tells also when there is room to send, from now on or no longer. */
  watchWritable(on: boolean): void {
    if (on === this.writable) return;
    this.writable = on;
    this.again();
  }

  /**
   * Tells as long as there is something to read (`watchReadiness`'s `level`), from now on or no longer: for a reader that leaves something unread for a while, or that has seen the end, of which it would
   * be told in each turn.
   */
  setLevel(on: boolean): void {
    if (on === this.watched.level) return;
    this.watched.level = on;
    this.again();
  }

  /** Tells again, in the loop's next turn, if there still is something: for a reader that stops before it has read everything. */
  again(): void {
    if (!this.isClosed) this.watchers.change(this.fd, this.events);
  }

  /** Lets the process end although it is watched, until `ref`. */
  unref(): void {
    if (!this.holds || this.isClosed) return;
    this.holds = false;
    this.watchers.hold(-1);
  }

  ref(): void {
    if (this.holds || this.isClosed) return;
    this.holds = true;
    this.watchers.hold(1);
  }

  /** Watches it no longer; nothing is told afterwards. To be called before the descriptor is closed. Idempotent. */
  close(): void {
    if (this.isClosed) return;
    this.unref();
    this.isClosed = true;
    this.watchers.remove(this.fd);
  }

  private get events(): number {
    return EPOLL_EVENT.in | (this.watched.level ? 0 : EPOLL_EVENT.edge) | (this.writable ? EPOLL_EVENT.out : 0);
  }
}

/**
 * Calls `ready` in this thread's event loop whenever something comes in at a descriptor or it fails, once for each time (edge-triggered): read until -EAGAIN, or
 * call `again`. With `level` it calls in each turn as long as there is something to read, so that a reader need not go on until -EAGAIN: that saves a call where
 * there mostly is one thing only. Throws SystemError: EPERM for what cannot be polled, EMFILE.
 */
export function watchReadiness(fd: number, ready: () => void, level = false): Readiness {
  watchers ??= new Watchers();
  return new Readiness(fd, watchers, { level, ready });
}
