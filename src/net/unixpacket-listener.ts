import { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  acceptPending,
  closeDescriptor,
  type DescriptorGuard,
  descriptorGuard,
  type Holdable,
  type Readiness,
  type SocketFile,
  watchReadiness,
} from "../sys/index.ts";
import { NetError } from "./net-error.ts";
import { inCallback } from "./output.ts";
import type { PacketConn, PacketListener } from "./packet-conn.ts";
import { UnixpacketConn } from "./unixpacket-conn.ts";

/** Connections that are accepted before others have their turn. */
const TURN = 64;

/** What a UnixpacketListener listens on. */
export interface UnixpacketListenerInit {
  /** A socket that listens. The listener owns it. */
  readonly fd: number;
  readonly path: string;
  readonly wheel: TimerWheel;
  /** The file that was bound here, to be removed when it closes. */
  readonly file: SocketFile | undefined;
}

/** Accepts seqpacket connections as somebody asks for them; the others wait with the system, also while descriptors are short. */
export class UnixpacketListener implements PacketListener, Holdable {
  readonly network = "unixpacket";
  readonly local: UnixAddress;
  private readonly fd: number;
  private readonly wheel: TimerWheel;
  private readonly file: SocketFile | undefined;
  private readonly readiness: Readiness;
  private readonly guard: DescriptorGuard = descriptorGuard();
  private readonly accepting: ((conn: PacketConn | null) => void)[] = [];
  private onConn: ((conn: PacketConn) => void) | undefined = undefined;
  private starved = false;
  private closed = false;

  constructor(init: UnixpacketListenerInit) {
    this.local = new UnixAddress(init.path);
    this.fd = init.fd;
    this.wheel = init.wheel;
    this.file = init.file;
    this.readiness = watchReadiness(init.fd, () => this.take());
    this.guard.join(this);
  }

  async accept(): Promise<PacketConn | null> {
    if (this.closed) return null;
    this.mustNotServe();
    const { promise, resolve } = Promise.withResolvers<PacketConn | null>();
    this.accepting.push(resolve);
    this.take();
    return promise;
  }

  serve(onConn: (conn: PacketConn) => void): void {
    this.mustNotServe();
    this.onConn = onConn;
    // No callback runs inside a call.
    queueMicrotask(() => this.take());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PacketConn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.guard.leave(this);
    this.readiness.close();
    this.file?.remove();
    closeDescriptor(this.fd);
    for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  hold(): void {
    this.starved = true;
  }

  letGo(): void {
    this.starved = false;
    this.take();
  }

  private mustNotServe(): void {
    if (this.onConn !== undefined)
      throw new NetError({ op: "accept", network: this.network, code: "EBUSY", local: this.local });
  }

  private take(): void {
    if (this.closed || this.starved) return;
    const count = this.onConn === undefined ? this.accepting.length : TURN;
    if (count === 0) return;
    const accepted = acceptPending(this.fd, count);
    for (const fd of accepted) this.opened(fd);
    if (accepted.length === TURN && !this.isClosed()) this.readiness.again();
  }

  /** It may have been closed by a callback. */
  private isClosed(): boolean {
    return this.closed;
  }

  private opened(fd: number): void {
    this.guard.took(fd);
    let conn: UnixpacketConn;
    try {
      conn = new UnixpacketConn(fd, this.local, new UnixAddress(""), this.wheel);
    } catch {
      closeDescriptor(fd);
      this.guard.ranOut();
      return;
    }
    const { onConn } = this;
    if (onConn !== undefined) inCallback(() => onConn(conn));
    else this.accepting.shift()?.(conn);
  }
}
