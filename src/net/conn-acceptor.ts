import {
  acceptOne,
  closeDescriptor,
  type DescriptorGuard,
  descriptorGuard,
  ERRNO,
  type Holdable,
  type Readiness,
  type SocketFile,
  watchReadiness,
} from "../sys/index.ts";
import { inCallback } from "./output.ts";

/** Connections that are accepted before others have their turn. */
const TURN = 64;

/** What a ConnAcceptor listens on. */
export interface ConnAcceptorInit<Conn> {
  /** A socket that listens. The acceptor owns it. */
  readonly fd: number;
  /** The file that was bound here, to be removed when it closes. */
  readonly file: SocketFile | undefined;
  /** Makes a connection of a descriptor, which it then owns. When it throws the descriptor is closed. */
  readonly open: (fd: number) => Conn;
}

/** Accepts connections without the runtime, as somebody asks for them; the others wait with the system, also while descriptors are short. */
export class ConnAcceptor<Conn> implements Holdable {
  private readonly fd: number;
  private readonly file: SocketFile | undefined;
  private readonly open: (fd: number) => Conn;
  private readonly readiness: Readiness;
  private readonly guard: DescriptorGuard = descriptorGuard();
  private readonly accepting: ((conn: Conn | null) => void)[] = [];
  private onConn: ((conn: Conn) => void) | undefined = undefined;
  private starved = false;
  private closed = false;

  /** Throws SystemError; the descriptor is then still the caller's. */
  constructor(init: ConnAcceptorInit<Conn>) {
    this.fd = init.fd;
    this.file = init.file;
    this.open = init.open;
    this.readiness = watchReadiness(init.fd, () => this.take());
    this.guard.join(this);
  }

  /** Whether `serve` was called. */
  get serves(): boolean {
    return this.onConn !== undefined;
  }

  /** Resolves to the next connection, or null once it is closed. Not after `serve`. */
  async accept(): Promise<Conn | null> {
    if (this.closed) return null;
    const { promise, resolve } = Promise.withResolvers<Conn | null>();
    this.accepting.push(resolve);
    this.take();
    return promise;
  }

  /** Calls `onConn` for each connection from now on, never from inside this call. Once only. */
  serve(onConn: (conn: Conn) => void): void {
    this.onConn = onConn;
    queueMicrotask(() => this.take());
  }

  /** Stops listening and removes the file; what was accepted lives on. Idempotent. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.guard.leave(this);
    this.readiness.close();
    this.file?.remove();
    closeDescriptor(this.fd);
    for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  hold(): void {
    this.starved = true;
  }

  letGo(): void {
    this.starved = false;
    this.take();
  }

  /** Whether the next connection has somebody to take it, and a descriptor. */
  private get wantsMore(): boolean {
    if (this.closed || this.starved) return false;
    return this.serves || this.accepting.length > 0;
  }

  private take(): void {
    for (let count = 0; count < TURN; count++) if (!this.wantsMore || !this.takeOne()) return;
    this.readiness.again();
  }

  /** Accepts one connection; false when none waits, or none can be accepted now. */
  private takeOne(): boolean {
    const fd = acceptOne(this.fd);
    if (fd < 0) {
      // The system tells only of those that come after: the guard says when to go on.
      if (fd !== -ERRNO.EAGAIN) this.guard.ranOut();
      return false;
    }
    this.guard.took(fd);
    const conn = this.opened(fd);
    if (conn === undefined) this.guard.ranOut();
    else this.give(conn);
    return true;
  }

  private opened(fd: number): Conn | undefined {
    try {
      return this.open(fd);
    } catch {
      closeDescriptor(fd);
      return undefined;
    }
  }

  /** A callback that throws must not keep others from being accepted, since some are not told of twice. */
  private give(conn: Conn): void {
    const { onConn } = this;
    if (onConn === undefined) {
      this.accepting.shift()?.(conn);
      return;
    }
    try {
      inCallback(() => onConn(conn));
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }
}
