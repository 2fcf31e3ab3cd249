import { UnixAddress } from "../addr/index.ts";
import {
  autobindUnixSocket,
  bindUnixSocket,
  closeDescriptor,
  makeUnixSocket,
  SOCKET_TYPE,
  socketAddress,
  SocketFile,
} from "../sys/index.ts";
import { ownersOf } from "./accounts.ts";
import type { PacketConn } from "./packet-conn.ts";
import { threadWheel } from "./runtime.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { unixError } from "./unix-error.ts";
import type { UnixListenOptions } from "./unix-options.ts";
import { UnixgramConn } from "./unixgram-conn.ts";

/** Receives Unix datagrams at a path or an abstract "@name"; "@" alone: at a name that the system chooses. */
export async function listenUnixgram(path: string, options: UnixListenOptions): Promise<PacketConn> {
  const wheel = options.wheel ?? threadWheel();
  const init = { remote: undefined, wheel } as const;
  if (options.fd !== undefined)
    return new UnixgramConn({ ...init, local: new UnixAddress(path), fd: options.fd, file: undefined });
  const isFile = !path.startsWith("@");
  if (isFile) await removeStaleSocket(path, "unixgram");
  let fd = -1;
  try {
    fd = makeUnixSocket(SOCKET_TYPE.datagram);
    await options.control?.(fd, "unixgram", path);
    if (path === "@") autobindUnixSocket(fd);
    else bindUnixSocket(fd, path, { mode: options.mode, ...ownersOf(options, "unixgram", path) });
    const local = path === "@" ? (socketAddress(fd) as UnixAddress) : new UnixAddress(path);
    return new UnixgramConn({ ...init, local, fd, file: isFile ? new SocketFile(path) : undefined });
  } catch (error) {
    closeDescriptor(fd);
    throw unixError(error, "listen", "unixgram", path);
  }
}
