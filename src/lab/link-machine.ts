import type { Random } from "../clock/index.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { Way } from "./way.ts";

/** What a way has done so far, in frames unless its name says bytes. */
export interface WayCounters {
  readonly sent: number;
  readonly sentBytes: number;
  /** Of them, those that came out at the other end; a duplicate counts again. */
  readonly delivered: number;
  /** Dropped because too much waited to be sent. */
  readonly overflowed: number;
  /** Lost by chance, or because the link was down. */
  readonly lost: number;
  readonly duplicated: number;
  /** Those that skipped the delay. */
  readonly reordered: number;
}

/**
 * One way of a link, sans-IO: frames and the time go in, frames come out when they fall due. In this order: a queue that drops what is too much, sending at the rate, loss,
 * duplication, delay with jitter, or none of it for a frame that overtakes.
 *
 * Put a frame into `incoming.memory` at `incoming.reserve()` and call `send`; then as long as `ready(now)` returns a queue, its head is the next frame: use it and `shift`.
 */
export class LinkMachine {
  /** Frames that take the delay; new ones are written into it. */
  readonly incoming: FrameQueue;
  /** Frames that skipped the delay: they fall due in their own order. */
  private readonly overtaking: FrameQueue;
  private readonly random: Random;
  private way: Way;
  private isUp = true;
  /** When the last frame that was taken has been sent. */
  private busyUntil = 0;
  private lastDue = 0;
  private readonly counts = {
    sent: 0,
    sentBytes: 0,
    delivered: 0,
    overflowed: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
  };

  /** `frameBytes`: the longest frame. */
  constructor(way: Way, frameBytes: number, random: Random) {
    this.way = way;
    this.random = random;
    this.incoming = new FrameQueue(frameBytes);
    this.overtaking = new FrameQueue(frameBytes);
  }

  get counters(): WayCounters {
    return { ...this.counts };
  }

  /** Other values for the frames that come; those under way arrive as they were to. */
  set(way: Way): void {
    this.way = way;
  }

  /** Down: what is under way is lost, and what comes is. */
  setUp(up: boolean): void {
    this.isUp = up;
    if (up) return;
    this.counts.lost += this.incoming.size + this.overtaking.size;
    this.incoming.clear();
    this.overtaking.clear();
    this.busyUntil = 0;
    this.lastDue = 0;
  }

  /** Takes the frame of `length` bytes that was written where `incoming.reserve()` said. */
  send(length: number, now: number): void {
    this.counts.sent++;
    this.counts.sentBytes += length;
    if (!this.isUp) return void this.counts.lost++;
    if (this.isFull(length, now)) return void this.counts.overflowed++;
    const sentAt = this.transmit(length, now);
    if (this.happens(this.way.lossPercent)) return void this.counts.lost++;
    const twice = this.happens(this.way.duplicatePercent);
    const offset = this.incoming.reserve();
    if (this.happens(this.way.reorderPercent)) this.overtake(offset, length, sentAt, twice);
    else this.delay(offset, length, sentAt, twice);
  }

  /** When `ready` next has something; Infinity while nothing is under way. */
  next(): number {
    return Math.min(this.incoming.due, this.overtaking.due);
  }

  /** The queue whose head falls due first, if it has; the caller takes the frame and calls `shift`. */
  ready(now: number): FrameQueue | undefined {
    const first = this.overtaking.due < this.incoming.due ? this.overtaking : this.incoming;
    if (first.due > now) return undefined;
    this.counts.delivered++;
    return first;
  }

  /** Whether so much waits that the frame has no room. One that need not wait always has. */
  private isFull(length: number, now: number): boolean {
    const { rateBitsPerSecond, queueBytes } = this.way;
    if (rateBitsPerSecond === 0 || this.busyUntil <= now) return false;
    const waiting = ((this.busyUntil - now) * rateBitsPerSecond) / 8000;
    return waiting + length > queueBytes;
  }

  /** Puts the frame on the wire behind those before it, and returns when its last bit is. */
  private transmit(length: number, now: number): number {
    const { rateBitsPerSecond } = this.way;
    if (rateBitsPerSecond === 0) return now;
    this.busyUntil = Math.max(this.busyUntil, now) + (length * 8000) / rateBitsPerSecond;
    return this.busyUntil;
  }

  private overtake(offset: number, length: number, sentAt: number, twice: boolean): void {
    this.counts.reordered++;
    const frame = this.incoming.memory.subarray(offset, offset + length);
    this.count(this.overtaking.push(frame, sentAt), false);
    if (twice) this.count(this.overtaking.push(frame, sentAt), true);
  }

  private delay(offset: number, length: number, sentAt: number, twice: boolean): void {
    const { delayMs, jitterMs } = this.way;
    const shift = jitterMs === 0 ? 0 : (this.random.float() * 2 - 1) * jitterMs;
    const due = Math.max(sentAt + delayMs + shift, this.lastDue);
    this.lastDue = due;
    const kept = this.incoming.commit(length, due);
    this.count(kept, false);
    if (twice && kept) this.count(this.incoming.push(this.incoming.memory.slice(offset, offset + length), due), true);
  }

  private count(kept: boolean, again: boolean): void {
    if (!kept) this.counts.overflowed++;
    else if (again) this.counts.duplicated++;
  }

  private happens(percent: number): boolean {
    return percent > 0 && this.random.float() * 100 < percent;
  }
}
