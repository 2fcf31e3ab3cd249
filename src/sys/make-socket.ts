import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

/** The types of sockets, as the system numbers them. */
export const SOCKET_TYPE = { stream: 1, datagram: 2, raw: 3, seqpacket: 5 } as const;

/** SOCK_CLOEXEC: programs that are started do not inherit it. */
export const SOCKET_CLOEXEC = 0o2000000;
/** The same, and SOCK_NONBLOCK. */
export const SOCKET_FLAGS: number = SOCKET_CLOEXEC | 0o4000;

const symbols = libc({ socket: { args: ["i32", "i32", "i32"], returns: "i32" } });

/** A socket of a type of SOCKET_TYPE, the caller's to close. `flags`: default SOCKET_FLAGS. Throws SystemError: EMFILE, ENFILE, EAFNOSUPPORT … */
export function makeSocket(family: number, type: number, protocol = 0, flags: number = SOCKET_FLAGS): number {
  return check("socket", () => symbols().socket(family, type | flags, protocol));
}
