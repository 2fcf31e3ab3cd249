/** A connection that sends bytes as they are and gathers what comes: no client library smooths anything over. */
export class RawClient {
  received = "";
  closed = false;
  private socket: Bun.Socket | undefined = undefined;
  private changed: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  /** Connects to a local port. `onData` gets what comes instead of `received`. */
  static async connect(port: number, onData?: (chunk: Uint8Array) => void): Promise<RawClient> {
    const client = new RawClient();
    const ended = (): void => client.ended();
    client.socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_socket, chunk) => (onData === undefined ? client.took(chunk) : onData(chunk)),
        close: ended,
        end: ended,
        error: ended,
      },
    });
    return client;
  }

  /** The port of this end. */
  get localPort(): number {
    return this.socket?.localPort ?? 0;
  }

  /** Sends a text, a byte a character. */
  send(text: string): void {
    this.socket?.write(Buffer.from(text, "latin1"));
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  close(): void {
    this.socket?.terminate();
  }

  /** Waits until what came matches or the connection ends; false when neither happens in time. */
  async until(pattern: RegExp, timeoutMs: number): Promise<boolean> {
    return this.wait(() => pattern.test(this.received) || this.closed, timeoutMs);
  }

  /** Waits until the peer closes; false when it does not in time. */
  async end(timeoutMs: number): Promise<boolean> {
    return this.wait(() => this.closed, timeoutMs);
  }

  private async wait(done: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!done()) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      const timer = Promise.withResolvers<void>();
      const handle = setTimeout(timer.resolve, left);
      await Promise.race([this.changed.promise, timer.promise]);
      clearTimeout(handle);
    }
    return true;
  }

  private took(chunk: Uint8Array): void {
    this.received += Buffer.from(chunk).toString("latin1");
    this.tell();
  }

  private ended(): void {
    this.closed = true;
    this.tell();
  }

  private tell(): void {
    const { changed } = this;
    this.changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}
