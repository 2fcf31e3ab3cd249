import { type Pointer } from "bun:ffi";
import { libc } from "./libc.ts";
import { lastErrno, errnoLocation } from "./errno.ts";
import { SystemError } from "./system-error.ts";

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
const MADV_DONTNEED = 4;
const MADV_NOHUGEPAGE = 15;
const PAGE_BITS = 12;

const symbols = libc({
  mmap: { args: ["ptr", "usize", "i32", "i32", "i32", "usize"], returns: "usize" },
  munmap: { args: ["usize", "usize"], returns: "i32" },
  madvise: { args: ["usize", "usize", "i32"], returns: "i32" },
});

/**
 * Maps memory that the system only fills as it is written to, and that never moves. It is the caller's to unmap, when nothing uses it any more. Throws SystemError: ENOMEM.
 */
export function mapPages(length: number): Pointer {
  const pages = map(length, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
  // One byte written would otherwise take 2 MiB where huge pages are always given.
  symbols().madvise(pages, length, MADV_NOHUGEPAGE);
  return pages;
}

/** Maps memory that a descriptor shares with the system. Throws SystemError. */
export function mapShared(fd: number, offset: number, length: number): Pointer {
  return map(length, MAP_SHARED_POPULATE, fd, offset);
}

/** Unmaps what was mapped. */
export function unmapPages(pages: Pointer, length: number): void {
  symbols().munmap(pages, length);
}

/** Gives back what the system has filled; the memory stays mapped and reads as zeros. */
export function emptyPages(address: number, length: number): void {
  symbols().madvise(address, length, MADV_DONTNEED);
}

function map(length: number, flags: number, fd: number, offset: number): Pointer {
  errnoLocation();
  const address = Number(symbols().mmap(null, length, PROT_READ_WRITE, flags, fd, offset));
  // The highest page stands for failure.
  if (address >= 2 ** 64 - 2 ** PAGE_BITS) throw new SystemError("mmap", lastErrno());
  return address as Pointer;
}
