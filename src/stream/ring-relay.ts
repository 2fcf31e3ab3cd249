import { type TimerWheel } from "../clock/index.ts";
import { type Listener, threadWheel } from "../net/index.ts";
import { closeDescriptor, type RingLoop, ringLoop, resetSocket } from "../sys/index.ts";
import { type RelayStats, RelayTally } from "./relay-tally.ts";
import type { RelayResult } from "./relay.ts";
import { RingPair } from "./ring-pair.ts";

/** How a RingRelay works. */
export interface RingRelayOptions {
  /** Connects to the target for a client and gives its descriptor (`dialDescriptor`). It should give up when `signal` aborts. */
  readonly dial: (signal: AbortSignal) => Promise<number>;
  /** Ends a connection after this long without a byte, in milliseconds. Default 0: never. */
  readonly idleTimeoutMs?: number | undefined;
  /** Told when the target could not be reached; the client's connection is aborted. */
  readonly onDialError?: ((error: unknown) => void) | undefined;
  /** Told when a connection is over. */
  readonly onEnd?: ((result: RelayResult) => void) | undefined;
  /** What idleness is timed by. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
  /**
   * The process does nothing else: under load, up to 2 ms at a time are spent inside the system, which everything else in the process waits, too. Saves a few percent of its time under load.
   * Default false.
   */
  readonly dedicated?: boolean | undefined;
}

/**
 * Relays every connection of a listener to a target of its own, as RelayServer does, inside the system by io_uring: connections are never Conns, so that nothing can look at what passes,
 * and cost less. Linux from 6.6 on, where io_uring is not forbidden.
 *
 * @example
 * const listener = await listen("tcp", ":8080");
 * if (RingRelay.isAvailable(listener))
 *   new RingRelay(listener, { dial: (signal) => dialDescriptor("tcp", "10.0.0.1:80", { signal }) });
 */
export class RingRelay {
  private readonly listener: Listener;
  private readonly options: RingRelayOptions;
  private readonly ring: RingLoop;
  private readonly wheel: TimerWheel;
  private readonly stopping = new AbortController();
  private readonly tally: RelayTally<RingPair> = new RelayTally<RingPair>();

  /** Whether it can work here for a listener. */
  static isAvailable(listener: Listener): boolean {
    return listener.serveDescriptors !== undefined && ringLoop() !== undefined;
  }

  /** It owns the listener. Throws where it is not available. */
  constructor(listener: Listener, options: RingRelayOptions) {
    const ring = ringLoop();
    if (ring === undefined || listener.serveDescriptors === undefined)
      throw new Error("io_uring is not to be had here: a RelayServer (--engine runtime) does without");
    this.listener = listener;
    this.options = options;
    this.ring = ring;
    this.wheel = options.wheel ?? threadWheel();
    if (options.dedicated === true) ring.patient = true;
    listener.serveDescriptors((fd) => this.take(fd));
  }

  get stats(): RelayStats {
    return this.tally.stats(({ forth, back }) => [forth.passed, back.passed]);
  }

  /** Stops listening and resolves once every open connection has ended by itself. */
  async shutdown(): Promise<void> {
    await this.listener.close();
    await this.tally.untilNoneIsOpen();
  }

  /** Stops listening and aborts what is open. */
  async close(): Promise<void> {
    this.stopping.abort();
    for (const pair of this.tally.open) pair.cut("canceled");
    await this.shutdown();
  }

  private take(client: number): void {
    this.tally.accepted++;
    const dialling = new AbortController();
    const pair = this.pairOf(client, dialling);
    if (pair === undefined) return;
    this.tally.open.add(pair);
    if (this.stopping.signal.aborted) pair.cut("canceled");
    else void this.reach(pair, dialling.signal);
  }

  private pairOf(client: number, dialling: AbortController): RingPair | undefined {
    const { options, ring, wheel } = this;
    try {
      return new RingPair({
        ring,
        network: this.listener.network,
        client,
        wheel,
        idleMs: options.idleTimeoutMs ?? 0,
        left: () => dialling.abort(),
        over: (pair, result) => this.over(pair, result),
      });
    } catch {
      // There is no memory for it.
      this.tally.failed++;
      resetSocket(client);
      closeDescriptor(client);
      return undefined;
    }
  }

  private async reach(pair: RingPair, signal: AbortSignal): Promise<void> {
    try {
      pair.reached(await this.options.dial(signal));
    } catch (error) {
      // A client that left, or a relay that is being closed, says nothing about the target.
      if (signal.aborted) return;
      this.tally.unreached++;
      pair.cut("canceled");
      this.options.onDialError?.(error);
    }
  }

  private over(pair: RingPair, result: RelayResult): void {
    this.tally.left(pair, result);
    if (!pair.joined) return;
    this.tally.addEnd(result);
    this.options.onEnd?.(result);
  }
}
