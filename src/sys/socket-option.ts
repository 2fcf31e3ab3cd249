import { allocate } from "./memory.ts";
import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_REUSEPORT = 15;
export const SO_BINDTODEVICE = 25;
export const SO_MARK = 36;
export const SO_DOMAIN = 39;
export const IPPROTO_IP = 0;
export const IP_TOS = 1;
export const IP_TTL = 2;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const TCP_INFO = 11;
export const TCP_USER_TIMEOUT = 18;
export const TCP_FASTOPEN = 23;
export const TCP_FASTOPEN_CONNECT = 30;
export const IPPROTO_IPV6 = 41;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_V6ONLY = 26;
export const IPV6_TCLASS = 67;

const symbols = libc({
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
});

/** Sets an option of a socket that is a number; `name` is what an error calls it. Throws SystemError, or RangeError for a value that is no whole number of 32 bits. */
export function setSocketOption(fd: number, level: number, option: number, value: number, name = ""): void {
  if (value !== (value | 0))
    throw new RangeError(`the socket option ${name} takes a whole number of 32 bits, not ${value}`);
  const memory = allocate(4);
  new DataView(memory.buffer).setInt32(0, value, true);
  setSocketOptionBytes(fd, level, option, memory, name);
}

/** Sets an option of a socket that is a text or a structure. Throws SystemError. */
export function setSocketOptionBytes(fd: number, level: number, option: number, value: Uint8Array, name = ""): void {
  const call = name === "" ? "setsockopt" : `setsockopt ${name}`;
  check(call, () => symbols().setsockopt(fd, level, option, value, value.length));
}

/** Reads an option of a socket that is a number. Throws SystemError. */
export function socketOption(fd: number, level: number, option: number): number {
  const value = socketOptionBytes(fd, level, option, 4);
  return new DataView(value.buffer).getInt32(0, true);
}

/** Reads an option of a socket that is a text or a structure: as many bytes as the system has, `capacity` at most. Throws SystemError. */
export function socketOptionBytes(fd: number, level: number, option: number, capacity: number): Uint8Array {
  const value = allocate(capacity);
  const length = allocate(4);
  const lengthView = new DataView(length.buffer);
  lengthView.setUint32(0, capacity, true);
  check("getsockopt", () => symbols().getsockopt(fd, level, option, value, length));
  return value.subarray(0, Math.min(capacity, lengthView.getUint32(0, true)));
}
