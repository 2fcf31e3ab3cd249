import { allocate } from "./memory.ts";
import { libc } from "./libc.ts";
import { SOCKET_FLAGS } from "./make-socket.ts";
import { AF_UNIX } from "./socket-address.ts";
import { check } from "./system-error.ts";

const symbols = libc({ socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" } });

/**
 * Two Unix sockets that are connected with each other, of a type of SOCKET_TYPE. Both are the caller's to close, non-blocking, and not inherited by programs that
 * are started. Throws SystemError: EMFILE, ENFILE.
 */
export function makeSocketPair(type: number): readonly [number, number] {
  const pair = allocate(8);
  check("socketpair", () => symbols().socketpair(AF_UNIX, type | SOCKET_FLAGS, 0, pair));
  const view = new DataView(pair.buffer);
  return [view.getInt32(0, true), view.getInt32(4, true)];
}
