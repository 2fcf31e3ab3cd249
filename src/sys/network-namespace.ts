import { closeSync, openSync } from "node:fs";
import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

const CLONE_NEWNET = 0x4000_0000;
const symbols = libc({
  unshare: { args: ["i32"], returns: "i32" },
  setns: { args: ["i32", "i32"], returns: "i32" },
});

/**
 * Gives this thread a new and empty network, and returns a descriptor that holds it: it is there until the last such descriptor, process and thread of
 * it is gone. Sockets, TUN devices and programs that this thread opens from now on are in it; what was open stays where it was, and so do other threads.
 * Throws SystemError: EPERM without CAP_SYS_ADMIN.
 */
export function makeNetworkNamespace(): number {
  check("unshare", () => symbols().unshare(CLONE_NEWNET));
  return openSync("/proc/thread-self/ns/net", "r");
}

/** Moves this thread into the network that a descriptor of `makeNetworkNamespace` or of /proc/PID/ns/net holds. Throws SystemError. */
export function enterNetworkNamespace(fd: number): void {
  check("setns", () => symbols().setns(fd, CLONE_NEWNET));
}

/**
 * Runs `act` with this thread in another network, and returns to its own, whatever happens. Sockets that it opens belong to that network for as long as they live. It
 * must be synchronous: what it leaves for later is done in the own network again. Throws what it throws, and SystemError.
 */
export function insideNetworkNamespace<T>(fd: number, act: () => T): T {
  const home = openSync("/proc/thread-self/ns/net", "r");
  try {
    enterNetworkNamespace(fd);
    return act();
  } finally {
    enterNetworkNamespace(home);
    closeSync(home);
  }
}
