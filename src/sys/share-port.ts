import { setSocketOption, SO_REUSEPORT, SOL_SOCKET } from "./socket-option.ts";

/**
 * Lets further sockets with SO_REUSEPORT join the port of one that listens already. The first of a group is made without it and shared afterwards: so it
 * is refused when anybody listens there, which a socket made with SO_REUSEPORT is not, and no moment is left between asking and taking. Linux takes a
 * listening socket into the group when the second joins (tried on 6.18). Throws SystemError.
 */
export function sharePort(fd: number): void {
  setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}
