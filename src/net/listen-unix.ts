import { UnixAddress } from "../addr/index.ts";
import { closeDescriptor, SocketFile } from "../sys/index.ts";
import { ownersOf } from "./accounts.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Listener } from "./listener.ts";
import { openListening } from "./open-listening.ts";
import { threadWheel } from "./runtime.ts";
import { SocketListener } from "./socket-listener.ts";
import { systemOptions } from "./socket-options.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { unixError } from "./unix-error.ts";

/** Listens for Unix streams on a path or an abstract "@name". */
export async function listenUnix(path: string, options: ListenOptions): Promise<Listener> {
  const { fd } = options;
  return fd === undefined ? listenAt(path, options) : listenerOf(path, options, fd, undefined);
}

async function listenAt(path: string, options: ListenOptions): Promise<Listener> {
  const { backlog, control, mode } = options;
  const isFile = !path.startsWith("@");
  try {
    if (isFile) await removeStaleSocket(path);
    const { gid, uid } = ownersOf(options, "unix", path);
    const socket = { network: "unix", path, mode, uid, gid, backlog, options: systemOptions(options) } as const;
    const fd = await openListening(socket, control);
    return listenerOf(path, options, fd, isFile ? fileOf(path, fd) : undefined);
  } catch (error) {
    throw unixError(error, "listen", "unix", path);
  }
}

/** The file that a socket was bound to. Where somebody removed it already, the socket is closed. */
function fileOf(path: string, fd: number): SocketFile {
  try {
    return new SocketFile(path);
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function listenerOf(path: string, options: ListenOptions, fd: number, file: SocketFile | undefined): Listener {
  const wheel = options.wheel ?? threadWheel();
  const { backlog } = options;
  return new SocketListener({ network: "unix", local: new UnixAddress(path), fd, wheel, path, file, backlog });
}
