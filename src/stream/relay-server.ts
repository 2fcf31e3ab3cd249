import type { Conn, Listener } from "../net/index.ts";
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

/** What a RelayServer has done so far. */
export interface RelayStats {
  readonly accepted: number;
  readonly open: number;
  /** Clients whose target could not be reached. */
  readonly unreached: number;
  /** Connections that a side's failure ended. */
  readonly failed: number;
  /** Connections that were idle for too long. */
  readonly idle: number;
  /** Bytes taken from clients, those of open connections included. */
  readonly bytesUp: number;
  /** Bytes taken from targets. */
  readonly bytesDown: number;
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
  private readonly open = new Set<Pair>();
  private idleWaiter: (() => void) | undefined = undefined;
  private accepted = 0;
  private unreached = 0;
  private failed = 0;
  private idle = 0;
  private bytesUp = 0;
  private bytesDown = 0;

  /** It owns the listener. */
  constructor(listener: Listener, options: RelayServerOptions) {
    this.listener = listener;
    this.options = options;
    listener.serve((client) => void this.take(client));
  }

  get stats(): RelayStats {
    const { accepted, unreached, failed, idle } = this;
    let { bytesUp, bytesDown } = this;
    for (const { client, target } of this.open) {
      bytesUp += client.traffic.bytesRead;
      bytesDown += target?.traffic.bytesRead ?? 0;
    }
    return { accepted, open: this.open.size, unreached, failed, idle, bytesUp, bytesDown };
  }

  /** Stops listening and resolves once every open connection has ended by itself. */
  async shutdown(): Promise<void> {
    await this.listener.close();
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.idleWaiter = resolve));
  }

  /** Stops listening and aborts what is open. */
  async close(): Promise<void> {
    this.stopping.abort();
    await this.shutdown();
  }

  private async take(client: Conn): Promise<void> {
    const pair: Pair = { client, target: undefined };
    this.accepted++;
    this.open.add(pair);
    try {
      pair.target = await this.reach(client);
      if (pair.target !== undefined) await this.relay(client, pair.target);
    } finally {
      this.open.delete(pair);
      if (this.open.size === 0) this.idleWaiter?.();
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
    this.unreached++;
    this.options.onDialError?.(error, client);
  }

  private async relay(client: Conn, target: Conn): Promise<void> {
    const { idleTimeoutMs } = this.options;
    const result = await relay(client, target, { idleTimeoutMs, signal: this.stopping.signal }).catch(
      (error: unknown) => {
        // `dial` gave a Conn that is in use.
        target.abort();
        this.failedToReach(error, client);
      },
    );
    if (result === undefined) return;
    this.bytesUp += result.aToB;
    this.bytesDown += result.bToA;
    if (result.end === "failed") this.failed++;
    if (result.end === "idle") this.idle++;
    this.options.onEnd?.(result, client);
  }
}

interface Pair {
  readonly client: Conn;
  target: Conn | undefined;
}
