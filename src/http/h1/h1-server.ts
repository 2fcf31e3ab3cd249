import type { Clock } from "../../clock/index.ts";
import type { Conn } from "../../net/index.ts";
import {
  DEFAULT_LIMITS,
  type ErrorHandler,
  type Exchange,
  formatHttpDate,
  type HandlerError,
  type Limits,
  type Next,
} from "../message/index.ts";
import type { ServerContext } from "./server-context.ts";
import { ServerHead } from "./server-head.ts";
import { ServerConn } from "./server-conn.ts";

/** How an H1Server answers. */
export interface H1ServerOptions {
  /** What every exchange is given to. */
  readonly next: Next;
  readonly limits?: Partial<Limits> | undefined;
  readonly clock: Clock;
  /** What the URLs of its requests begin with. Default "http". */
  readonly scheme?: "http" | "https" | undefined;
  /** The Server field of responses; "" for none. Default "Netwright". */
  readonly serverName?: string | undefined;
  /** Answers what no error handler of an exchange did; made once, so that an exchange need not be given it. */
  readonly errorHandler?: ErrorHandler | undefined;
  /** Hears of every error that no error handler of its exchange answered, before the bare status is sent. */
  readonly onError?: ((exchange: Exchange, error: HandlerError) => void) | undefined;
  /** Hears of a request that broke the rules so that it never became an exchange. */
  readonly onRefused?: ((conn: Conn, status: number, reason: string) => void) | undefined;
  /** Called when an exchange begins, before `next`. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  /**
   * Asked of every request field whose name holds "_" or ".": those that are not expected are dropped, as many backends read such names as if they had "-".
   * Default: all pass.
   */
  readonly expectsField?: ((name: string) => boolean) | undefined;
  /** Answers `OPTIONS *`, which asks about the server as a whole, in place of the handler; `onExchange` hears nothing of it. */
  readonly asterisk?: Next | undefined;
}

/** Serves HTTP/1.0 and HTTP/1.1 on the Conns that it is given. */
export class H1Server implements ServerContext {
  readonly next: Next;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly scheme: "http" | "https";
  readonly serverName: string;
  readonly errorHandler: ErrorHandler | undefined;
  readonly onError: ((exchange: Exchange, error: HandlerError) => void) | undefined;
  readonly onRefused: ((conn: Conn, status: number, reason: string) => void) | undefined;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
  readonly expectsField: ((name: string) => boolean) | undefined;
  readonly asterisk: Next | undefined;
  /** Whether responses ask for the connection's end. */
  draining = false;

  private readonly connections = new Set<ServerConn>();
  private readonly heads: ServerHead[] = [];
  private readonly nameField: Uint8Array;
  private tailBytes: Uint8Array;
  private dateBytes: Uint8Array;
  private dateUntil = -1;
  private drained: PromiseWithResolvers<void> | undefined = undefined;

  constructor(options: H1ServerOptions) {
    this.next = options.next;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.clock = options.clock;
    this.scheme = options.scheme ?? "http";
    this.serverName = options.serverName ?? "Netwright";
    this.errorHandler = options.errorHandler;
    this.onError = options.onError;
    this.onRefused = options.onRefused;
    this.onExchange = options.onExchange;
    this.expectsField = options.expectsField;
    this.asterisk = options.asterisk;
    this.nameField = encode(this.serverName === "" ? "" : `Server: ${this.serverName}\r\n`);
    this.dateBytes = encode("");
    this.tailBytes = encode("");
  }

  /** Serves a Conn until it is closed or taken over. */
  serve(conn: Conn): void {
    const connection = new ServerConn(conn, this, this.forget);
    this.connections.add(connection);
    conn.attach(connection);
    connection.begin();
  }

  /** How many connections it serves. */
  get size(): number {
    return this.connections.size;
  }

  /**
   * Stops gracefully: idle connections are closed, busy ones when their exchange is over, and what is left after `graceMs` is aborted.
   * Resolves when none is left.
   */
  async shutdown(graceMs: number): Promise<void> {
    this.draining = true;
    this.drained ??= Promise.withResolvers();
    for (const connection of this.connections) connection.closeWhenIdle();
    this.checkDrained();
    const timer = this.clock.setTimer(() => {
      this.abortAll();
      // Whatever an aborted connection still has to tell, nobody waits for it.
      this.drained?.resolve();
    }, graceMs);
    await this.drained.promise;
    this.clock.clearTimer(timer);
  }

  /** Closes connections that wait for another request, those first that have waited longest; `atMost` so many. */
  closeIdle(atMost: number): void {
    const byDeadline = [...this.connections].toSorted((a, b) => a.conn.readDeadline - b.conn.readDeadline);
    let closed = 0;
    for (const connection of byDeadline) {
      if (connection.closeIfIdle() && ++closed >= atMost) return;
    }
  }

  /** Aborts every connection. */
  abortAll(): void {
    for (const connection of this.connections) connection.abort();
  }

  private readonly forget = (connection: ServerConn): void => {
    this.connections.delete(connection);
    this.checkDrained();
  };

  private checkDrained(): void {
    if (this.connections.size === 0) this.drained?.resolve();
  }

  /** A head to parse into, owned by the taker until `giveHead`. */
  takeHead(): ServerHead {
    return this.heads.pop() ?? new ServerHead(this.limits.headerFields);
  }

  giveHead(head: ServerHead): void {
    head.clear();
    if (this.heads.length < 256) this.heads.push(head);
  }

  /** `Server: …`, `Date: …` and the empty line: the same array for a second. `now` is the clock's. */
  tail(now: number): Uint8Array {
    if (now >= this.dateUntil) this.renewDate(now);
    return this.tailBytes;
  }

  /** `Date: …` and the end of the line. */
  dateField(now: number): Uint8Array {
    if (now >= this.dateUntil) this.renewDate(now);
    return this.dateBytes;
  }

  /** `Server: …` and the end of the line, or nothing. */
  get serverField(): Uint8Array {
    return this.nameField;
  }

  private renewDate(now: number): void {
    const wall = this.clock.wallNow();
    const date = `Date: ${formatHttpDate(wall)}\r\n`;
    this.dateBytes = encode(date);
    this.tailBytes = encode(`${this.serverName === "" ? "" : `Server: ${this.serverName}\r\n`}${date}\r\n`);
    this.dateUntil = now + 1000 - (((wall % 1000) + 1000) % 1000);
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
