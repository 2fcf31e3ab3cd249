import { allocate } from "./memory.ts";
import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const F_DUPFD_CLOEXEC = 1030;
const EFD_CLOEXEC = 0o2000000;
const EFD_NONBLOCK = 0o4000;
const symbols = libc({
  eventfd: { args: ["u32", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  getrlimit: { args: ["i32", "ptr"], returns: "i32" },
  setrlimit: { args: ["i32", "ptr"], returns: "i32" },
});

/** Closes a descriptor. One that is not open is ignored: whoever owns a descriptor closes it once. */
export function closeDescriptor(fd: number): void {
  // Linux frees the number whatever close returns, so that trying again would close somebody else's.
  symbols().close(fd);
}

/** Makes an eventfd that does not block, not inherited by programs that are started. Throws SystemError: EMFILE. */
export function makeEventDescriptor(): number {
  return check("eventfd", () => symbols().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/** Makes calls on an open file return -EAGAIN where they would wait, for all descriptors of it. Throws SystemError: EBADF. */
export function stopBlocking(fd: number): void {
  const flags = check("fcntl", () => symbols().fcntl(fd, F_GETFL, 0));
  if ((flags & O_NONBLOCK) === 0) check("fcntl", () => symbols().fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

/** A second descriptor of the same open file, not inherited by programs that are started. Throws SystemError: EMFILE, EBADF. */
export function duplicateDescriptor(fd: number): number {
  return check("fcntl", () => symbols().fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

/**
 * How many more descriptors this process could open, counted up to `atMost`: it opens that many duplicates and closes them again, which is exact
 * and costs about 1 µs each, where listing /proc costs milliseconds with thousands open.
 */
export function freeDescriptors(atMost: number): number {
  const { close, eventfd, fcntl } = symbols();
  const opened: number[] = [];
  while (opened.length < atMost) {
    const first = opened[0];
    const fd = first === undefined ? eventfd(0, EFD_CLOEXEC) : fcntl(first, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) break;
    opened.push(fd);
  }
  for (const fd of opened) close(fd);
  return opened.length;
}

const RLIMIT_NOFILE = 7;

/** How many descriptors a process may have. */
export interface DescriptorLimit {
  /** What holds now. */
  readonly soft: number;
  /** How far the process may raise it by itself. */
  readonly hard: number;
}

/** The limit of open descriptors of this process. Throws SystemError. */
export function descriptorLimit(): DescriptorLimit {
  const memory = allocate(16);
  check("getrlimit", () => symbols().getrlimit(RLIMIT_NOFILE, memory));
  const view = new DataView(memory.buffer);
  return { soft: Number(view.getBigUint64(0, true)), hard: Number(view.getBigUint64(8, true)) };
}

/** Raises the soft limit of open descriptors to the hard one, as servers do, and returns what holds then. Throws SystemError. */
export function raiseDescriptorLimit(): number {
  const { soft, hard } = descriptorLimit();
  if (soft >= hard) return soft;
  const memory = allocate(16);
  const view = new DataView(memory.buffer);
  view.setBigUint64(0, BigInt(hard), true);
  view.setBigUint64(8, BigInt(hard), true);
  check("setrlimit", () => symbols().setrlimit(RLIMIT_NOFILE, memory));
  return hard;
}
