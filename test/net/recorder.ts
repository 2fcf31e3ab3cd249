import type { NetError, Sink } from "../../src/net/index.ts";

/** A sink that keeps what it was told, and lets a test wait for it. */
export class Recorder implements Sink {
  /** What happened, in order: "data" once for any number of chunks in a row. */
  readonly events: string[] = [];
  readonly chunks: Uint8Array[] = [];
  length = 0;
  error: NetError | undefined = undefined;
  /** Called for each event, after it was kept. */
  onEvent: ((event: string, chunk?: Uint8Array) => void) | undefined = undefined;
  private waiters: { readonly when: () => boolean; readonly resolve: () => void }[] = [];

  data(chunk: Uint8Array): void {
    // Borrowed: a Buffer's slice would not copy.
    this.chunks.push(new Uint8Array(chunk));
    this.length += chunk.length;
    if (this.events.at(-1) !== "data") this.events.push("data");
    this.told("data", chunk);
  }

  drain(): void {
    this.keep("drain");
  }

  end(): void {
    this.keep("end");
  }

  close(error?: NetError): void {
    this.error = error;
    this.keep(error === undefined ? "close" : `close ${error.code}`);
  }

  timeout(which: "read" | "write"): void {
    this.keep(`timeout ${which}`);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.chunks));
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  /** Resolves when the condition holds; looked at after every event. */
  async until(when: () => boolean): Promise<void> {
    if (when()) return;
    await new Promise<void>((resolve) => void this.waiters.push({ when, resolve }));
  }

  /** Resolves when an event of this name has come. */
  async heard(event: string): Promise<void> {
    await this.until(() => this.events.some((each) => each === event || each.startsWith(`${event} `)));
  }

  private keep(event: string): void {
    this.events.push(event);
    this.told(event);
  }

  private told(event: string, chunk?: Uint8Array): void {
    this.onEvent?.(event, chunk);
    const ready = this.waiters.filter(({ when }) => when());
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }
}
