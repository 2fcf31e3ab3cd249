import { lstatSync, chmodSync, unlinkSync } from "node:fs";
import { Addr, AddrPort, joinHostPort, splitHostPort, tryParsePort, UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Conn, Endpoint } from "./conn.ts";
import { dial } from "./dial.ts";
import type { Listener, OnConn } from "./listener.ts";
import { NetError } from "./net-error.ts";
import { threadWheel } from "./runtime.ts";
import { type RawSocket, SocketConn, socketHandlers } from "./socket-conn.ts";
import { fromSystemError } from "./system-error.ts";

/** What a stream listener listens on. */
export type ListenNetwork = "tcp" | "tcp4" | "tcp6" | "unix";

export interface ListenOptions {
  /** Several listeners, each with a queue of its own, share the port (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean;
  /** Permissions of a Unix socket's file. Default: what the process's umask leaves of 0777. */
  readonly mode?: number;
  /** A descriptor that listens already, to be taken over; the address then only says what it is called. */
  readonly fd?: number;
  /** The wheel that the Conns' deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
}

/**
 * Listens for streams: "tcp" on "host:port" (":port" for every interface, port 0 for a free one), "unix" on a path or an abstract "@name". A socket file
 * that nobody answers on any more is replaced. Throws NetError.
 *
 * @example
 * await using listener = await listen("tcp", ":8080");
 * listener.serve((conn) => conn.attach(new Echo(conn)));
 */
export async function listen(network: ListenNetwork, address: string, options: ListenOptions = {}): Promise<Listener> {
  if (network === "unix") return listenUnix(address, options);
  const host = await listenHost(network, address);
  const listener = new SocketListener(network, options.wheel ?? threadWheel(), undefined);
  try {
    listener.begin(
      options.fd === undefined
        ? { hostname: host.hostname, port: host.port, reusePort: options.reusePort === true, ...host.flags }
        : { fd: options.fd },
      address,
    );
  } catch (error) {
    throw fromSystemError(error, { op: "listen", network, address });
  }
  return listener;
}

interface ListenHost {
  readonly hostname: string;
  readonly port: number;
  readonly flags: { readonly ipv6Only?: boolean };
}

async function listenHost(network: ListenNetwork, address: string): Promise<ListenHost> {
  const { host, port } = splitHostPort(address);
  const number = port === "" ? 0 : tryParsePort(port);
  if (number === undefined) {
    throw new NetError({
      op: "listen",
      network,
      address,
      code: "EINVAL",
      hint: `the port ${JSON.stringify(port)} is no number from 0 to 65535`,
    });
  }
  const hostname = host === "" ? (network === "tcp4" ? "0.0.0.0" : "::") : host;
  return { hostname, port: number, flags: network === "tcp6" ? { ipv6Only: true } : {} };
}

async function listenUnix(path: string, options: ListenOptions): Promise<Listener> {
  const listener = new SocketListener("unix", options.wheel ?? threadWheel(), path);
  const abstract = path.startsWith("@");
  if (options.fd === undefined && !abstract) await removeStale(path);
  try {
    listener.begin(
      options.fd === undefined ? { unix: abstract ? `\0${path.slice(1)}` : path } : { fd: options.fd },
      path,
    );
    if (options.mode !== undefined && !abstract) chmodSync(path, options.mode);
  } catch (error) {
    throw fromSystemError(error, { op: "listen", network: "unix", address: path });
  }
  return listener;
}

/** Removes a socket file on which nobody answers. One that answers, and a file of another kind, is left where it is. */
async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const busy = { op: "listen", network: "unix", address: path, code: "EADDRINUSE" } as const;
  if (!stat.isSocket())
    throw new NetError({ ...busy, hint: "a file that is no socket lies there: remove it or choose another path" });
  try {
    const conn = await dial("unix", path, { timeoutMs: 1000 });
    conn.abort();
  } catch (error) {
    if (error instanceof NetError && error.code === "ECONNREFUSED") {
      unlinkSync(path);
      return;
    }
    throw new NetError({ ...busy, hint: "whether another process listens there cannot be told", cause: error });
  }
  throw new NetError({ ...busy, hint: "another process listens there: stop it, or choose another path" });
}

/** Where a runtime listener is told to listen. */
type Place =
  | { hostname: string; port: number; reusePort: boolean; ipv6Only?: boolean }
  | { unix: string }
  | { fd: number };

class SocketListener implements Listener {
  readonly network: string;
  private readonly wheel: TimerWheel;
  private readonly path: string | undefined;
  private raw: { stop(): void; readonly port?: number; readonly hostname?: string } | undefined = undefined;
  private place: Endpoint | undefined = undefined;
  private onConn: OnConn | undefined = undefined;
  private waiting: Conn[] = [];
  private accepting: ((conn: Conn | null) => void)[] = [];
  private closed = false;
  private count = 0;

  constructor(network: string, wheel: TimerWheel, path: string | undefined) {
    this.network = network;
    this.wheel = wheel;
    this.path = path;
  }

  /** Starts; throws what the runtime throws. */
  begin(place: Place, address: string): void {
    const socket = socketHandlers((raw) => this.opened(raw));
    const options = { ...place, allowHalfOpen: true, socket, data: undefined as unknown as SocketConn };
    // The types of Bun.listen do not know `fd`, which it takes (a test holds it to that).
    this.raw = Bun.listen(options as unknown as Bun.TCPSocketListenOptions<SocketConn>);
    this.place = this.path === undefined ? this.boundTo(address) : new UnixAddress(this.path);
  }

  get local(): Endpoint {
    return this.place!;
  }

  get open(): number {
    return this.count;
  }

  serve(onConn: OnConn): void {
    if (this.onConn !== undefined)
      throw new NetError({ op: "accept", network: this.network, code: "EBUSY", local: this.local });
    this.onConn = onConn;
    for (const conn of this.waiting.splice(0)) onConn(conn);
  }

  async accept(): Promise<Conn | null> {
    const first = this.waiting.shift();
    if (first !== undefined) return first;
    if (this.closed) return null;
    return new Promise((resolve) => void this.accepting.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.raw?.stop();
    if (this.path !== undefined && !this.path.startsWith("@")) rmSocket(this.path);
    for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private opened(raw: RawSocket): void {
    const conn = new SocketConn(raw, this.network, this.wheel, this.path);
    this.count++;
    conn.onGone = this.left;
    if (this.onConn !== undefined) this.onConn(conn);
    else {
      const resolve = this.accepting.shift();
      if (resolve !== undefined) resolve(conn);
      else this.waiting.push(conn);
    }
  }

  private readonly left = (): void => {
    this.count--;
  };

  private boundTo(address: string): Endpoint {
    const { hostname, port } = this.raw!;
    const addr = hostname === undefined ? undefined : Addr.tryParse(hostname);
    if (addr !== undefined && port !== undefined) return new AddrPort(addr, port);
    const given = splitHostPort(address);
    const named = given.host === "" ? Addr.anyV6 : (Addr.tryParse(given.host) ?? Addr.anyV6);
    return AddrPort.tryParse(joinHostPort(named.toString(), port ?? given.port)) ?? new AddrPort(named, 0);
  }
}

function rmSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody was faster.
  }
}
