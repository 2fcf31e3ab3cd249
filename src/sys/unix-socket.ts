import { fstatSync } from "node:fs";
import { closeDescriptor } from "./descriptor.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { makeSocket, SOCKET_TYPE } from "./make-socket.ts";
import { allocate } from "./memory.ts";
import { AF_UNIX, encodeUnixAddress } from "./socket-address.ts";
import { SocketFile } from "./socket-file.ts";
import { check, orErrno, SystemError } from "./system-error.ts";

const O_PATH = 0o10000000;
const O_NOFOLLOW = 0o400000;
const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;

const symbols = libc({
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  fchmod: { args: ["i32", "u32"], returns: "i32" },
  open: { args: ["ptr", "i32"], returns: "i32" },
  fchownat: { args: ["i32", "ptr", "u32", "u32", "i32"], returns: "i32" },
  fchmodat: { args: ["i32", "ptr", "u32", "i32"], returns: "i32" },
});

/** Whom a socket's file lets in. */
export interface SocketFileAccess {
  /** Its permissions, whatever the umask; who may write to the file may connect or send. Absent: what the umask leaves of 0777. */
  readonly mode?: number | undefined;
  /** The user that owns it. Absent: the process's. */
  readonly uid?: number | undefined;
  /** Its group. Absent: the process's. */
  readonly gid?: number | undefined;
}

/** A Unix socket of a type of SOCKET_TYPE: non-blocking, not inherited by programs that are started, the caller's to close. Throws SystemError: EMFILE. */
export function makeUnixSocket(type: number): number {
  return makeSocket(AF_UNIX, type);
}

/**
 * Binds a Unix socket to a path, at which nothing may lie yet, or to "@" and an abstract name. Throws SystemError: EADDRINUSE, EACCES, ENAMETOOLONG, EPERM for an owner that the process
 * may not give; the file is gone again then. Throws RangeError for a mode that is more than permissions, or none.
 *
 * With an access there is no moment in which anybody else could connect or send: the file is made with no permissions at all (the system gives it those of the socket's own
 * inode), gets its owner, and its permissions last. For datagrams there is no listen() to wait for, and a file bound under another name and
 * renamed would tell every receiver that other name. The file is held while it is changed, so that what somebody else may put in its place is left alone.
 */
export function bindUnixSocket(fd: number, path: string, access: SocketFileAccess = {}): void {
  const isFile = !path.startsWith("@") && path !== "";
  const { mode, uid, gid } = access;
  // Bits of setuid and the like mean nothing for a socket; a mode with them was written in decimal.
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o777))
    throw new RangeError(`mode is a number from 0 to 0o777, not ${mode}`);
  if (!isFile || (mode === undefined && uid === undefined && gid === undefined)) return bind(fd, path);
  check("fchmod", () => symbols().fchmod(fd, 0));
  bind(fd, path);
  const file = new SocketFile(path);
  try {
    giveAccess(path, access);
  } catch (error) {
    // Left behind, it would keep everybody out, and the next one who may not ask whether it is alive.
    file.remove();
    throw error;
  }
}

function giveAccess(path: string, { mode, uid, gid }: SocketFileAccess): void {
  const held = check("open", () => symbols().open(cString(path), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  try {
    // Whoever may write to the directory may have put another file there since.
    if (!fstatSync(held).isSocket()) throw new SystemError("bind", ERRNO.EADDRINUSE);
    const keep = 0xffff_ffff;
    if (uid !== undefined || gid !== undefined)
      check("fchownat", () => symbols().fchownat(held, cString(""), uid ?? keep, gid ?? keep, AT_EMPTY_PATH));
    const name = cString(`/proc/self/fd/${held}`);
    const final = mode ?? 0o777 & ~process.umask();
    check("fchmodat", () => symbols().fchmodat(AT_FDCWD, name, final, 0));
  } finally {
    closeDescriptor(held);
  }
}

/** Gives a Unix socket a name that no other has, in the abstract space (unix(7), autobind). Throws SystemError. */
export function autobindUnixSocket(fd: number): void {
  const family = allocate(2);
  family[0] = AF_UNIX;
  check("bind", () => symbols().bind(fd, family, family.length));
}

/**
 * Connects a Unix socket, which takes no time: it is connected, or it fails. Throws SystemError: ENOENT, ECONNREFUSED (nobody listens), EACCES, EAGAIN (the queue is full), EPROTOTYPE
 * (a socket of another type), EPERM (a datagram socket that is connected to somebody else).
 */
export function connectUnixSocket(fd: number, path: string): void {
  connectUnixSocketTo(fd, encodeUnixAddress(path));
}

/** The same by the bytes of a `sockaddr`. */
export function connectUnixSocketTo(fd: number, address: Uint8Array): void {
  check("connect", () => symbols().connect(fd, address, address.length));
}

/** Listens on a bound stream or seqpacket socket. Throws SystemError. */
export function listenUnixSocket(fd: number, backlog: number): void {
  check("listen", () => symbols().listen(fd, backlog));
}

/**
 * Whether a socket is bound at a path, whoever's and of whatever type, without disturbing it: a datagram socket is connected to it, which a stream socket refuses by its type. Throws
 * SystemError where it cannot be told: EACCES.
 */
export function isUnixSocketBound(path: string): boolean {
  const fd = makeUnixSocket(SOCKET_TYPE.datagram);
  try {
    const address = encodeUnixAddress(path);
    errnoLocation();
    const result = orErrno(symbols().connect(fd, address, address.length));
    if (result === -ERRNO.ECONNREFUSED || result === -ERRNO.ENOENT) return false;
    // EPERM: a datagram socket that hears only its own peer.
    if (result >= 0 || result === -ERRNO.EPROTOTYPE || result === -ERRNO.EPERM) return true;
    throw new SystemError("connect", -result);
  } finally {
    closeDescriptor(fd);
  }
}

function bind(fd: number, path: string): void {
  const address = encodeUnixAddress(path);
  check("bind", () => symbols().bind(fd, address, address.length));
}

function cString(text: string): Uint8Array {
  const bytes = Buffer.from(`${text}\0`);
  const memory = allocate(bytes.length);
  memory.set(bytes);
  return memory;
}
