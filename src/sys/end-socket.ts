import { libc } from "./libc.ts";
import { allocate } from "./memory.ts";

const SHUT_WR = 1;
const SHUT_RDWR = 2;

const symbols = libc({
  shutdown: { args: ["i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
});

/** An address of no family (AF_UNSPEC). */
const nowhere: Uint8Array = allocate(16);

/** Ends the sending direction of a stream socket. One whose peer is gone already is left as it is. */
export function endSending(fd: number): void {
  symbols().shutdown(fd, SHUT_WR);
}

/**
 * Ends a stream socket at once, in both directions and for whoever still waits for it: TCP with a reset, what is queued dropped. The descriptor stays open.
 *
 * Closing alone does nothing to a socket that an operation in flight holds.
 */
export function resetSocket(fd: number): void {
  // TCP disconnects from its peer by connecting to nowhere; Unix sockets have no such thing.
  if (symbols().connect(fd, nowhere, nowhere.length) < 0) symbols().shutdown(fd, SHUT_RDWR);
}
