import { PagePool, type RingLoop, type RingTask } from "../sys/index.ts";

/** What is received at a time: this much at first, twice as much each time that is not enough. */
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 256 * 1024;

/** What a direction waits in. */
const rooms: PagePool = new PagePool(MOST_BYTES, LEAST_BYTES);

/** Who hears of a RingFlow. */
export interface RingFlowOwner {
  /** Whether both sides are being cut off: nothing is begun any more. */
  readonly cutting: boolean;
  /** Bytes came. */
  moved(): void;
  /** The source has ended, and all that it sent has been sent on. */
  ended(flow: RingFlow): void;
  /** A side failed: with an error number. */
  failed(flow: RingFlow, side: "from" | "to", errno: number): void;
  /** It was cut off and has nothing in flight any more. */
  stopped(): void;
}

/**
 * One direction of a relay inside the system: a receive, then a send of what came linked to the next receive, so that the system goes on by itself. Nothing is received before everything has been
 * sent: a slow reader holds the writer back, with no more than one room in memory.
 */
export class RingFlow implements RingTask {
  readonly side: "a" | "b";
  /** Bytes taken from the source. */
  passed = 0;
  ended = false;
  /** Whether the system works on something of it. */
  inFlight = false;
  private readonly ring: RingLoop;
  private readonly owner: RingFlowOwner;
  private readonly id: number;
  readonly room: number = rooms.take();
  from = -1;
  to = -1;
  size: number = LEAST_BYTES;
  private used = LEAST_BYTES;
  /** What stands in the room and was not sent: from where, to where. */
  start = 0;
  stop = 0;

  /** Throws SystemError: ENOMEM. */
  constructor(side: "a" | "b", ring: RingLoop, owner: RingFlowOwner) {
    this.side = side;
    this.ring = ring;
    this.owner = owner;
    this.id = ring.add(this);
  }

  /** Begins to receive. */
  begin(from: number): void {
    this.from = from;
    this.inFlight = true;
    this.ring.receive(this.id, this);
  }

  /** Says where to: sends on what was received by now. */
  sendTo(to: number): void {
    this.to = to;
    if (this.stop > this.start) this.pass();
    else if (this.ended) this.owner.ended(this);
  }

  /** Gives its room back; nothing may be in flight. */
  release(): void {
    this.ring.remove(this.id);
    rooms.give(this.room, this.used);
  }

  received(result: number): void {
    if (this.isStopped()) return;
    if (result > 0) this.take(result);
    else if (result === 0) this.end();
    else this.owner.failed(this, "from", -result);
  }

  sentLess(result: number): void {
    if (this.isStopped()) return;
    this.start += Math.max(0, result);
    // Trying the rest tells why it was not sent.
    if (result >= 0) this.pass();
    else this.owner.failed(this, "to", -result);
  }

  /** Nothing is in flight now; whether nothing may be begun any more. */
  private isStopped(): boolean {
    this.inFlight = false;
    if (this.owner.cutting) this.owner.stopped();
    return this.owner.cutting;
  }

  private take(count: number): void {
    this.passed += count;
    this.start = 0;
    this.stop = count;
    this.adapt(count);
    this.owner.moved();
    if (this.to >= 0) this.pass();
  }

  /** Little is received into little room, so that little memory is touched. */
  private adapt(count: number): void {
    if (count === this.size && this.size < MOST_BYTES) {
      this.size *= 2;
      this.used = Math.max(this.used, this.size);
    } else if (count < this.size >> 3 && this.size > LEAST_BYTES) this.size >>= 1;
  }

  private pass(): void {
    this.inFlight = true;
    this.ring.pass(this.id, this);
  }

  private end(): void {
    this.ended = true;
    this.stop = 0;
    if (this.to >= 0) this.owner.ended(this);
  }
}
