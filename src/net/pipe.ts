import { copyBytes } from "../bytes/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Conn } from "./conn.ts";
import { NetError } from "./net-error.ts";
import { inCallback } from "./output.ts";
import type { Endpoint } from "./endpoint.ts";
import { PipeAddress } from "./pipe-address.ts";
import { threadWheel } from "./runtime.ts";
import { StreamConn } from "./stream-conn.ts";

/** Bytes on their way from one end to the other, as a socket's buffer in the system would hold them. */
const IN_FLIGHT = 64 * 1024;

class PipeConn extends StreamConn {
  readonly network = "pipe";
  local: Endpoint;
  remote: Endpoint;
  private peer: PipeConn | undefined = undefined;
  /** What this end wrote and the peer has not taken. */
  private flight: Uint8Array[] = [];
  private flying = 0;
  private finished_ = false;
  private full = false;
  private stopped = false;
  private scheduled = false;
  private down = false;

  constructor(wheel: TimerWheel, local: PipeAddress, remote: PipeAddress) {
    super(wheel);
    this.local = local;
    this.remote = remote;
  }

  setEnds(local: Endpoint, remote: Endpoint): void {
    this.local = local;
    this.remote = remote;
  }

  join(peer: PipeConn): void {
    this.peer = peer;
  }

  protected rawWrite(bytes: Uint8Array, start: number, end: number): number {
    if (this.down || this.finished_) return -1;
    const taken = Math.min(end - start, IN_FLIGHT - this.flying);
    if (taken < end - start) this.full = true;
    if (taken > 0) {
      this.flight.push(copyBytes(bytes, start, start + taken));
      this.flying += taken;
      this.peer?.deliverSoon();
    }
    return taken;
  }

  protected rawPause(): void {
    this.stopped = true;
  }

  protected rawResume(): void {
    this.stopped = false;
    this.deliverSoon();
  }

  protected rawShutdown(): void {
    this.finished_ = true;
    this.peer?.deliverSoon();
    this.closeWhenBothEnded();
  }

  protected rawClose(): void {
    this.finished_ = true;
    this.down = true;
    this.peer?.deliverSoon();
    this.gone(undefined);
  }

  protected rawAbort(): void {
    this.down = true;
    this.flight = [];
    const { peer } = this;
    this.gone(undefined);
    if (peer !== undefined) queueMicrotask(() => peer.reset());
  }

  private reset(): void {
    if (this.down) return;
    this.down = true;
    const { local, remote } = this;
    const error = new NetError({ op: "read", network: "pipe", code: "ECONNRESET", local, remote });
    inCallback(() => this.gone(error));
  }

  /** Brings what the peer wrote, in a microtask: nothing is called inside a write. */
  private deliverSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      inCallback(() => this.deliver());
    });
  }

  private deliver(): void {
    const from = this.peer;
    if (from === undefined || this.down) return;
    while (!this.stopped && !this.down) {
      const chunk = from.flight.shift();
      if (chunk === undefined) break;
      from.flying -= chunk.length;
      from.freed();
      this.received(chunk, true);
    }
    if (from.flight.length > 0 || !from.finished_ || this.stopped || this.down) return;
    this.receivedEnd();
    this.closeWhenBothEnded();
  }

  private freed(): void {
    if (!this.full || this.flying > IN_FLIGHT / 2) return;
    this.full = false;
    queueMicrotask(() => {
      if (!this.down) inCallback(() => this.becameWritable());
    });
  }

  /** Both directions have ended and been delivered: the stream is over. */
  private closeWhenBothEnded(): void {
    const { peer } = this;
    if (peer === undefined || !this.finished_ || !peer.finished_ || this.flight.length > 0 || peer.flight.length > 0)
      return;
    queueMicrotask(() => {
      for (const end of [this, peer]) {
        end.down = true;
        inCallback(() => end.gone(undefined));
      }
    });
  }
}

/** How a pipe is made. */
export interface PipeOptions {
  /** The wheel that its deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
}

/**
 * Two Conns joined in memory, for tests and for linking parts of one process. It behaves as a local TCP connection does, holding 64 KiB a direction.
 *
 * @example
 * const [client, server] = pipe();
 * await client.write(Uint8Array.of(1));
 * await server.read(); // Uint8Array [1]
 */
export function pipe(options?: PipeOptions): [Conn, Conn] {
  const wheel = options?.wheel ?? threadWheel();
  const addresses = [new PipeAddress("pipe:a"), new PipeAddress("pipe:b")] as const;
  const a = new PipeConn(wheel, addresses[0], addresses[1]);
  const b = new PipeConn(wheel, addresses[1], addresses[0]);
  a.join(b);
  b.join(a);
  return [a, b];
}
