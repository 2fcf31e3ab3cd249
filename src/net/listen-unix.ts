import { UnixAddress } from "../addr/index.ts";
import { makeListeningSocket } from "../sys/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Listener } from "./listener.ts";
import { threadWheel } from "./runtime.ts";
import { SocketListener } from "./socket-listener.ts";
import { removeStaleSocket } from "./stale-socket.ts";

/** Listens for Unix streams on a path or an abstract "@name". */
export async function listenUnix(path: string, options: ListenOptions): Promise<Listener> {
  const { backlog, mode } = options;
  const isFile = !path.startsWith("@");
  if (options.fd === undefined && isFile) await removeStaleSocket(path);
  const fd = options.fd ?? makeListeningSocket({ network: "unix", path, mode, backlog }).fd;
  const removesFile = options.fd === undefined && isFile;
  return new SocketListener({
    network: "unix",
    local: new UnixAddress(path),
    fd,
    wheel: options.wheel ?? threadWheel(),
    path,
    removesFile,
  });
}
