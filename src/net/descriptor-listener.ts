import { UnixAddress } from "../addr/index.ts";
import {
  acceptPending,
  bindUnixSocket,
  closeDescriptor,
  connectUnixSocket,
  listenUnixSocket,
  makeSocketPair,
  makeUnixSocket,
  type Readiness,
  SOCKET_TYPE,
  SocketFile,
  watchReadiness,
} from "../sys/index.ts";
import { ownersOf } from "./accounts.ts";
import { DescriptorConn } from "./descriptor-conn.ts";
import type { ListenOptions } from "./listen-options.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { unixError } from "./unix-error.ts";

/** What descriptors are passed over. */
export type DescriptorNetwork = "unix" | "unixpacket";

/** Accepts DescriptorConns, by async iteration or one by one. What nobody asks for waits in the system's queue. */
export class DescriptorListener implements AsyncDisposable {
  readonly network: DescriptorNetwork;
  readonly local: UnixAddress;
  private readonly fd: number;
  private readonly file: SocketFile | undefined;
  private readonly readiness: Readiness;
  private readonly accepting: ((conn: DescriptorConn | null) => void)[] = [];
  private closed = false;

  /** For `listenDescriptors` only. */
  constructor(network: DescriptorNetwork, path: string, fd: number, file: SocketFile | undefined) {
    this.network = network;
    this.local = new UnixAddress(path);
    this.fd = fd;
    this.file = file;
    this.readiness = watchReadiness(fd, () => this.ready());
  }

  /** Resolves to the next connection, or null once it is closed. */
  async accept(): Promise<DescriptorConn | null> {
    if (this.closed) return null;
    const { promise, resolve } = Promise.withResolvers<DescriptorConn | null>();
    this.accepting.push(resolve);
    this.ready();
    return promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DescriptorConn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  /** Stops listening and removes the file; what was accepted lives on. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.readiness.close();
    this.file?.remove();
    closeDescriptor(this.fd);
    for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private ready(): void {
    if (this.closed || this.accepting.length === 0) return;
    for (const fd of acceptPending(this.fd, this.accepting.length))
      this.accepting.shift()?.(new DescriptorConn(fd, this.network));
  }
}

/** Listens for connections over which descriptors are passed, on a path or an abstract "@name"; `mode`, `owner`, `group` and `backlog` as for `listen`. Throws NetError. */
export async function listenDescriptors(
  address: string,
  options: Pick<ListenOptions, "mode" | "owner" | "group" | "backlog"> = {},
  network: DescriptorNetwork = "unix",
): Promise<DescriptorListener> {
  const isFile = !address.startsWith("@");
  if (isFile) await removeStaleSocket(address, network);
  const fd = makeUnixSocket(typeOf(network));
  try {
    bindUnixSocket(fd, address, { mode: options.mode, ...ownersOf(options, network, address) });
    listenUnixSocket(fd, options.backlog ?? 4096);
    return new DescriptorListener(network, address, fd, isFile ? new SocketFile(address) : undefined);
  } catch (error) {
    closeDescriptor(fd);
    throw unixError(error, "listen", network, address);
  }
}

/** Connects to a Unix socket to pass descriptors over it; the other side need not be one of ours. Throws NetError. */
export async function dialDescriptors(address: string, network: DescriptorNetwork = "unix"): Promise<DescriptorConn> {
  const fd = makeUnixSocket(typeOf(network));
  try {
    connectUnixSocket(fd, address);
    return new DescriptorConn(fd, network);
  } catch (error) {
    closeDescriptor(fd);
    throw unixError(error, "dial", network, address);
  }
}

/** Two ends: one to keep, and one whose `fd` goes to a program that is started. Throws NetError. */
export function descriptorPair(network: DescriptorNetwork = "unix"): readonly [DescriptorConn, DescriptorConn] {
  const [one, other] = makeSocketPair(typeOf(network));
  return [new DescriptorConn(one, network), new DescriptorConn(other, network)];
}

function typeOf(network: DescriptorNetwork): number {
  return network === "unix" ? SOCKET_TYPE.stream : SOCKET_TYPE.seqpacket;
}
