import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";
import { check } from "./system-error.ts";

/** What can be waited for, or has happened (epoll_ctl(2)). */
export const EPOLL_EVENT = { in: 0x1, out: 0x4, error: 0x8, hangUp: 0x10, edge: 0x8000_0000 } as const;

/** What `controlEpoll` does. */
export const EPOLL_OPERATION = { add: 1, remove: 2, modify: 3 } as const;

const EPOLL_CLOEXEC = 0o2000000;

/** `struct epoll_event` is packed on x86-64 only. */
const ENTRY: { readonly bytes: number; readonly data: number } =
  process.arch === "x64" ? { bytes: 12, data: 4 } : { bytes: 16, data: 8 };
/** How many descriptors `readyOf` tells of at a time. */
const READY_MAX = 64;

const symbols = libc({
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
});

const entry: Uint8Array = allocate(ENTRY.bytes);
const entryView: DataView = new DataView(entry.buffer);

/** Makes an epoll set, not inherited by programs that are started. Throws SystemError: EMFILE. */
export function makeEpoll(): number {
  return check("epoll_create1", () => symbols().epoll_create1(EPOLL_CLOEXEC));
}

/**
 * Adds a descriptor, changes what it is watched for, or takes it out. `mark` is what the set carries for it, 64 bits; `readyOf` needs the descriptor's own number there. Throws
 * SystemError: EBADF, EEXIST, ENOENT, EPERM for one that is always ready.
 */
export function controlEpoll(
  epoll: number,
  operation: number,
  fd: number,
  events = 0,
  mark: number | bigint = fd,
): void {
  entryView.setUint32(0, events >>> 0, true);
  entryView.setBigUint64(ENTRY.data, BigInt(mark), true);
  check("epoll_ctl", () => symbols().epoll_ctl(epoll, operation, fd, entry));
}

/** Calls `tell` for what has happened, without waiting: 64 descriptors at most. Returns how many. `tell` may call this again. */
export function readyOf(epoll: number, tell: (fd: number, events: number) => void): number {
  // The common room is free unless `tell` comes here again.
  const room = spare ?? makeRoom();
  spare = undefined;
  const { bytes, view } = room;
  const count = symbols().epoll_wait(epoll, bytes, READY_MAX, 0);
  for (let at = 0; at < count * ENTRY.bytes; at += ENTRY.bytes)
    tell(view.getUint32(at + ENTRY.data, true), view.getUint32(at, true));
  spare = room;
  return count;
}

/** Room for what `readyOf` finds. */
interface Room {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

let spare: Room | undefined;

function makeRoom(): Room {
  const bytes = allocate(ENTRY.bytes * READY_MAX);
  return { bytes, view: new DataView(bytes.buffer) };
}
