import type { WaitOptions } from "./conn.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { ListenOptions } from "./listen-options.ts";
import type { Control } from "./socket-options.ts";

/** Unix sockets that keep messages apart. */
export type UnixPacketNetwork = "unixgram" | "unixpacket";

/** How a unixgram or unixpacket socket listens; each as for a stream. */
export type UnixListenOptions = Pick<
  ListenOptions,
  "mode" | "owner" | "group" | "backlog" | "fd" | "wheel" | "control"
>;

/** How a unixgram or unixpacket is dialled. Connecting takes no time, so that limits only matter if they have passed already. */
export interface UnixDialOptions extends WaitOptions {
  /**
   * Where it is bound itself: a path, whose file is removed when it closes, an abstract "@name", or "@" for a name in the abstract space that the system chooses. A unixgram can only be answered if it
   * is bound. Default: not bound.
   */
  readonly localAddress?: string | undefined;
  /** Permissions of the file of `localAddress`: who may write to it may answer. Default: what the process's umask leaves of 0777. */
  readonly mode?: number | undefined;
  readonly control?: Control | undefined;
  /** The wheel that deadlines run on. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}
