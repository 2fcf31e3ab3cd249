import type { TimerWheel } from "../clock/index.ts";

/** How a stream listener listens. */
export interface ListenOptions {
  /** Several listeners, each with a queue of its own, share the port (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean;
  /** Permissions of a Unix socket's file, which it has before anybody can connect. Default: what the process's umask leaves of 0777. */
  readonly mode?: number;
  /** Connections that may wait to be accepted. Default 4096; the system cuts it to its own limit (net.core.somaxconn). */
  readonly backlog?: number;
  /** A descriptor that listens already, to be taken over; the address then only says what it is called, and a Unix socket's file is left to whoever made it. */
  readonly fd?: number;
  /** The wheel that the Conns' deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
}
