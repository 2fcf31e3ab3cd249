import { controlEpoll, EPOLL_EVENT, EPOLL_OPERATION, readyOf } from "./epoll.ts";
import { LoopDoor } from "./loop-door.ts";

/** Descriptors that have a door of their own, which saves them a system call for each wake-up. */
const OWN_DOORS = 8;

/** A door that one descriptor has for itself, or all those behind the first ones together. */
interface Place {
  readonly door: LoopDoor;
  readonly watched: Map<number, () => void>;
  readonly own: boolean;
  readonly level: boolean;
  /** How many of them keep the process alive. */
  holding: number;
}

/** Doors of their own that nobody uses, those with a level and those without. */
const idle: { readonly level: Place[]; readonly edge: Place[] } = { level: [], edge: [] };
let ownDoors = 0;
let shared: Place | undefined;

/**
 * Watches a descriptor in this thread's event loop, whatever it is: a socket of any family, a TUN device, a pipe. Made by `watchReadiness`; the descriptor must stay open until `close`.
 */
export class Readiness {
  private readonly fd: number;
  private readonly place: Place;
  private readonly level: boolean;
  private holds = true;
  private writable = false;
  private isClosed = false;

  constructor(fd: number, place: Place, level: boolean, ready: () => void) {
    this.fd = fd;
    this.place = place;
    this.level = level;
    this.add();
    place.watched.set(fd, ready);
    this.count(1);
  }

  /** Tells also when there is room to send, from now on or no longer. */
  watchWritable(on: boolean): void {
    if (this.isClosed || on === this.writable) return;
    this.writable = on;
    this.again();
  }

  /** Tells again, in the loop's next turn, if there still is something: for a reader that stops before it has read everything. */
  again(): void {
    if (this.isClosed) return;
    // A change of the entry would not be told to the loop while the set still holds the entry for ready.
    controlEpoll(this.place.door.epoll, EPOLL_OPERATION.remove, this.fd);
    this.add();
  }

  /** Lets the process end although it is watched, until `ref`. */
  unref(): void {
    if (!this.holds || this.isClosed) return;
    this.holds = false;
    this.count(-1);
  }

  ref(): void {
    if (this.holds || this.isClosed) return;
    this.holds = true;
    this.count(1);
  }

  /** Watches it no longer; nothing is told afterwards. To be called before the descriptor is closed. Idempotent. */
  close(): void {
    if (this.isClosed) return;
    this.unref();
    this.isClosed = true;
    controlEpoll(this.place.door.epoll, EPOLL_OPERATION.remove, this.fd);
    this.place.watched.delete(this.fd);
    giveBack(this.place);
  }

  private add(): void {
    const events = EPOLL_EVENT.in | (this.level ? 0 : EPOLL_EVENT.edge) | (this.writable ? EPOLL_EVENT.out : 0);
    controlEpoll(this.place.door.epoll, EPOLL_OPERATION.add, this.fd, events);
  }

  private count(by: 1 | -1): void {
    const { place } = this;
    const held = place.holding > 0;
    place.holding += by;
    if (held !== place.holding > 0) place.door.hold(!held);
  }
}

/**
 * Calls `ready` in this thread's event loop whenever something comes in at a descriptor or it fails, once for each time (edge-triggered): read until -EAGAIN, or
 * call `again`. With `level` it calls in each turn as long as there is something to read, so that a reader need not go on until -EAGAIN: that saves a call where
 * there mostly is one thing only. Throws SystemError: EPERM for what cannot be polled, EMFILE.
 */
export function watchReadiness(fd: number, ready: () => void, level = false): Readiness {
  const place = placeForOne(level);
  try {
    return new Readiness(fd, place, level, ready);
  } catch (error) {
    giveBack(place);
    throw error;
  }
}

function placeForOne(level: boolean): Place {
  const place = (level ? idle.level : idle.edge).pop();
  if (place !== undefined) return place;
  if (ownDoors < OWN_DOORS) {
    const made = makePlace(true, level);
    ownDoors++;
    return made;
  }
  shared ??= makePlace(false, true);
  return shared;
}

function giveBack(place: Place): void {
  if (place.own) (place.level ? idle.level : idle.edge).push(place);
}

function makePlace(own: boolean, level: boolean): Place {
  const place: Place = { door: new LoopDoor(level), watched: new Map(), own, level, holding: 0 };
  place.door.hold(false);
  place.door.onReady = own ? () => tellOne(place) : () => tellReady(place);
  return place;
}

function tellOne({ watched }: Place): void {
  // One and no more: what it calls may give the place back and take it again.
  for (const ready of watched.values()) {
    ready();
    return;
  }
}

/** What the set holds beyond what it tells at a time, the loop tells in its next turn, since this door has a level. */
function tellReady({ door, watched }: Place): void {
  readyOf(door.epoll, (fd) => tellSafely(watched.get(fd)));
}

/** One that throws must not keep the others from being told, since nothing is told twice. */
function tellSafely(ready: (() => void) | undefined): void {
  try {
    ready?.();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
