import type { TimerWheel } from "../clock/index.ts";
import type { SocketOptions } from "./socket-options.ts";

/** How a stream listener listens. Options of sockets hold for every Conn that it accepts; the system hands them on, so that accepting costs no more for them. */
export interface ListenOptions extends SocketOptions {
  /** Several listeners, each with a queue of its own, share the port (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean | undefined;
  /** TCP: whether a port whose last connections linger in TIME_WAIT is free. Default true. */
  readonly reuseAddress?: boolean | undefined;
  /** TCP: whether a socket for IPv6 leaves IPv4 alone. Default: false for every address of this machine with "tcp", else true. */
  readonly ipv6Only?: boolean | undefined;
  /**
   * TCP: how many connections whose first bytes came with the SYN may wait for their handshake (Fast Open, RFC 7413; the system's net.ipv4.tcp_fastopen must allow it). Such
   * bytes may come twice. Default 0: none.
   */
  readonly fastOpenQueue?: number | undefined;
  /**
   * Permissions of a Unix socket's file, whatever the umask; who may write to the file may connect or send. It has them, and its owner, before anybody else could. Default: what the
   * process's umask leaves of 0777. An abstract name has no file: everybody in the network namespace may connect.
   */
  readonly mode?: number | undefined;
  /** Unix: who owns the file, a name or a number. Default: the process's user. Giving it away takes root. */
  readonly owner?: string | number | undefined;
  /** Unix: the file's group, a name or a number: one of the process's groups, unless it is root. Default: the process's group. */
  readonly group?: string | number | undefined;
  /** Connections that may wait to be accepted. Default 4096; the system cuts it to its own limit (net.core.somaxconn). */
  readonly backlog?: number | undefined;
  /**
   * A descriptor that listens already, to be taken over with the options that it has (but for `lingerMs` and `noDelay`, which are ours to keep); the address then only says what it is
   * called, and a Unix socket's file is left to whoever made it.
   */
  readonly fd?: number | undefined;
  /** The wheel that the Conns' deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}
