import { allocate } from "./memory.ts";
import { libc } from "./libc.ts";
import { check } from "./system-error.ts";

const SOL_SOCKET = 1;
const SO_REUSEPORT = 15;
const symbols = libc({ setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" } });

/**
 * Lets further sockets with SO_REUSEPORT join the port of one that listens already. The first of a group is made without it and shared afterwards: so it
 * is refused when anybody listens there, which a socket made with SO_REUSEPORT is not, and no moment is left between asking and taking. Linux takes a
 * listening socket into the group when the second joins (tried on 6.18). Throws SystemError.
 */
export function sharePort(fd: number): void {
  const one = allocate(4);
  one[0] = 1;
  check("setsockopt", () => symbols().setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, one, 4));
}
