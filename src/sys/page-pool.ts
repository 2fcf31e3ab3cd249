import { emptyPages, mapPages } from "./pages.ts";

/** Rooms that are mapped together. */
const ROOMS = 64;

/**
 * Rooms of one size in memory that does not move, for the system to read and write. The system fills a room only as far as it is used, so that large ones cost what little ones do while
 * little is in them. None is unmapped: a pool is as large as it ever had to be, and what was used of free rooms beyond `kept` bytes goes back to the system.
 */
export class PagePool {
  /** The bytes of a room. */
  readonly size: number;
  private readonly kept: number;
  private readonly free: number[] = [];

  /** Both in whole pages of 4 KiB. */
  constructor(size: number, kept: number) {
    this.size = size;
    this.kept = kept;
  }

  /** A room's address: the caller's until it is given back. Throws SystemError: ENOMEM. */
  take(): number {
    if (this.free.length === 0) this.grow();
    return this.free.pop()!;
  }

  /** Takes a room back, of which `used` bytes at most were ever written; the system must be done with it. */
  give(room: number, used: number): void {
    if (used > this.kept) emptyPages(room + this.kept, this.size - this.kept);
    this.free.push(room);
  }

  private grow(): void {
    const first: number = mapPages(ROOMS * this.size);
    for (let at = ROOMS - 1; at >= 0; at--) this.free.push(first + at * this.size);
  }
}
