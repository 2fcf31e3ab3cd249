import { libc } from "./libc.ts";

const WNOHANG = 1;
const symbols = libc({ waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" } });

/**
 * Takes leave of every child that has ended, the orphans that a process with the number 1 inherits among them, and returns how many there were. It takes the exit codes
 * from whoever waits for a child of this process: not for one that starts children asynchronously.
 */
export function reapChildren(): number {
  let count = 0;
  while (symbols().waitpid(-1, null, WNOHANG) > 0) count++;
  return count;
}
