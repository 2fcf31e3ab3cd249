import { FFIType, ptr } from "bun:ffi";
import { closeSync, constants, openSync } from "node:fs";
import { errnoLocation } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { check, orErrno } from "./system-error.ts";

const TUNSETIFF = 0x4004_54ca;
const IFF_TAP = 0x0002;
/** No header of the driver's own before each frame. */
const IFF_NO_PI = 0x1000;
/** The longest name of a device, without its NUL. */
const NAME_BYTES = 15;

const symbols = libc({
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: FFIType.i64_fast },
  write: { args: ["i32", "ptr", "u64"], returns: FFIType.i64_fast },
});

/**
 * Makes a TAP device, an Ethernet device whose other end is the returned descriptor: what the system sends on it is read there, a frame a read; what is
 * written there it receives. It is made in the network that this thread is in, and vanishes when the descriptor closes. Non-blocking. Throws Node's
 * errors of open (ENOENT, EACCES on /dev/net/tun) and SystemError (EBUSY: the name is taken, EPERM, EINVAL).
 */
export function openTapDevice(name: string): number {
  const fd = openSync("/dev/net/tun", constants.O_RDWR | constants.O_NONBLOCK);
  try {
    check("ioctl", () => symbols().ioctl(fd, TUNSETIFF, interfaceRequest(name)));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** `struct ifreq` with a name and flags. */
function interfaceRequest(name: string): Uint8Array {
  const bytes = Buffer.from(name);
  if (bytes.length === 0 || bytes.length > NAME_BYTES)
    throw new RangeError(`a device's name has 1 to 15 bytes: ${name}`);
  const request = allocate(40);
  request.set(bytes);
  new DataView(request.buffer).setUint16(16, IFF_TAP | IFF_NO_PI, true);
  return request;
}

/** Reads one frame into memory of `allocate`'s kind. Returns its length, or an error number negated: -EAGAIN when there is none. */
export function readFrame(fd: number, memory: Uint8Array, offset: number, most: number): number {
  errnoLocation();
  return orErrno(Number(symbols().read(fd, ptr(memory, offset), most)));
}

/** Writes one frame. Returns its length, or an error number negated: -EIO while the device is down. */
export function writeFrame(fd: number, memory: Uint8Array, offset: number, length: number): number {
  errnoLocation();
  return orErrno(Number(symbols().write(fd, ptr(memory, offset), length)));
}
