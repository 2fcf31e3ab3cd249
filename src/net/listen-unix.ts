import { UnixAddress } from "../addr/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Listener } from "./listener.ts";
import { openListening } from "./open-listening.ts";
import { threadWheel } from "./runtime.ts";
import { SocketListener } from "./socket-listener.ts";
import { systemOptions } from "./socket-options.ts";
import { removeStaleSocket } from "./stale-socket.ts";

/** Listens for Unix streams on a path or an abstract "@name". */
export async function listenUnix(path: string, options: ListenOptions): Promise<Listener> {
  const { backlog, control, mode } = options;
  const isFile = !path.startsWith("@");
  if (options.fd === undefined && isFile) await removeStaleSocket(path);
  const socket = { network: "unix", path, mode, backlog, options: systemOptions(options) } as const;
  const fd = options.fd ?? (await openListening(socket, control));
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
