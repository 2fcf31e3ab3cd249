import { allocate } from "./memory.ts";
import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_RCVBUF = 8;
export const SO_REUSEPORT = 15;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;

const symbols = libc({ setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" } });

/** Sets an option of a socket that is a number. Throws SystemError. */
export function setSocketOption(fd: number, level: number, option: number, value: number): void {
  const memory = allocate(4);
  new DataView(memory.buffer).setInt32(0, value, true);
  check("setsockopt", () => symbols().setsockopt(fd, level, option, memory, 4));
}
