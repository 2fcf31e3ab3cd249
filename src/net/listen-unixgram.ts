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
  if (options.fd !== undefined)
    return new UnixgramConn({
      fd: options.fd,
      local: new UnixAddress(path),
      remote: undefined,
      wheel,
      file: undefined,
    });
  const isFile = !path.startsWith("@");
  if (isFile) await removeStaleSocket(path, "unixgram");
  let fd = -1;
  let file: SocketFile | undefined;
  try {
    fd = makeUnixSocket(SOCKET_TYPE.datagram);
    await options.control?.(fd, "unixgram", path);
    if (path === "@") autobindUnixSocket(fd);
    else bindUnixSocket(fd, path, { mode: options.mode, ...ownersOf(options, "unixgram", path) });
    const local = path === "@" ? (socketAddress(fd) as UnixAddress) : new UnixAddress(path);
    file = isFile ? new SocketFile(path) : undefined;
    return new UnixgramConn({ remote: undefined, wheel, local, fd, file });
  } catch (error) {
    file?.remove();
    closeDescriptor(fd);
    throw unixError(error, "listen", "unixgram", path);
  }
}
