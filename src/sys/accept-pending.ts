import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { SOCKET_FLAGS } from "./make-socket.ts";
import { IPPROTO_TCP, setSocketOption, TCP_NODELAY } from "./socket-option.ts";
import { orErrno, SystemError } from "./system-error.ts";

const symbols = libc({ accept4: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" } });

/** Connections that were gone or failed before they could be accepted: the next one may be well (accept(2)). */
const PASSING: ReadonlySet<number> = new Set([
  -ERRNO.EINTR,
  -ERRNO.ECONNABORTED,
  -ERRNO.EPERM,
  -ERRNO.ENETDOWN,
  -ERRNO.EHOSTUNREACH,
  -ERRNO.ENETUNREACH,
]);

/** How many connections that were gone are passed over before others have their turn. */
const PASSED_MAX = 64;

/**
 * Accepts one connection of a listening socket that does not block. Returns its descriptor, non-blocking and not inherited by programs that are started, which is the caller's; or an error number
 * negated: -EAGAIN when none waits, -EMFILE. Never throws.
 */
export function acceptOne(fd: number): number {
  errnoLocation();
  const { accept4 } = symbols();
  let result = -ERRNO.EINTR;
  for (let passed = 0; passed < PASSED_MAX && PASSING.has(result); passed++)
    result = orErrno(accept4(fd, null, null, SOCKET_FLAGS));
  return result < 0 ? result : prepared(result);
}

/**
 * Accepts what waits in a listening socket's queue now, at most `limit` connections, and gives their descriptors to the caller, non-blocking and not inherited by
 * programs that are started. For the final stop: closing the last descriptor of the socket would reset them. Never throws: what
 * stops it, such as EMFILE, leaves the rest where it is.
 */
export function acceptPending(fd: number, limit = 4096): number[] {
  errnoLocation();
  const { accept4 } = symbols();
  const accepted: number[] = [];
  for (let tries = 0; tries < 2 * limit && accepted.length < limit; tries++) {
    const result = orErrno(accept4(fd, null, null, SOCKET_FLAGS));
    if (result >= 0) accepted.push(prepared(result));
    else if (!PASSING.has(result)) break;
  }
  return accepted;
}

/** Small writes are gathered above: the system is not to wait for more of them, as it does not on what the runtime accepts. */
function prepared(fd: number): number {
  try {
    setSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  } catch (error) {
    // Only TCP has it.
    if (!(error instanceof SystemError)) throw error;
  }
  return fd;
}
