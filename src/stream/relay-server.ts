import type { Conn, Listener } from "../net/index.ts";
import { type RelayStats, RelayTally } from "./relay-tally.ts";
import { relay, type RelayResult } from "./relay.ts";

/** How a RelayServer works. */
export interface RelayServerOptions {
  /** Connects to the target for a client: to a Conn of its own, in pull mode. It should give up when `signal` aborts. */
  readonly dial: (signal: AbortSignal) => Promise<Conn>;
  /** Ends a connection after this long without a byte, in milliseconds. Default 0: never. */
  readonly idleTimeoutMs?: number | undefined;
  /** Told when the target could not be reached, or its Conn was in use already (EBUSY); the client's connection is aborted. */
  readonly onDialError?: ((error: unknown, client: Conn) => void) | undefined;
  /** Told when a connection is over. */
  readonly onEnd?: ((result: RelayResult, client: Conn) => void) | undefined;
}

/**
 * Relays every connection of a listener to a target of its own.
 *
 * @example
 * const server = new RelayServer(await listen("tcp", ":8080"), { dial: (signal) => dial("tcp", "10.0.0.1:80", { signal }) });
 */
export class RelayServer {
  private readonly listener: Listener;
  private readonly options: RelayServerOptions;
  private readonly stopping = new AbortController();
  private readonly tally: RelayTally<Pair> = new RelayTally<Pair>();

  /** It owns the listener. */
  constructor(listener: Listener, options: RelayServerOptions) {
    this.listener = listener;
    this.options = options;
    listener.serve((client) => void this.take(client));
  }

  get stats(): RelayStats {
    return this.tally.stats(({ client, target }) => [client.traffic.bytesRead, target?.traffic.bytesRead ?? 0]);
  }

  /** Stops listening and resolves once every open connection has ended by itself. */
  async shutdown(): Promise<void> {
    await this.listener.close();
    await this.tally.untilNoneIsOpen();
  }

  /** Stops listening and aborts what is open. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.shutdown();
  }

  private async take(client: Conn): Promise<void> {
    const pair: Pair = { client, target: undefined };
    this.tally.accepted++;
    this.tally.open.add(pair);
    try {
      pair.target = await this.reach(client);
      if (pair.target !== undefined) await this.relay(pair, pair.target);
    } finally {
      this.tally.left(pair);
    }
  }

  /** Connects to the target, and gives up when the client is gone meanwhile. */
  private async reach(client: Conn): Promise<Conn | undefined> {
    const left = new AbortController();
    const giveUp = (): void => left.abort();
    this.stopping.signal.addEventListener("abort", giveUp, { once: true });
    if (this.stopping.signal.aborted) giveUp();
    void client.done.then(giveUp);
    try {
      return await this.options.dial(left.signal);
    } catch (error) {
      // A client that left, or a server that is being closed, says nothing about the target.
      if (left.signal.aborted) client.abort();
      else this.failedToReach(error, client);
      return undefined;
    } finally {
      this.stopping.signal.removeEventListener("abort", giveUp);
    }
  }

  private failedToReach(error: unknown, client: Conn): void {
    client.abort();
    this.tally.unreached++;
    this.options.onDialError?.(error, client);
  }

  private async relay(pair: Pair, target: Conn): Promise<void> {
    const { client } = pair;
    const { idleTimeoutMs } = this.options;
    const result = await relay(client, target, { idleTimeoutMs, signal: this.stopping.signal }).catch(
      (error: unknown) => {
        // `dial` gave a Conn that is in use.
        target.abort();
        this.failedToReach(error, client);
      },
    );
    if (result === undefined) return;
    this.tally.left(pair, result);
    this.tally.addEnd(result);
    this.options.onEnd?.(result, client);
  }
}

interface Pair {
  readonly client: Conn;
  target: Conn | undefined;
}
