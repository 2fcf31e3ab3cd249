import {
  bindUnixSocket,
  closeDescriptor,
  listenUnixSocket,
  makeUnixSocket,
  SOCKET_TYPE,
  SocketFile,
} from "../sys/index.ts";
import { ownersOf } from "./accounts.ts";
import type { PacketListener } from "./packet-conn.ts";
import { threadWheel } from "./runtime.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { unixError } from "./unix-error.ts";
import type { UnixListenOptions } from "./unix-options.ts";
import { UnixpacketListener } from "./unixpacket-listener.ts";

/** As long as the system allows. */
const DEFAULT_BACKLOG = 4096;

/** Listens for seqpacket connections on a path or an abstract "@name". */
export async function listenUnixpacket(path: string, options: UnixListenOptions): Promise<PacketListener> {
  const wheel = options.wheel ?? threadWheel();
  if (options.fd !== undefined) return new UnixpacketListener({ path, wheel, fd: options.fd, file: undefined });
  const isFile = !path.startsWith("@");
  if (isFile) await removeStaleSocket(path, "unixpacket");
  let fd = -1;
  let file: SocketFile | undefined;
  try {
    fd = makeUnixSocket(SOCKET_TYPE.seqpacket);
    await options.control?.(fd, "unixpacket", path);
    bindUnixSocket(fd, path, { mode: options.mode, ...ownersOf(options, "unixpacket", path) });
    file = isFile ? new SocketFile(path) : undefined;
    listenUnixSocket(fd, options.backlog ?? DEFAULT_BACKLOG);
    return new UnixpacketListener({ path, wheel, fd, file });
  } catch (error) {
    file?.remove();
    closeDescriptor(fd);
    throw unixError(error, "listen", "unixpacket", path);
  }
}
