/**
 * A queue of byte chunks that knows its length in bytes. Taking from the front moves no array, and what is taken is a view wherever it lies within one
 * chunk. Chunks put in belong to the queue until they come out.
 */
export class ChunkQueue {
  private chunks: (Uint8Array | undefined)[] = [];
  private head = 0;
  private bytes = 0;

  /** Bytes in the queue. */
  get length(): number {
    return this.bytes;
  }

  /** Adds a chunk behind the others; the queue takes it over. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  /** Puts a chunk before the others; the queue takes it over. */
  unshift(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.head > 0) this.chunks[--this.head] = chunk;
    else this.chunks.unshift(chunk);
    this.bytes += chunk.length;
  }

  /** The first chunk, without taking it. */
  peek(): Uint8Array | undefined {
    return this.chunks[this.head];
  }

  /** Takes the first chunk, or its first `limit` bytes; undefined when the queue is empty. */
  shift(limit: number = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    const first = this.chunks[this.head];
    if (first === undefined) return undefined;
    if (first.length <= limit) {
      this.drop();
      this.bytes -= first.length;
      return first;
    }
    this.chunks[this.head] = first.subarray(limit);
    this.bytes -= limit;
    return first.subarray(0, limit);
  }

  /** Drops the first `count` bytes. Throws RangeError when there are fewer. */
  consume(count: number): void {
    if (count > this.bytes) throw new RangeError(`cannot consume ${count} of ${this.bytes} bytes`);
    while (count > 0) count -= this.shift(count)!.length;
  }

  /** Copies from the front into `target` and drops what was copied; returns how many bytes that were. */
  copyInto(target: Uint8Array): number {
    let copied = 0;
    while (copied < target.length) {
      const piece = this.shift(target.length - copied);
      if (piece === undefined) break;
      target.set(piece, copied);
      copied += piece.length;
    }
    return copied;
  }

  /** Takes everything as one chunk, empty when there is nothing. */
  takeAll(): Uint8Array {
    if (this.chunks.length - this.head === 1) return this.shift()!;
    const all = new Uint8Array(this.bytes);
    this.copyInto(all);
    return all;
  }

  clear(): void {
    this.chunks = [];
    this.head = 0;
    this.bytes = 0;
  }

  private drop(): void {
    this.chunks[this.head++] = undefined;
    if (this.head === this.chunks.length) {
      this.chunks.length = 0;
      this.head = 0;
    } else if (this.head >= 64 && this.head * 2 >= this.chunks.length) {
      this.chunks = this.chunks.slice(this.head);
      this.head = 0;
    }
  }
}
