import type { Conn, Endpoint, Listener, OnConn } from "../../net/index.ts";

/** The other worker's socket, which a deputy holds. */
export interface SpareSocket {
  /** Makes a listener on a copy of the descriptor. */
  open(): Promise<Listener>;
  /** Closes the descriptor. */
  close(): void;
}

/**
 * A worker's own listener of an address together with the socket of the worker that it is deputy of.
 *
 * That one is served between `adopt` and `release` only, and at the end: whoever is the last to give a socket back has emptied its queue just before, so that
 * nothing queued on it is reset.
 */
export class DeputyListener implements Listener {
  private readonly own: Listener;
  private readonly spare: SpareSocket;
  private adopted: Listener | undefined = undefined;
  private onConn: OnConn | undefined = undefined;
  private ended: Promise<void> | undefined = undefined;
  /** Adopting and releasing take time: one at a time, in the order of the calls. */
  private turn: Promise<void> = Promise.resolve();

  constructor(own: Listener, spare: SpareSocket) {
    this.own = own;
    this.spare = spare;
  }

  get network(): string {
    return this.own.network;
  }

  get local(): Endpoint {
    return this.own.local;
  }

  get open(): number {
    return this.own.open + (this.adopted?.open ?? 0);
  }

  serve(onConn: OnConn): void {
    this.onConn = onConn;
    this.own.serve(onConn);
    this.adopted?.serve(onConn);
  }

  /** Takes from its own socket only: a server is to use `serve`. */
  async accept(): Promise<Conn | null> {
    return this.own.accept();
  }

  [Symbol.asyncIterator](): AsyncIterator<Conn> {
    return this.own[Symbol.asyncIterator]();
  }

  /** Serves the other worker's socket, too. Idempotent; nothing once it is closed. */
  async adopt(): Promise<void> {
    return this.next(async () => {
      if (this.ended === undefined) await this.take();
    });
  }

  /** Leaves that socket to its own worker. Idempotent. */
  async release(): Promise<void> {
    return this.next(async () => this.leave());
  }

  async close(): Promise<void> {
    this.ended ??= this.next(async () => this.end());
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async next(step: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(step, step);
    return this.turn;
  }

  private async take(): Promise<void> {
    if (this.adopted !== undefined) return;
    this.adopted = await this.spare.open();
    if (this.onConn !== undefined) this.adopted.serve(this.onConn);
  }

  private async leave(): Promise<void> {
    const { adopted } = this;
    this.adopted = undefined;
    await adopted?.close();
  }

  private async end(): Promise<void> {
    // Without a descriptor left for it the queue cannot be emptied; the end must not hang on that.
    await this.take().catch(() => undefined);
    // The copy that is closed last is the one whose queue is emptied.
    this.spare.close();
    await Promise.all([this.own.close(), this.leave()]);
  }
}
