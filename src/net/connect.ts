import { type Addr, AddrPort } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import { type DescriptorGuard, descriptorGuard, makeConnectingSocket, socketAddress } from "../sys/index.ts";
import type { Conn, WaitOptions } from "./conn.ts";
import { NetError } from "./net-error.ts";
import { failedBefore, Pending, type WaitFailure } from "./pending.ts";
import { type RawSocket, SocketConn, socketHandlers } from "./socket-conn.ts";
import { fromSystemError } from "./system-error.ts";

/** What a stream is connected to. */
export type ConnectTarget = { readonly addr: Addr; readonly port: number } | { readonly path: string };

/** How a stream is connected. */
export interface ConnectOptions {
  readonly network: string;
  /** What the target is called in errors. */
  readonly address: string;
  readonly limits: WaitOptions;
  readonly wheel: TimerWheel;
  readonly receiveBufferBytes: number;
}

/** Connects a stream. Throws NetError. A connection that was given up on is closed at once, and not when the system gives up. */
export async function connect(target: ConnectTarget, options: ConnectOptions): Promise<Conn> {
  const before = failedBefore(options.limits, options.wheel);
  if (before !== undefined) throw refusal(options, before);
  return new Connecting(target, options).begin();
}

function refusal({ network, address }: ConnectOptions, why: WaitFailure): NetError {
  return new NetError({ op: "dial", network, address, ...why });
}

/** A connection on its way. */
class Connecting {
  private readonly target: ConnectTarget;
  private readonly options: ConnectOptions;
  private readonly guard: DescriptorGuard = descriptorGuard();
  private readonly pending: Pending<Conn>;
  private over = false;
  private raw: RawSocket | undefined = undefined;
  private conn: SocketConn | undefined = undefined;

  constructor(target: ConnectTarget, options: ConnectOptions) {
    this.target = target;
    this.options = options;
    this.pending = new Pending<Conn>(options.limits, options.wheel, (why) => this.giveUp(why));
  }

  async begin(): Promise<Conn> {
    this.guard.took();
    try {
      const options = { ...this.place(), allowHalfOpen: true, data: undefined, socket: this.handlers() };
      const connecting = Bun.connect(options as unknown as Bun.TCPSocketConnectOptions<SocketConn>);
      connecting.catch((error: unknown) => this.failed(error));
    } catch (error) {
      this.failed(error);
    }
    return this.pending.promise;
  }

  /**
   * A TCP socket is made here, where the system's calls are known, and handed to the runtime while it connects: one that the runtime makes itself cannot be
   * given up, and would keep its descriptor until the system has, two minutes later.
   */
  private place(): object {
    const { target } = this;
    if ("path" in target) return { unix: target.path.startsWith("@") ? `\0${target.path.slice(1)}` : target.path };
    if (process.platform !== "linux") return { hostname: target.addr.toString(), port: target.port };
    return { fd: makeConnectingSocket(target.addr, target.port, this.options.receiveBufferBytes) };
  }

  private handlers(): Bun.SocketHandler<SocketConn> {
    const handlers = socketHandlers((raw) => this.opened(raw));
    return {
      ...handlers,
      // The runtime calls a socket open that it was handed, although it may still be connecting; it is connected when it becomes writable.
      drain: (raw) => {
        if (this.conn !== undefined) return handlers.drain?.(raw);
        this.connected(raw);
        return undefined;
      },
      data: (raw, chunk) => {
        if (this.conn === undefined) this.connected(raw);
        return handlers.data?.(raw, chunk);
      },
      end: (raw) => {
        if (this.conn === undefined) this.connected(raw);
        return handlers.end?.(raw);
      },
      close: (raw, error) => {
        if (this.conn !== undefined) return handlers.close?.(raw, error);
        this.failed(error);
        return undefined;
      },
      connectError: (_raw, error) => this.failed(error),
    };
  }

  private opened(raw: RawSocket): void {
    this.raw = raw;
    if (this.over) raw.terminate();
    else if ("path" in this.target || raw.remoteAddress !== undefined) this.connected(raw);
  }

  private connected(raw: RawSocket): void {
    if (this.over) return;
    const { network, wheel } = this.options;
    const { target } = this;
    this.conn = new SocketConn(raw, network, wheel, "path" in target ? target.path : undefined);
    if ("addr" in target && raw.remoteAddress === undefined)
      this.conn.setEnds(socketAddress(this.conn.fd), new AddrPort(target.addr, target.port));
    this.pending.resolve(this.conn);
  }

  private giveUp(why: WaitFailure): void {
    this.over = true;
    this.pending.reject(refusal(this.options, why));
    this.raw?.terminate();
  }

  private failed(error: unknown): void {
    const { network, address } = this.options;
    const netError = fromSystemError(error, { op: "dial", network, address });
    if (netError.code === "EMFILE") this.guard.ranOut();
    this.pending.reject(netError);
  }
}
