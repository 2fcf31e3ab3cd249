import type { TimerWheel } from "../clock/index.ts";
import type { MulticastOptions, UdpSocketOptions } from "../sys/index.ts";
import type { WaitOptions } from "./conn.ts";
import type { Resolver } from "./resolver.ts";
import type { Control } from "./socket-options.ts";

/** Options of UDP sockets, set before they are bound. They are named for what they do; what is absent stays as the system has it. */
export interface UdpOptions extends UdpSocketOptions {
  /** How it sends to multicast groups. */
  readonly multicast?: MulticastOptions | undefined;
  readonly control?: Control | undefined;
  /** The wheel that deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}

/** How UDP is listened for. */
export interface UdpListenOptions extends UdpOptions {
  /**
   * Whether a socket on all addresses of this machine tells which of them a packet was sent to (`Packet.to`), and answers to its `from` leave from there: a
   * peer that checks the sender takes no others. Default true; it costs some percent of a packet's CPU time (docs/decisions/0007).
   */
  readonly localAddress?: boolean | undefined;
  /** A UDP socket that is bound already, to be taken over with the options that it has; the address then only says what it is called. */
  readonly fd?: number | undefined;
}

/** How UDP is dialled. `timeoutMs` and `deadline` are for the name's resolution: nothing goes over the network to connect. */
export interface UdpDialOptions extends WaitOptions, UdpOptions {
  /** Default: the system's. */
  readonly resolver?: Resolver | undefined;
  /** Where to send from: an address of this machine, with or without a port, or ":port". Default: the system's choice. */
  readonly localAddress?: string | undefined;
}

/** UDP over either family, or over one. */
export type UdpNetwork = "udp" | "udp4" | "udp6";
