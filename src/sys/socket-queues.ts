import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { check } from "./system-error.ts";

const SIOCINQ = 0x541b;
const SIOCOUTQ = 0x5411;
const symbols = libc({ ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" } });

/** Bytes that lie in the system for a stream socket. */
export interface SocketQueues {
  /** Came, and was not read yet. */
  readonly unread: number;
  /** Was written, and the peer has not acknowledged it yet (of a Unix socket: not read it yet). */
  readonly unacknowledged: number;
}

/** What lies in the system for a stream socket. Throws SystemError: EBADF, EINVAL for one that listens. */
export function socketQueues(fd: number): SocketQueues {
  return { unread: ask(fd, SIOCINQ, "ioctl SIOCINQ"), unacknowledged: ask(fd, SIOCOUTQ, "ioctl SIOCOUTQ") };
}

function ask(fd: number, request: number, name: string): number {
  const memory = allocate(4);
  check(name, () => symbols().ioctl(fd, request, memory));
  return new DataView(memory.buffer).getInt32(0, true);
}
