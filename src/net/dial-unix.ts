import type { Conn } from "./conn.ts";
import { connect } from "./connect.ts";
import type { DialOptions } from "./dial-options.ts";
import { threadWheel } from "./runtime.ts";
import { systemOptions } from "./socket-options.ts";
import { explained } from "./unix-error.ts";
import { absoluteLimits } from "./wait-limits.ts";

/** Connects a Unix stream to a path or an abstract "@name". */
export async function dialUnix(path: string, options: DialOptions): Promise<Conn> {
  const wheel = options.wheel ?? threadWheel();
  const limits = absoluteLimits(options, wheel);
  const { control } = options;
  const socket = systemOptions(options);
  try {
    return await connect(
      { path },
      { network: "unix", address: path, limits, wheel, socket, lingerMs: undefined, control },
    );
  } catch (error) {
    throw explained(error, "dial", "unix", path);
  }
}
