import { FFIType, ptr } from "bun:ffi";
import { errnoLocation } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { orErrno } from "./system-error.ts";

// On 64-bit systems, the only ones there are here, `sendfile` has 64-bit offsets in glibc and musl alike.
const symbols = libc({ sendfile: { args: ["i32", "i32", "ptr", "u64"], returns: FFIType.i64_fast } });

const position: Uint8Array = allocate(8);
const positionView: DataView = new DataView(position.buffer);

/**
 * Sends up to `count` bytes of an open file from `offset` to a socket without copying them through user space; the file's own position stays. Returns
 * how many bytes the socket took (0: the file ends at or before `offset`), or an error number negated: -EAGAIN when it takes none now.
 */
export function sendFile(socketFd: number, fileFd: number, offset: number, count: number): number {
  errnoLocation();
  positionView.setUint32(0, offset >>> 0, true);
  positionView.setUint32(4, Math.floor(offset / 0x1_0000_0000), true);
  return orErrno(Number(symbols().sendfile(socketFd, fileFd, ptr(position), count)));
}
