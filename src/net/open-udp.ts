import { type AddrPort, joinHostPort } from "../addr/index.ts";
import { bindIpSocket, closeDescriptor, makeUdpSocket, setMulticast } from "../sys/index.ts";
import type { UdpOptions } from "./udp-options.ts";

/** Makes a UDP socket with its options, gives it to the caller's `control`, and binds it. Throws SystemError, or what `control` threw. */
export async function openUdp(
  family: 4 | 6,
  bind: AddrPort | undefined,
  target: AddrPort | undefined,
  options: UdpOptions,
): Promise<number> {
  const fd = makeUdpSocket(family, options);
  try {
    if (options.multicast !== undefined) setMulticast(fd, family, options.multicast);
    const named = target ?? bind;
    const address = named === undefined ? "" : joinHostPort(named.addr.toString(), named.port);
    await options.control?.(fd, `udp${family}`, address);
    if (bind !== undefined) bindIpSocket(fd, bind);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}
