import { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  autobindUnixSocket,
  bindUnixSocket,
  closeDescriptor,
  connectUnixSocket,
  makeUnixSocket,
  SOCKET_TYPE,
  socketAddress,
  SocketFile,
} from "../sys/index.ts";
import { NetError } from "./net-error.ts";
import type { PacketConn } from "./packet-conn.ts";
import { failedBefore } from "./pending.ts";
import { threadWheel } from "./runtime.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { unixError } from "./unix-error.ts";
import type { UnixDialOptions } from "./unix-options.ts";
import { UnixgramConn } from "./unixgram-conn.ts";
import { UnixpacketConn } from "./unixpacket-conn.ts";

/** Connects a Unix datagram or seqpacket socket to a path or an abstract "@name". */
export async function dialUnixPackets(
  network: "unixgram" | "unixpacket",
  path: string,
  options: UnixDialOptions,
): Promise<PacketConn> {
  const wheel = options.wheel ?? threadWheel();
  const before = failedBefore(options, wheel);
  if (before !== undefined) throw new NetError({ op: "dial", network, address: path, ...before });
  const { localAddress } = options;
  if (localAddress !== undefined && isFile(localAddress)) await removeStaleSocket(localAddress, network);
  let fd = -1;
  let file: SocketFile | undefined;
  try {
    fd = makeUnixSocket(network === "unixgram" ? SOCKET_TYPE.datagram : SOCKET_TYPE.seqpacket);
    await options.control?.(fd, network, path);
    file = bindLocal(fd, network, options);
    connectUnixSocket(fd, path);
    return conn(network, fd, path, file, wheel);
  } catch (error) {
    file?.remove();
    closeDescriptor(fd);
    throw unixError(error, "dial", network, path);
  }
}

function conn(network: string, fd: number, path: string, file: SocketFile | undefined, wheel: TimerWheel): PacketConn {
  const bound = socketAddress(fd);
  const local = bound instanceof UnixAddress ? bound : new UnixAddress("");
  const remote = new UnixAddress(path);
  if (network === "unixgram") return new UnixgramConn({ fd, local, remote, wheel, file });
  return new UnixpacketConn(fd, local, remote, wheel, file);
}

/** Binds the own end, so that it can be answered. */
function bindLocal(fd: number, network: string, options: UnixDialOptions): SocketFile | undefined {
  const { localAddress: path, mode } = options;
  if (path === undefined) return undefined;
  try {
    if (path === "@") autobindUnixSocket(fd);
    else bindUnixSocket(fd, path, { mode });
    return isFile(path) ? new SocketFile(path) : undefined;
  } catch (error) {
    throw unixError(error, "listen", network, path);
  }
}

function isFile(path: string): boolean {
  return !path.startsWith("@");
}
