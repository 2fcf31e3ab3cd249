import type { TimerWheel } from "../../src/clock/index.ts";
import { type Conn, type Endpoint, type Listener, type OnConn, pipe } from "../../src/net/index.ts";

/** A listener in memory: `connect` gives the client's end of a new connection. Push mode only. */
export class PipeListener implements Listener {
  readonly network = "pipe";
  readonly local: Endpoint;
  private readonly wheel: TimerWheel;
  private onConn: OnConn | undefined = undefined;
  private readonly conns = new Set<Conn>();
  closed = false;

  constructor(wheel: TimerWheel) {
    this.wheel = wheel;
    const [end] = pipe({ wheel });
    this.local = end.local;
  }

  get open(): number {
    return this.conns.size;
  }

  serve(onConn: OnConn): void {
    this.onConn = onConn;
  }

  connect(): Conn {
    if (this.onConn === undefined || this.closed) throw new Error("nobody listens");
    const [client, served] = pipe({ wheel: this.wheel });
    this.conns.add(served);
    this.onConn(served);
    return client;
  }

  async accept(): Promise<Conn | null> {
    throw new Error("this listener is served in push mode");
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Conn> {
    const conn = await this.accept();
    if (conn !== null) yield conn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
