/** Takes what an input gives. */
export interface InputReceiver {
  /** Bytes came, the receiver's own. The next ones wait for what it promises; it must not reject. */
  chunk(bytes: Uint8Array): Promise<void>;
  /** Nothing more will come: the end, or the error with which reading failed. */
  end(error?: unknown): void;
}

/**
 * Stdin, for one receiver after the other: what was read for one that is gone by then is the next one's. Nothing is read while nobody takes it, or while a receiver is
 * busy, so that whoever writes to it is held back.
 */
export class ByteInput {
  /** Whether a person types it. */
  readonly isTerminal: boolean;
  private readonly source: () => AsyncIterator<Uint8Array>;
  private iterator: AsyncIterator<Uint8Array> | undefined = undefined;
  private receiver: InputReceiver | undefined = undefined;
  private kept: IteratorResult<Uint8Array, unknown> | undefined = undefined;
  private pumping = false;

  /** `source` is asked for its iterator when something is read first. */
  constructor(source: () => AsyncIterator<Uint8Array>, isTerminal = false) {
    this.source = source;
    this.isTerminal = isTerminal;
  }

  /** Begins to read. One receiver at a time. */
  attach(receiver: InputReceiver): void {
    this.receiver = receiver;
    if (!this.pumping) void this.pump();
  }

  detach(): void {
    this.receiver = undefined;
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    try {
      while (this.receiver !== undefined) await this.turn();
    } catch (error) {
      this.receiver?.end(error);
      this.receiver = undefined;
    }
    this.pumping = false;
  }

  private async turn(): Promise<void> {
    this.kept ??= await (this.iterator ??= this.source()).next();
    const { kept, receiver } = this;
    if (receiver === undefined) return;
    if (kept.done === true) {
      // It is kept: the next receiver is told of the end, too.
      this.receiver = undefined;
      receiver.end();
      return;
    }
    this.kept = undefined;
    await receiver.chunk(kept.value);
  }
}

/** This process's stdin. */
export function standardInput(): ByteInput {
  return new ByteInput(() => process.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>, process.stdin.isTTY);
}
