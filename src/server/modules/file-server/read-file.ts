import { closeSync, fstatSync, readSync } from "node:fs";
import type { FileContent } from "./cached-file.ts";
import { identityOf, sameIdentity } from "./file-identity.ts";

/** Files up to this length are kept as bytes; it is no more than what may wait for a slow reader. */
export const SMALL_MAX: number = 48 * 1024;

/** How often a file that changes while it is read is read again. */
const TRIES = 4;

/**
 * Takes the content of an open file: the bytes of a small one, read between two looks at its identity that agree, and the descriptor is closed; or the
 * descriptor of a large one. Undefined, and closed, when it is no regular file. Throws what the system says, the descriptor closed.
 */
export function readContent(fd: number): FileContent | undefined {
  let kept = false;
  try {
    const content = contentOf(fd);
    kept = content !== undefined && content.fd === fd;
    return content;
  } finally {
    if (!kept) closeSync(fd);
  }
}

function contentOf(fd: number): FileContent | undefined {
  for (let tries = 1; ; tries++) {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) return undefined;
    const identity = identityOf(stat);
    const size = Number(identity.size);
    if (size > SMALL_MAX) return { identity, size, body: undefined, fd, settled: true };
    const body = readWhole(fd, size);
    const settled = sameIdentity(identity, identityOf(fstatSync(fd, { bigint: true })));
    if (settled || tries === TRIES) return { identity, size: body.length, body, fd: -1, settled };
  }
}

/** Up to `size` bytes from the beginning; fewer when the file has become shorter. */
function readWhole(fd: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return filled === size ? bytes : bytes.slice(0, filled);
}
