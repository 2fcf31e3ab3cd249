import type { TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { Resolver } from "./resolver.ts";

/** How a stream is dialled. */
export interface DialOptions extends WaitOptions {
  /** Default: the system's. */
  readonly resolver?: Resolver;
  /** The wheel that the Conn's deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
  /** TCP: bounds what the system takes from the peer before it is read (SO_RCVBUF), and with it how much comes at a time. Default 0: the system's choice, which grows. */
  readonly receiveBufferBytes?: number;
}
