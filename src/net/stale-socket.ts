import { lstatSync, unlinkSync } from "node:fs";
import { dialUnix } from "./dial-unix.ts";
import { NetError } from "./net-error.ts";

/** How long a socket that neither refuses nor accepts is waited for. */
const ASK_MS = 1000;

/** Removes a socket file on which nobody answers. Throws NetError EADDRINUSE where one answers, or a file of another kind lies. */
export async function removeStaleSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw busy(path, "a file that is no socket lies there: remove it or choose another path");
  try {
    const conn = await dialUnix(path, { timeoutMs: ASK_MS });
    conn.abort();
  } catch (error) {
    if (!(error instanceof NetError && error.code === "ECONNREFUSED"))
      throw busy(path, "whether another process listens there cannot be told", error);
    removeSocketFile(path);
    return;
  }
  throw busy(path, "another process listens there: stop it, or choose another path");
}

/** Removes a socket's file; nothing where somebody was faster. */
export function removeSocketFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or no longer ours to remove.
  }
}

function busy(address: string, hint: string, cause?: unknown): NetError {
  return new NetError({ op: "listen", network: "unix", address, code: "EADDRINUSE", hint, cause });
}
