import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

const PR_SET_PDEATHSIG = 1;
const SIGNALS = { SIGKILL: 9, SIGTERM: 15 } as const;
const symbols = libc({
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  getppid: { args: [], returns: "i32" },
  getpid: { args: [], returns: "i32" },
  kill: { args: ["i32", "i32"], returns: "i32" },
});

/**
 * Lets the kernel send `signal` to this process when its parent dies, however that dies. `parent` is the parent's process id as the parent said it, if
 * it did: then a parent that died before this call is noticed too, and the signal follows at once. Without it only one whose place
 * init has taken (parent 1) is noticed. Does nothing on a system without the call. Throws SystemError.
 */
export function dieWithParent(signal: "SIGKILL" | "SIGTERM" = "SIGKILL", parent?: number): void {
  if (process.platform !== "linux") return;
  const { getpid, getppid, kill, prctl } = symbols();
  check("prctl", () => prctl(PR_SET_PDEATHSIG, SIGNALS[signal], 0, 0, 0));
  // Asked after prctl: a parent that died before it sends nothing any more.
  const now = getppid();
  const orphaned = parent === undefined ? now === 1 && process.ppid !== 1 : now !== parent;
  if (orphaned) kill(getpid(), SIGNALS[signal]);
}
