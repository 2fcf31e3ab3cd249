import type { KeepAlive, SocketQueues, TcpInfo } from "../sys/index.ts";

/**
 * What can be changed and asked of a TCP connection while it lives; units and meanings are those of the options with the same names. Throws NetError: EBADF once it is closed, EINVAL for a number that is none for the option.
 *
 * @example
 * conn.tcp?.setNoDelay(false);
 * console.log(conn.tcp?.info().rttMs);
 */
export interface TcpControl {
  setNoDelay(on: boolean): void;
  /** `true` for KeepAlive's defaults, `false` for none. */
  setKeepAlive(keepAlive: KeepAlive | boolean): void;
  /** What `close` does about bytes that are not acknowledged: negative: leave them to the system; 0: drop them and reset; else wait for as long. */
  setLinger(lingerMs: number): void;
  setUserTimeout(ms: number): void;
  setReceiveBuffer(bytes: number): void;
  setSendBuffer(bytes: number): void;
  setTtl(hops: number): void;
  setTrafficClass(value: number): void;
  /** What the system knows of it (TCP_INFO), as of now. */
  info(): TcpInfo;
  /** Bytes that lie in the system, unread and unacknowledged. */
  queues(): SocketQueues;
}
