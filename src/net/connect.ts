import { AddrPort, UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  beginConnect,
  type ClientSocketOptions,
  closeDescriptor,
  type DescriptorGuard,
  descriptorGuard,
  makeClientSocket,
  socketAddress,
  type StreamTarget,
} from "../sys/index.ts";
import type { Conn } from "./conn.ts";
import { NetError } from "./net-error.ts";
import { failedBefore, Pending, type WaitFailure } from "./pending.ts";
import { type RawSocket, SocketConn, socketHandlers } from "./socket-conn.ts";
import type { Control } from "./socket-options.ts";
import { fromSystemError } from "./system-error.ts";
import type { StepLimits } from "./wait-limits.ts";

/** How a stream is connected. */
export interface ConnectOptions {
  readonly network: string;
  /** What the target is called in errors. */
  readonly address: string;
  readonly limits: StepLimits;
  readonly wheel: TimerWheel;
  readonly socket: ClientSocketOptions;
  readonly lingerMs: number | undefined;
  readonly control: Control | undefined;
}

/** Connects a stream. Throws NetError. A connection that was given up on is closed at once, and not when the system gives up. */
export async function connect(target: StreamTarget, options: ConnectOptions): Promise<Conn> {
  const before = failedBefore(options.limits, options.wheel);
  if (before !== undefined) throw refusal(options, before);
  return new Connecting(target, options).begin();
}

/** A dial that its own limits ended. */
export function refusal({ network, address }: ConnectOptions, why: WaitFailure): NetError {
  return new NetError({ op: "dial", network, address, ...why });
}

/** A connection on its way. */
class Connecting {
  private readonly target: StreamTarget;
  private readonly options: ConnectOptions;
  private readonly guard: DescriptorGuard = descriptorGuard();
  private readonly pending: Pending<Conn>;
  private over = false;
  private raw: RawSocket | undefined = undefined;
  private conn: SocketConn | undefined = undefined;

  constructor(target: StreamTarget, options: ConnectOptions) {
    this.target = target;
    this.options = options;
    this.pending = new Pending<Conn>(options.limits, options.wheel, (why) => this.giveUp(why));
  }

  async begin(): Promise<Conn> {
    this.guard.took();
    if (process.platform === "linux") this.makeSocket();
    else this.handOver(this.place());
    return this.pending.promise;
  }

  /**
   * The socket is made here, where the system's calls are known, and handed to the runtime while it connects: one that the runtime makes itself cannot be
   * given up, and would keep its descriptor until the system has, two minutes later.
   */
  private makeSocket(): void {
    const { control, socket } = this.options;
    let fd: number;
    try {
      fd = makeClientSocket(this.target, socket);
    } catch (error) {
      this.failed(error);
      return;
    }
    if (control === undefined) this.connect(fd);
    else void this.runControl(control, fd);
  }

  private async runControl(control: Control, fd: number): Promise<void> {
    try {
      await control(fd, this.controlNetwork(), this.options.address);
    } catch (error) {
      closeDescriptor(fd);
      this.failed(error);
      return;
    }
    // Its descriptor was the hook's to use until now, also when nobody waits for the connection any more.
    const late = this.over ? undefined : failedBefore(this.options.limits, this.options.wheel);
    if (late !== undefined) this.giveUp(late);
    if (this.over) closeDescriptor(fd);
    else this.connect(fd);
  }

  private controlNetwork(): string {
    const { target } = this;
    return "path" in target ? "unix" : `tcp${target.addr.unmap().version}`;
  }

  private connect(fd: number): void {
    try {
      beginConnect(fd, this.target);
    } catch (error) {
      closeDescriptor(fd);
      this.failed(error);
      return;
    }
    this.handOver({ fd });
  }

  /** Where the runtime connects by itself. */
  private place(): object {
    const { target } = this;
    if ("addr" in target) return { hostname: target.addr.toString(), port: target.port };
    return { unix: target.path.startsWith("@") ? `\0${target.path.slice(1)}` : target.path };
  }

  private handOver(place: object): void {
    const options = { ...place, allowHalfOpen: true, data: undefined, socket: this.handlers() };
    try {
      const connecting = Bun.connect(options as unknown as Bun.TCPSocketConnectOptions<SocketConn>);
      connecting.catch((error: unknown) => this.failed(error));
    } catch (error) {
      this.failed(error);
    }
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
    const { lingerMs, network, socket, wheel } = this.options;
    const { target } = this;
    const isUnix = "path" in target;
    const remote = isUnix ? new UnixAddress(target.path) : new AddrPort(target.addr, target.port).unmap();
    this.conn = new SocketConn(raw, network, wheel, isUnix ? target.path : undefined, remote);
    if (lingerMs !== undefined) this.conn.lingerMs = lingerMs;
    // The runtime switches it on when it takes a socket over.
    if (socket.noDelay === false) this.conn.tcp?.setNoDelay(false);
    if (!isUnix && raw.localAddress === undefined) this.conn.setEnds(socketAddress(this.conn.fd), remote);
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
