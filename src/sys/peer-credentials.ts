import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { SOL_SOCKET } from "./socket-option.ts";
import { check, orErrno, SystemError } from "./system-error.ts";

const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;

const symbols = libc({ getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" } });

/** Who is at the other end of a Unix socket. */
export interface PeerCredentials {
  /** Its process, 0 where it is not visible from here (another PID namespace). A number that may have been given to another process since. */
  readonly pid: number;
  /** Its effective user. */
  readonly uid: number;
  /** Its effective group. */
  readonly gid: number;
}

/**
 * The credentials of the peer of a connected Unix stream or seqpacket socket, as the kernel took them down when it called connect() (for the peer that listens: listen(), for a pair:
 * socketpair()). Throws SystemError: ENOTSOCK, ENOPROTOOPT.
 */
export function peerCredentials(fd: number): PeerCredentials {
  const memory = allocate(12);
  check("getsockopt", () => symbols().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, memory, lengthOf(12)));
  const view = new DataView(memory.buffer);
  return { pid: view.getInt32(0, true), uid: view.getUint32(4, true), gid: view.getUint32(8, true) };
}

/**
 * The peer's supplementary groups, taken down at the same moment as its credentials, whatever the user database says. Its effective group need not be among them. Throws SystemError:
 * ENODATA where there is no peer.
 */
export function peerGroups(fd: number): number[] {
  for (let room = 64; ;) {
    const memory = allocate(4 * room);
    const length = lengthOf(memory.length);
    errnoLocation();
    const result = orErrno(symbols().getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, memory, length));
    const bytes = new DataView(length.buffer).getUint32(0, true);
    if (result === -ERRNO.ERANGE && bytes > memory.length) {
      room = bytes / 4;
      continue;
    }
    if (result < 0) throw new SystemError("getsockopt", -result);
    const view = new DataView(memory.buffer);
    return Array.from({ length: bytes / 4 }, (_, at) => view.getUint32(4 * at, true));
  }
}

function lengthOf(length: number): Uint8Array {
  const memory = allocate(4);
  new DataView(memory.buffer).setUint32(0, length, true);
  return memory;
}
