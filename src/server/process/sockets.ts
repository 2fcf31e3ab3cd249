import { fromSystemError, listenAddr, NetError, removeStaleSocket } from "../../net/index.ts";
import { closeDescriptor, makeListeningSocket, removeFile, sharePort } from "../../sys/index.ts";
import {
  formatListenAddress,
  type ListenAddress,
  type TcpListenAddress,
  type UnixListenAddress,
} from "../config/index.ts";
import { boundAddressText } from "./bound-address.ts";
import type { HandedSocket } from "./worker-message.ts";

/** The sockets of one address. */
interface AddressSockets {
  readonly address: ListenAddress;
  readonly port: number;
  /** One for each worker; or a single one, of which all take. */
  readonly fds: readonly number[];
}

/**
 * Every listening socket of a server, made by the supervisor, which keeps its own descriptors: on TCP one for each worker and address, with SO_REUSEPORT
 * between them, a Unix socket one for all workers. A worker that dies leaves its queues to its successor.
 */
export class ListeningSockets {
  private readonly sockets: readonly AddressSockets[];

  private constructor(sockets: readonly AddressSockets[]) {
    this.sockets = sockets;
  }

  /** Listens on every address, for so many workers. Throws NetError, having closed again what it made. */
  static async make(addresses: readonly ListenAddress[], workers: number): Promise<ListeningSockets> {
    const made: AddressSockets[] = [];
    try {
      for (const address of addresses) made.push(await listenFor(address, workers));
    } catch (error) {
      const sockets = new ListeningSockets(made);
      sockets.close();
      sockets.removeFiles();
      throw error;
    }
    return new ListeningSockets(made);
  }

  /** Where they listen, with the ports that the system chose. */
  get addressTexts(): string[] {
    return this.sockets.map(({ address, port }) => boundAddressText(address, port));
  }

  /** Those that worker `index` serves. */
  of(index: number): HandedSocket[] {
    return this.sockets.map(({ address, fds }) => ({
      address: formatListenAddress(address),
      fd: fds[index] ?? fds[0]!,
    }));
  }

  /** Those that worker `index` alone serves. */
  onlyOf(index: number): HandedSocket[] {
    return this.sockets
      .filter(({ address }) => address.network !== "unix")
      .map(({ address, fds }) => ({ address: formatListenAddress(address), fd: fds[index]! }));
  }

  /** Closes the supervisor's descriptors: what was handed to workers is not touched. */
  close(): void {
    for (const { fds } of this.sockets) for (const fd of fds) closeDescriptor(fd);
  }

  /** Removes the files of Unix sockets: for when nobody serves them any more. */
  removeFiles(): void {
    for (const { address } of this.sockets)
      if (address.network === "unix" && !address.path.startsWith("@")) removeFile(address.path);
  }
}

async function listenFor(address: ListenAddress, workers: number): Promise<AddressSockets> {
  try {
    return await (address.network === "unix" ? listenUnix(address) : listenTcp(address, workers));
  } catch (error) {
    if (error instanceof NetError) throw error;
    throw fromSystemError(error, { op: "listen", network: address.network, address: addressOf(address) });
  }
}

async function listenUnix(address: UnixListenAddress): Promise<AddressSockets> {
  const { path, mode } = address;
  if (!path.startsWith("@")) await removeStaleSocket(path);
  return { address, port: 0, fds: [makeListeningSocket({ network: "unix", path, mode }).fd] };
}

/** The first socket is refused when anybody listens there; the others then share its port. */
async function listenTcp(address: TcpListenAddress, workers: number): Promise<AddressSockets> {
  const { network } = address;
  const addr = await listenAddr(address.host, network);
  const { fd, port } = makeListeningSocket({ network, addr, port: address.port });
  const fds = [fd];
  try {
    sharePort(fd);
    while (fds.length < workers) fds.push(makeListeningSocket({ network, addr, port, reusePort: true }).fd);
  } catch (error) {
    for (const each of fds) closeDescriptor(each);
    throw error;
  }
  return { address, port, fds };
}

function addressOf(address: ListenAddress): string {
  return address.network === "unix" ? address.path : formatListenAddress(address).replace(/^tcp[46]\//, "");
}
