import type { KeepAlive, StreamSocketOptions } from "../sys/index.ts";

/**
 * Called with each socket that was made, before it is bound or connected, for options that there is no name for here. The descriptor is borrowed: it must not be closed. `network` is
 * "tcp4", "tcp6" or "unix", `address` what it is about to be bound or connected to. What it throws ends the operation, as its cause. What it promises is
 * waited for within the operation's limits; it cannot be interrupted, so that it should watch the caller's signal itself where it waits.
 */
export type Control = (fd: number, network: string, address: string) => void | Promise<void>;

/** Options of stream sockets, those that are dialled and those that are accepted. They are named for what they do; what is for TCP or IP alone is passed over on Unix sockets. */
export interface SocketOptions extends Omit<StreamSocketOptions, "resetOnClose"> {
  /** Default true: small writes are gathered by the Conn already. */
  readonly noDelay?: boolean | undefined;
  /** Default true, with a probe after 15 s of silence, every 15 s, 9 times, as in Go: a peer that vanished is found out after two and a half minutes. */
  readonly keepAlive?: KeepAlive | boolean | undefined;
  /**
   * TCP: what `close` does about bytes that the peer has not acknowledged. Negative, the default: it leaves them to the system, which goes on sending. 0: it drops them and resets
   * the connection. Otherwise it waits for as many milliseconds, then resets the connection.
   */
  readonly lingerMs?: number | undefined;
  readonly control?: Control | undefined;
}

/** What the system is told of a socket's options. */
export function systemOptions(options: SocketOptions): StreamSocketOptions {
  const { keepAlive = true, lingerMs, noDelay = true } = options;
  return {
    noDelay,
    keepAlive,
    // The system's own lingering stops the whole thread, so that a Conn does it itself; a reset is left to the system as well, for when the process ends.
    resetOnClose: lingerMs === 0 ? true : undefined,
    receiveBufferBytes: options.receiveBufferBytes,
    sendBufferBytes: options.sendBufferBytes,
    userTimeoutMs: options.userTimeoutMs,
    ttl: options.ttl,
    trafficClass: options.trafficClass,
    mark: options.mark,
    interface: options.interface,
    reuseAddress: options.reuseAddress,
    reusePort: options.reusePort,
  };
}
