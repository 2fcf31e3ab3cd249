import { FFIType, ptr } from "bun:ffi";
import { descriptorGuard } from "./descriptor-guard.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { check, orErrno } from "./system-error.ts";

/** The same on every architecture (Linux 5.6). */
const SYS_OPENAT2 = 437;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
/** arm64 has numbers of its own for this one. */
const O_DIRECTORY = process.arch === "arm64" ? 0o40000 : 0o200000;
const O_PATH = 0o10000000;

/** Symlinks below the root are followed as long as they lead to a place below it. */
const RESOLVE_BENEATH = 0x08;
/** Links such as /proc/self/fd/3 lead anywhere: never followed. */
const RESOLVE_NO_MAGICLINKS = 0x02;

const symbols = libc({
  syscall: { args: ["i64", "i32", "ptr", "ptr", "u64"], returns: FFIType.i64_fast },
  open: { args: ["ptr", "i32"], returns: "i32" },
});

/** `struct open_how`: flags, mode, resolve. */
const how: Uint8Array = allocate(24);
const howView: DataView = new DataView(how.buffer);

/** How often an open is tried again that a rename elsewhere in the tree disturbed. */
const TRIES = 16;

/** Room for a path of 4,095 bytes and its NUL, the longest that the system takes. */
const pathMemory: Uint8Array = allocate(4096);

/**
 * Opens a file below an open directory for reading, and never one outside it: `..`, absolute symlinks and symlinks that lead out fail with -EXDEV, in the
 * kernel and so without a moment between check and use. A FIFO does not block. `path` is relative ("." is the directory itself).
 * Returns a descriptor that the caller closes, not inherited by programs that are started, or an error number negated: -ENOENT,
 * -ENOTDIR, -EACCES, -ELOOP, -EMFILE, -ENAMETOOLONG, -EXDEV; -EINVAL for a path with a NUL; -ENOSYS before Linux 5.6, -EPERM or -ENOSYS under some sandboxes.
 */
export function openBeneath(rootFd: number, path: string): number {
  errnoLocation();
  if (!putPath(path)) return path.includes("\0") ? -ERRNO.EINVAL : -ERRNO.ENAMETOOLONG;
  howView.setUint32(0, O_NONBLOCK | O_CLOEXEC, true);
  howView.setUint32(16, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, true);
  for (let tries = 0; tries < TRIES; tries++) {
    const fd = orErrno(Number(symbols().syscall(SYS_OPENAT2, rootFd, ptr(pathMemory), ptr(how), how.length)));
    if (fd === -ERRNO.EAGAIN || fd === -ERRNO.EINTR) continue;
    if (fd >= 0) descriptorGuard().took(fd);
    else if (fd === -ERRNO.EMFILE) descriptorGuard().ranOut();
    return fd;
  }
  return -ERRNO.EAGAIN;
}

/** Opens a directory only to open files beneath it; its own symlinks are followed. The caller closes it. Throws SystemError: ENOENT, ENOTDIR, EACCES … */
export function openDirectory(path: string): number {
  const bytes = Buffer.from(`${path}\0`);
  return check("open", () => symbols().open(bytes, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

function putPath(path: string): boolean {
  const { written, read } = ENCODER.encodeInto(path, pathMemory.subarray(0, pathMemory.length - 1));
  if (read < path.length || pathMemory.subarray(0, written).includes(0)) return false;
  pathMemory[written] = 0;
  return true;
}

const ENCODER: TextEncoder = new TextEncoder();
