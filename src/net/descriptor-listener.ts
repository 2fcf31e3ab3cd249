import { UnixAddress } from "../addr/index.ts";
import {
  bindUnixSocket,
  closeDescriptor,
  connectUnixSocket,
  listenUnixSocket,
  makeSocketPair,
  makeUnixSocket,
  SOCKET_TYPE,
  SocketFile,
} from "../sys/index.ts";
import { ownersOf } from "./accounts.ts";
import { ConnAcceptor } from "./conn-acceptor.ts";
import { DescriptorConn } from "./descriptor-conn.ts";
import type { ListenOptions } from "./listen-options.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { fromSystemError } from "./system-error.ts";
import { unixError } from "./unix-error.ts";

/** What descriptors are passed over. */
export type DescriptorNetwork = "unix" | "unixpacket";

/** Accepts DescriptorConns, by async iteration or one by one. What nobody asks for waits in the system's queue, also while descriptors are short. */
export class DescriptorListener implements AsyncDisposable {
  readonly network: DescriptorNetwork;
  readonly local: UnixAddress;
  private readonly acceptor: ConnAcceptor<DescriptorConn>;

  /** For `listenDescriptors` only. Throws SystemError; the descriptor is then still the caller's. */
  constructor(network: DescriptorNetwork, path: string, fd: number, file: SocketFile | undefined) {
    this.network = network;
    this.local = new UnixAddress(path);
    this.acceptor = new ConnAcceptor({ fd, file, open: (accepted) => new DescriptorConn(accepted, network) });
  }

  /** Resolves to the next connection, or null once it is closed. */
  async accept(): Promise<DescriptorConn | null> {
    return this.acceptor.accept();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DescriptorConn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  /** Stops listening and removes the file; what was accepted lives on. Idempotent. */
  async close(): Promise<void> {
    this.acceptor.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.acceptor.close();
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
  let fd = -1;
  let file: SocketFile | undefined;
  try {
    fd = makeUnixSocket(typeOf(network));
    bindUnixSocket(fd, address, { mode: options.mode, ...ownersOf(options, network, address) });
    file = isFile ? new SocketFile(address) : undefined;
    listenUnixSocket(fd, options.backlog ?? 4096);
    return new DescriptorListener(network, address, fd, file);
  } catch (error) {
    file?.remove();
    closeDescriptor(fd);
    throw unixError(error, "listen", network, address);
  }
}

/** Connects to a Unix socket to pass descriptors over it; the other side need not be one of ours. Throws NetError. */
export async function dialDescriptors(address: string, network: DescriptorNetwork = "unix"): Promise<DescriptorConn> {
  let fd = -1;
  try {
    fd = makeUnixSocket(typeOf(network));
    connectUnixSocket(fd, address);
    return new DescriptorConn(fd, network);
  } catch (error) {
    closeDescriptor(fd);
    throw unixError(error, "dial", network, address);
  }
}

/** Two ends: one to keep, and one whose `fd` goes to a program that is started. Throws NetError. */
export function descriptorPair(network: DescriptorNetwork = "unix"): readonly [DescriptorConn, DescriptorConn] {
  const fds = socketPair(network);
  const conns: DescriptorConn[] = [];
  try {
    for (const fd of fds) conns.push(new DescriptorConn(fd, network));
    return [conns[0]!, conns[1]!];
  } catch (error) {
    for (const conn of conns) void conn.close();
    for (const fd of fds.slice(conns.length)) closeDescriptor(fd);
    throw error;
  }
}

function socketPair(network: DescriptorNetwork): readonly [number, number] {
  try {
    return makeSocketPair(typeOf(network));
  } catch (error) {
    throw fromSystemError(error, { op: "open", network });
  }
}

function typeOf(network: DescriptorNetwork): number {
  return network === "unix" ? SOCKET_TYPE.stream : SOCKET_TYPE.seqpacket;
}
