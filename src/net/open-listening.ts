import {
  closeDescriptor,
  lacksIpv6,
  type ListeningSteps,
  makeListeningSocket,
  planListening,
  type TcpListeningSocket,
  type UnixListeningSocket,
} from "../sys/index.ts";
import type { Control } from "./socket-options.ts";

/** Makes a socket that listens, with the caller's `control` between making and binding it. Throws SystemError, or what `control` threw. */
export async function openListening(
  socket: TcpListeningSocket | UnixListeningSocket,
  control: Control | undefined,
): Promise<number> {
  if (control === undefined) return makeListeningSocket(socket).fd;
  const [first, second] = planListening(socket);
  try {
    return await inSteps(first, control);
  } catch (error) {
    if (second === undefined || !lacksIpv6(error)) throw error;
    return inSteps(second, control);
  }
}

async function inSteps(steps: ListeningSteps, control: Control): Promise<number> {
  const fd = steps.open();
  try {
    await control(fd, steps.network, steps.address.toString());
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
  steps.bind(fd);
  return fd;
}
