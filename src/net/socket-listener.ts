import {
  acceptPending,
  closeDescriptor,
  type DescriptorGuard,
  descriptorGuard,
  duplicateDescriptor,
  type Holdable,
  setBacklog,
  type SocketFile,
} from "../sys/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Conn } from "./conn.ts";
import { DescriptorAcceptor, type OnDescriptor } from "./descriptor-acceptor.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Listener, OnConn } from "./listener.ts";
import { NetError } from "./net-error.ts";
import { type RawSocket, SocketConn, socketHandlers } from "./socket-conn.ts";

/** Conns that wait for `accept` before the rest is left in the system's queue. */
const WAITING_MAX = 64;

/** What a SocketListener listens on. */
export interface ListenerInit {
  readonly network: string;
  readonly local: Endpoint;
  /** A socket that listens. The listener owns it. */
  readonly fd: number;
  readonly wheel: TimerWheel;
  /** The path of a Unix socket. */
  readonly path: string | undefined;
  /** The file of a Unix socket that was bound here, to be removed when the listener closes. */
  readonly file: SocketFile | undefined;
  /** Connections that may wait in the system's queue. Default 4096. */
  readonly backlog?: number | undefined;
  /** What its Conns do with what is unacknowledged when they close; absent: leave it to the system. */
  readonly lingerMs?: number | undefined;
  /** Whether small writes of its Conns leave at once; absent: they do, as the runtime has it. */
  readonly noDelay?: boolean | undefined;
}

/**
 * Accepts from a listening socket.
 *
 * The runtime accepts on a duplicate of the descriptor. So accepting can be stopped and begun again while the socket itself goes on queueing: when
 * nobody asks for Conns, and when descriptors run short, where the runtime would burn a whole core (runtime's behaviour on EMFILE).
 */
export class SocketListener implements Listener, Holdable {
  readonly network: string;
  readonly local: Endpoint;
  private readonly fd: number;
  private readonly wheel: TimerWheel;
  private readonly path: string | undefined;
  private readonly file: SocketFile | undefined;
  private readonly backlog: number | undefined;
  /** What the system does not hand on from the listening socket to what it accepts. */
  private readonly prepare: ((conn: SocketConn) => void) | undefined;
  private readonly guard: DescriptorGuard = descriptorGuard();
  private readonly handlers: Bun.SocketHandler<SocketConn> = socketHandlers((raw) => this.opened(raw));
  private raw: { stop(): void } | undefined = undefined;
  private onConn: OnConn | undefined = undefined;
  private onDescriptor: OnDescriptor | undefined = undefined;
  private readonly waiting: Conn[] = [];
  private readonly accepting: ((conn: Conn | null) => void)[] = [];
  /** Whether anybody asked for Conns yet. */
  private asked = false;
  private starved = false;
  private ended: Promise<void> | undefined = undefined;
  private count = 0;

  constructor(init: ListenerInit) {
    this.network = init.network;
    this.local = init.local;
    this.fd = init.fd;
    this.wheel = init.wheel;
    this.path = init.path;
    this.file = init.file;
    this.backlog = init.backlog;
    this.prepare = preparationOf(init);
    this.guard.join(this);
  }

  get open(): number {
    return this.count;
  }

  serve(onConn: OnConn): void {
    this.claim();
    this.onConn = onConn;
    for (const conn of this.waiting.splice(0)) onConn(conn);
    this.update();
  }

  serveDescriptors(onDescriptor: OnDescriptor): void {
    this.claim();
    this.onDescriptor = onDescriptor;
    this.stop();
    this.update();
  }

  private claim(): void {
    if (this.onConn !== undefined || this.onDescriptor !== undefined)
      throw new NetError({ op: "accept", network: this.network, code: "EBUSY", local: this.local });
    this.asked = true;
  }

  async accept(): Promise<Conn | null> {
    const first = this.waiting.shift();
    this.asked = true;
    this.update();
    if (first !== undefined) return first;
    if (this.ended !== undefined) return null;
    return new Promise((resolve) => void this.accepting.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  hold(): void {
    this.starved = true;
    this.update();
  }

  letGo(): void {
    this.starved = false;
    this.update();
  }

  /** Lets the runtime accept exactly when somebody takes what it accepts and there are descriptors for it. */
  private update(): void {
    const served = this.onConn !== undefined || this.onDescriptor !== undefined;
    const taken = served || (this.asked && this.waiting.length < WAITING_MAX);
    const wanted = taken && !this.starved && this.ended === undefined;
    if (wanted === (this.raw !== undefined)) return;
    if (wanted) this.begin();
    else this.stop();
  }

  private begin(): void {
    const { guard, onDescriptor } = this;
    try {
      if (onDescriptor !== undefined) {
        this.raw = new DescriptorAcceptor(this.fd, guard, onDescriptor);
        return;
      }
      // The types of Bun.listen do not know `fd`, which it takes (a test holds it to that).
      const options = { fd: duplicateDescriptor(this.fd), ...this.socketOptions() };
      this.raw = Bun.listen(options as unknown as Bun.TCPSocketListenOptions<SocketConn>);
      // The runtime listens again on what it takes over, with a queue of 511.
      setBacklog(this.fd, this.backlog);
    } catch {
      // Not even the one descriptor that it takes was there.
      this.guard.ranOut();
    }
  }

  private stop(): void {
    this.raw?.stop();
    this.raw = undefined;
  }

  private socketOptions(): object {
    return { allowHalfOpen: true, socket: this.handlers, data: undefined };
  }

  private async end(): Promise<void> {
    this.guard.leave(this);
    this.stop();
    this.file?.remove();
    const queued = this.asked ? acceptPending(this.fd) : [];
    closeDescriptor(this.fd);
    await Promise.all(queued.map(async (fd) => this.take(fd)));
    for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  /** Passes on a connection that was accepted here and not by the runtime. */
  private async take(fd: number): Promise<void> {
    if (this.onDescriptor !== undefined) return this.onDescriptor(fd);
    const options = { fd, ...this.socketOptions() };
    try {
      await Bun.connect(options as unknown as Bun.TCPSocketConnectOptions<SocketConn>);
    } catch {
      // It was gone before it was looked at.
    }
  }

  private opened(raw: RawSocket): void {
    const conn = new SocketConn(raw, this.network, this.wheel, this.path);
    this.count++;
    conn.onGone = this.left;
    this.guard.took(conn.fd);
    this.prepare?.(conn);
    if (this.onConn !== undefined) this.onConn(conn);
    else {
      conn.rememberEnds();
      const resolve = this.accepting.shift();
      if (resolve !== undefined) resolve(conn);
      else if (this.waiting.push(conn) >= WAITING_MAX) this.update();
    }
  }

  private readonly left = (): void => {
    this.count--;
  };
}

function preparationOf({ lingerMs = -1, noDelay = true }: ListenerInit): ((conn: SocketConn) => void) | undefined {
  if (noDelay && lingerMs < 0) return undefined;
  return (conn) => {
    conn.lingerMs = lingerMs;
    if (!noDelay) conn.tcp?.setNoDelay(false);
  };
}
