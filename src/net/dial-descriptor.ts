import { connectDescriptor, type ConnectedDescriptor } from "./connect-descriptor.ts";
import type { DialOptions } from "./dial-options.ts";
import { dialTcpBy } from "./dial-tcp.ts";
import { threadWheel } from "./runtime.ts";
import { systemOptions } from "./socket-options.ts";
import type { StreamNetwork } from "./stream-network.ts";
import { explained } from "./unix-error.ts";
import { absoluteLimits } from "./wait-limits.ts";

/**
 * Connects as `dial` does, and gives the descriptor itself to the caller, who reads, writes and closes it: non-blocking, not inherited by programs that are started. For those that work with
 * descriptors, such as a relay inside the system. Linux only. Throws what `dial` throws.
 */
export async function dialDescriptor(
  network: StreamNetwork,
  address: string,
  options: Omit<DialOptions, "control" | "fastOpen" | "lingerMs"> = {},
): Promise<number> {
  const { fd } = await (network === "unix"
    ? unix(address, options)
    : dialTcpBy(connectDescriptor, network, address, options));
  return fd;
}

async function unix(path: string, options: DialOptions): Promise<ConnectedDescriptor> {
  const wheel = options.wheel ?? threadWheel();
  const limits = absoluteLimits(options, wheel);
  const init = { network: "unix", address: path, limits, wheel, lingerMs: undefined, control: undefined };
  try {
    return await connectDescriptor({ path }, { ...init, socket: systemOptions(options) });
  } catch (error) {
    throw explained(error, "dial", "unix", path);
  }
}
