const FIRST_SLOTS = 16;
/** What a queue may hold at most, in bytes: what a link without a rate may have under way. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Frames in the order in which they fall due, in one piece of memory that is kept: nothing is allocated a frame. A frame is written straight into the queue's
 * memory, at the place that `reserve` tells, and read from where `headOffset` says.
 */
export class FrameQueue {
  private readonly slotBytes: number;
  private readonly mostSlots: number;
  private bytes: Uint8Array;
  private dues: Float64Array;
  private lengths: Uint32Array;
  private head = 0;
  private count = 0;

  /** `frameBytes`: the longest frame. */
  constructor(frameBytes: number) {
    this.slotBytes = (frameBytes + 63) & ~63;
    this.mostSlots = Math.max(FIRST_SLOTS, 2 ** Math.floor(Math.log2(MOST_BYTES / this.slotBytes)));
    this.bytes = new Uint8Array(new ArrayBuffer(FIRST_SLOTS * this.slotBytes));
    this.dues = new Float64Array(FIRST_SLOTS);
    this.lengths = new Uint32Array(FIRST_SLOTS);
  }

  /** The memory that offsets count in. It is another one after `reserve`. */
  get memory(): Uint8Array {
    return this.bytes;
  }

  get size(): number {
    return this.count;
  }

  /** When its first frame falls due; Infinity while it is empty. */
  get due(): number {
    return this.count === 0 ? Infinity : this.dues[this.head]!;
  }

  /** Where the first frame begins. */
  get headOffset(): number {
    return this.head * this.slotBytes;
  }

  get headLength(): number {
    return this.lengths[this.head]!;
  }

  /** Where the next frame may be written, up to the longest. */
  reserve(): number {
    if (this.count + 1 >= this.dues.length && this.dues.length < this.mostSlots) this.grow();
    return this.tail() * this.slotBytes;
  }

  /** Takes the frame that was written where `reserve` said. `due` is no earlier than that of the one before. Returns false when the queue is full. */
  commit(length: number, due: number): boolean {
    // One slot stays free for the next frame to be written into.
    if (this.count + 1 >= this.dues.length) return false;
    const tail = this.tail();
    this.dues[tail] = due;
    this.lengths[tail] = length;
    this.count++;
    return true;
  }

  /** Takes a copy of a frame. */
  push(frame: Uint8Array, due: number): boolean {
    const offset = this.reserve();
    this.bytes.set(frame, offset);
    return this.commit(frame.length, due);
  }

  /** Forgets the first frame. */
  shift(): void {
    this.head = (this.head + 1) & (this.dues.length - 1);
    this.count--;
  }

  clear(): void {
    this.count = 0;
  }

  private tail(): number {
    return (this.head + this.count) & (this.dues.length - 1);
  }

  private grow(): void {
    const slots = this.dues.length;
    const bytes = new Uint8Array(new ArrayBuffer(slots * 2 * this.slotBytes));
    const dues = new Float64Array(slots * 2);
    const lengths = new Uint32Array(slots * 2);
    // The first frame comes first again.
    const cut = this.head * this.slotBytes;
    bytes.set(this.bytes.subarray(cut));
    bytes.set(this.bytes.subarray(0, cut), this.bytes.length - cut);
    for (let i = 0; i < this.count; i++) {
      const from = (this.head + i) & (slots - 1);
      dues[i] = this.dues[from]!;
      lengths[i] = this.lengths[from]!;
    }
    this.bytes = bytes;
    this.dues = dues;
    this.lengths = lengths;
    this.head = 0;
  }
}
