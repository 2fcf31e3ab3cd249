import { fstatSync } from "node:fs";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { AF_INET, AF_INET6, AF_UNIX } from "./socket-address.ts";
import { SOCKET_TYPE } from "./make-socket.ts";
import { SO_DOMAIN, SOL_SOCKET } from "./socket-option.ts";
import { check } from "./system-error.ts";

const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0o4000;
const SO_TYPE = 3;
const SO_ACCEPTCONN = 30;

const symbols = libc({
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
});

/** What an inherited descriptor is. */
export interface InheritedDescriptor {
  /** "tcp", "udp", "unix", "unixgram", "unixpacket"; undefined for another kind of socket, or what is no socket. */
  readonly network: "tcp" | "udp" | "unix" | "unixgram" | "unixpacket" | undefined;
  readonly isSocket: boolean;
  /** Whether it listens for connections. */
  readonly listens: boolean;
}

/** Makes an inherited descriptor one that does not block and that programs which are started do not inherit, and says what it is. Throws SystemError EBADF, or an Error of fstat's, for one that is not open. */
export function takeInherited(fd: number): InheritedDescriptor {
  setFlag(fd, F_GETFD, F_SETFD, FD_CLOEXEC);
  setFlag(fd, F_GETFL, F_SETFL, O_NONBLOCK);
  if (!fstatSync(fd).isSocket()) return { network: undefined, isSocket: false, listens: false };
  const network = networkOf(option(fd, SO_DOMAIN), option(fd, SO_TYPE));
  return { network, isSocket: true, listens: option(fd, SO_ACCEPTCONN) === 1 };
}

/** Leaves a descriptor to the programs that are started from now on, or keeps it from them. Throws SystemError: EBADF. */
export function inheritDescriptor(fd: number, inherited: boolean): void {
  check("fcntl", () => symbols().fcntl(fd, F_SETFD, inherited ? 0 : FD_CLOEXEC));
}

function setFlag(fd: number, get: number, set: number, flag: number): void {
  const flags = check("fcntl", () => symbols().fcntl(fd, get, 0));
  check("fcntl", () => symbols().fcntl(fd, set, flags | flag));
}

function networkOf(domain: number, type: number): InheritedDescriptor["network"] {
  if (domain === AF_UNIX) {
    if (type === SOCKET_TYPE.stream) return "unix";
    if (type === SOCKET_TYPE.datagram) return "unixgram";
    return type === SOCKET_TYPE.seqpacket ? "unixpacket" : undefined;
  }
  if (domain !== AF_INET && domain !== AF_INET6) return undefined;
  if (type === SOCKET_TYPE.stream) return "tcp";
  return type === SOCKET_TYPE.datagram ? "udp" : undefined;
}

function option(fd: number, name: number): number {
  const memory = allocate(4);
  const length = allocate(4);
  length[0] = 4;
  check("getsockopt", () => symbols().getsockopt(fd, SOL_SOCKET, name, memory, length));
  return new DataView(memory.buffer).getInt32(0, true);
}
