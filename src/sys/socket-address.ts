import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import { interfaceIndex } from "./interface-index.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { check, SystemError } from "./system-error.ts";
import { ERRNO } from "./errno.ts";

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** Length of the longest socket address, that of a Unix socket. */
const MAX_LENGTH = 110;
/** Bytes that a Unix socket's address has room for: those of a path with its final NUL, or of an abstract name with the NUL that begins it. */
const MAX_PATH = 108;

/** The bytes of a `sockaddr` for IP. A zone is the name or the number of an interface. Throws SystemError ENODEV for one that is not there. */
export function encodeIpAddress(addr: Addr, port: number): Uint8Array {
  const bytes = allocate(addr.version === 4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, addr.version === 4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  bytes.set(addr.toBytes(), addr.version === 4 ? 4 : 8);
  if (addr.zone !== "") view.setUint32(24, zoneIndex(addr.zone), true);
  return bytes;
}

/**
 * The bytes of a `sockaddr` for a Unix socket: a path, or "@" and an abstract name, which may hold any character, U+0000 too. Throws SystemError ENAMETOOLONG over
 * 107 bytes, the "@" not counted, EINVAL for none, or a path with NUL.
 */
export function encodeUnixAddress(path: string): Uint8Array {
  const abstract = path.startsWith("@");
  const name = Buffer.from(path);
  // An abstract name is as long as it says, with NUL in place of the "@"; a path ends with NUL.
  if (name.length + (abstract ? 0 : 1) > MAX_PATH) throw new SystemError("bind", ERRNO.ENAMETOOLONG);
  if (name.length === (abstract ? 1 : 0) || (!abstract && name.includes(0)))
    throw new SystemError("bind", ERRNO.EINVAL);
  const bytes = allocate(2 + name.length + (abstract ? 0 : 1));
  new DataView(bytes.buffer).setUint16(0, AF_UNIX, true);
  bytes.set(name, 2);
  if (abstract) bytes[2] = 0;
  return bytes;
}

/** A zone of digits is the index of an interface (RFC 4007, section 11.2). */
function zoneIndex(zone: string): number {
  return interfaceIndex(/^\d{1,9}$/.test(zone) ? Number(zone) : zone);
}

const symbols = libc({
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
});

/**
 * Where a socket is bound: an address and port, or the name of a Unix socket ("" for none). IPv6 zones are numbers. Throws SystemError: EBADF, ENOTSOCK,
 * EAFNOSUPPORT for a socket of another family.
 */
export function socketAddress(fd: number): AddrPort | UnixAddress {
  return ask("getsockname", fd);
}

/** Where the peer of a connected socket is, as above. Throws SystemError ENOTCONN as well, also for one that was reset. */
export function peerAddress(fd: number): AddrPort | UnixAddress {
  return ask("getpeername", fd);
}

function ask(which: "getsockname" | "getpeername", fd: number): AddrPort | UnixAddress {
  const bytes = allocate(MAX_LENGTH);
  const length = allocate(4);
  const lengthView = new DataView(length.buffer);
  lengthView.setUint32(0, MAX_LENGTH, true);
  check(which, () => symbols()[which](fd, bytes, length));
  return decode(bytes.subarray(0, Math.min(MAX_LENGTH, lengthView.getUint32(0, true))));
}

/** The address that a `sockaddr` says; a Unix socket without a name has none of its bytes. Throws SystemError EAFNOSUPPORT for another family. */
export function decodeSocketAddress(bytes: Uint8Array): AddrPort | UnixAddress {
  return bytes.length < 2 ? new UnixAddress("") : decode(bytes);
}

function decode(bytes: Uint8Array): AddrPort | UnixAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (view.getUint16(0, true)) {
    case AF_INET:
      return new AddrPort(Addr.fromBytes(bytes.subarray(4, 8)), view.getUint16(2));
    case AF_INET6: {
      const scope = view.getUint32(24, true);
      return new AddrPort(Addr.fromBytes(bytes.subarray(8, 24), scope === 0 ? "" : String(scope)), view.getUint16(2));
    }
    case AF_UNIX:
      return new UnixAddress(decodePath(bytes.subarray(2)));
    default:
      throw new SystemError("getsockname", ERRNO.EAFNOSUPPORT);
  }
}

function decodePath(bytes: Uint8Array): string {
  if (bytes.length > 0 && bytes[0] === 0) return `@${Buffer.from(bytes.subarray(1)).toString()}`;
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString();
}
