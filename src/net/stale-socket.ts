import { lstatSync } from "node:fs";
import { isUnixSocketBound, removeFile } from "../sys/index.ts";
import { NetError } from "./net-error.ts";

/**
 * Removes a socket file at which no socket is bound any more, of whatever type it was. A live one is not disturbed by the question. Throws NetError EADDRINUSE where one is bound, or a file of
 * another kind lies.
 */
export async function removeStaleSocket(path: string, network = "unix"): Promise<void> {
  // Binding says what is wrong with such a path.
  if (path.includes("\0")) return;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket())
    throw busy(network, path, "a file that is no socket lies there: remove it or choose another path");
  if (isBound(network, path))
    throw busy(network, path, "another process listens there: stop it, or choose another path");
  removeFile(path);
}

function isBound(network: string, path: string): boolean {
  try {
    return isUnixSocketBound(path);
  } catch (error) {
    throw busy(network, path, "whether another process listens there cannot be told", error);
  }
}

function busy(network: string, address: string, hint: string, cause?: unknown): NetError {
  return new NetError({ op: "listen", network, address, code: "EADDRINUSE", hint, cause });
}
