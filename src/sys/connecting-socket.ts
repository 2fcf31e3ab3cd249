import type { Addr } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { AF_INET, AF_INET6, encodeIpAddress } from "./socket-address.ts";
import { IPPROTO_TCP, setSocketOption, SO_RCVBUF, SOL_SOCKET, TCP_NODELAY } from "./socket-option.ts";
import { check, orErrno, SystemError } from "./system-error.ts";

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const symbols = libc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
});

/**
 * Begins to connect a TCP socket, and gives its descriptor to the caller at once: non-blocking, not inherited by programs that are started, small writes not delayed. It is
 * connected when it becomes writable without an error. Throws SystemError: ENETUNREACH, EADDRNOTAVAIL, EMFILE …
 *
 * `receiveBufferBytes` bounds what the system holds for it (SO_RCVBUF, of which it makes twice as much; 0: its own choice, which grows).
 */
export function makeConnectingSocket(addr: Addr, port: number, receiveBufferBytes = 0): number {
  const target = addr.unmap();
  const family = target.version === 4 ? AF_INET : AF_INET6;
  const fd = check("socket", () => symbols().socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  try {
    setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (receiveBufferBytes > 0) setSocketOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
    begin(fd, encodeIpAddress(target, port));
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function begin(fd: number, address: Uint8Array): void {
  errnoLocation();
  const result = orErrno(symbols().connect(fd, address, address.length));
  if (result < 0 && result !== -ERRNO.EINPROGRESS && result !== -ERRNO.EINTR) throw new SystemError("connect", -result);
}
