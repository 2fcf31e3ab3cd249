import type { TimerWheel } from "../clock/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { DialTrace } from "./dial-trace.ts";
import type { HappyEyeballsTimes } from "./happy-eyeballs-machine.ts";
import type { Resolver } from "./resolver.ts";
import type { SocketOptions } from "./socket-options.ts";

/** How a stream is dialled. `timeoutMs` and `deadline` hold for everything together: the name's resolution, `control`, all attempts to connect. */
export interface DialOptions extends WaitOptions, SocketOptions {
  /** Default: the system's. */
  readonly resolver?: Resolver | undefined;
  /** The wheel that the Conn's deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
  /**
   * TCP: where to connect from: an address of this machine, with or without a port ("192.0.2.1", "192.0.2.1:5000", "[fe80::1%eth0]:0"), or ":5000" for a port alone. Only targets of
   * its family are tried. Default: the system's choice.
   */
  readonly localAddress?: string | undefined;
  /**
   * TCP: sends the first bytes written together with the SYN to a server that is known to take them (Fast Open, RFC 7413). A server that is known so is "connected" at once, and
   * it is the first write or read that fails if it is gone; only for protocols in which the client speaks first. Default false.
   */
  readonly fastOpen?: boolean | undefined;
  /** TCP: how the addresses of a name race (Happy Eyeballs, RFC 8305). */
  readonly happyEyeballs?: HappyEyeballsTimes | undefined;
  /** TCP: hears of each attempt to connect. */
  readonly trace?: DialTrace | undefined;
}
