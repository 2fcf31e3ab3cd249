import { type Clock, realClock } from "../../clock/index.ts";
import type { Conn, Endpoint, Listener } from "../../net/index.ts";
import { type DescriptorGuard, descriptorGuard, type Holdable } from "../../sys/index.ts";
import { H1Server } from "../h1/index.ts";
import type { ErrorHandler, Exchange, HandlerError, Limits, Next } from "../message/index.ts";
import { fetchHandler, type Handler } from "./fetch-handler.ts";

/** How a server answers. */
export interface ServeOptions {
  /** Bounds and time-outs; what is not given is DEFAULT_LIMITS'. */
  readonly limits?: Partial<Limits> | undefined;
  /** Default: the real one. It must be the one that the listener's Conns are timed by. */
  readonly clock?: Clock | undefined;
  /** What the URLs of its requests begin with. Default "http". */
  readonly scheme?: "http" | "https" | undefined;
  /** The Server field of responses; "" for none. Default "Netwright". */
  readonly serverName?: string | undefined;
  /** Answers errors that no handler of the exchange did (error routes, an error page). */
  readonly errorHandler?: ErrorHandler | undefined;
  /** Hears of every error that a handler threw and nobody answered, before the bare status is sent. Default: 5xx go to `console.error`. */
  readonly onError?: ((exchange: Exchange, error: HandlerError) => void) | undefined;
  /** Hears of a request that broke the rules of HTTP, which is answered with `status` and never reaches a handler. */
  readonly onRefused?: ((conn: Conn, status: number, reason: string) => void) | undefined;
  /** Called when an exchange begins, before the handler. */
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  /**
   * Asked of every request field whose name holds "_" or ".": those that are not expected are dropped, as many backends read such names as if they had "-".
   * Default: all pass.
   */
  readonly expectsField?: ((name: string) => boolean) | undefined;
  /** Answers `OPTIONS *`, which asks about the server as a whole, in place of the handler; `onExchange` hears nothing of it. */
  readonly asterisk?: Next | undefined;
}

/** A server at work. */
export interface HttpServer extends AsyncDisposable {
  /** Where it listens. */
  readonly local: Endpoint;
  /** Open connections. */
  readonly connections: number;
  /**
   * Stops gracefully: no new connections, idle ones are closed, busy ones after their response; what is left after `graceMs` (default 10,000) is
   * aborted. Resolves when none is left.
   */
  shutdown(graceMs?: number): Promise<void>;
  /** Stops at once: every connection is aborted. */
  close(): Promise<void>;
}

/**
 * Serves HTTP with a handler of the fetch shape: `(request, info) => Response`. An app of Hono, Elysia or h3 is one.
 *
 * @example
 * const listener = await listen("tcp", "127.0.0.1:8080");
 * const server = serve(listener, (request) => new Response(`you asked for ${new URL(request.url).pathname}\n`));
 * await server.shutdown();
 */
export function serve(listener: Listener, handler: Handler, options?: ServeOptions): HttpServer {
  return serveExchanges(listener, fetchHandler(handler), options);
}

/** Serves HTTP with a handler of the engine's own shape, which makes no Request and no Response: the fastest way. */
export function serveExchanges(listener: Listener, next: Next, options: ServeOptions = {}): HttpServer {
  const { limits, clock = realClock, scheme = "http", serverName = "Netwright", onError = complain } = options;
  const { errorHandler, onRefused, onExchange, expectsField, asterisk } = options;
  const engine = new H1Server({
    next,
    limits: limits ?? {},
    clock,
    scheme,
    serverName,
    errorHandler,
    onError,
    onRefused,
    onExchange,
    expectsField,
    asterisk,
  });
  listener.serve((conn) => engine.serve(conn));
  return new ListeningServer(listener, engine);
}

class ListeningServer implements HttpServer, Holdable {
  private readonly listener: Listener;
  private readonly engine: H1Server;
  private readonly guard: DescriptorGuard = descriptorGuard();

  constructor(listener: Listener, engine: H1Server) {
    this.listener = listener;
    this.engine = engine;
    this.guard.join(this);
  }

  /** Descriptors have run short: connections that only wait make room for others. */
  hold(): void {
    this.engine.closeIdle(this.guard.reserve);
  }

  letGo(): void {
    // The listener goes on by itself.
  }

  get local(): Endpoint {
    return this.listener.local;
  }

  get connections(): number {
    return this.engine.size;
  }

  async shutdown(graceMs = 10_000): Promise<void> {
    this.guard.leave(this);
    await this.listener.close();
    await this.engine.shutdown(graceMs);
  }

  async close(): Promise<void> {
    this.guard.leave(this);
    await this.listener.close();
    this.engine.abortAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function complain(exchange: Exchange, error: HandlerError): void {
  if (error.status >= 500)
    console.error(`${exchange.method} ${exchange.target}: ${error.message}`, error.cause ?? error);
}
