import { type HttpServer, serveExchanges, type ServeOptions } from "../../../http/server/index.ts";
import { DEFAULT_LIMITS, type Limits, type Next, prepareResponse } from "../../../http/message/index.ts";
import type { Clock } from "../../../clock/index.ts";
import type { ListenAddress } from "../../config/index.ts";
import type { AppHost } from "../app.ts";
import { AccessLogging } from "./access-logging.ts";
import { answerStatus, errorRoutes, logBrokenOff } from "./error-routes.ts";
import { expectedFields } from "./expected-fields.ts";
import type { ServerConfig } from "./server-config.ts";

/** The compiled parts of one server of the http app. */
export interface ServerParts {
  readonly name: string;
  readonly config: ServerConfig;
  readonly addresses: readonly ListenAddress[];
  readonly routes: Next;
  readonly errorRoutes: Next | undefined;
  readonly clock: Clock;
}

/** One of `apps.http.servers`, at work on all its addresses. */
export class AppServer {
  private readonly parts: ServerParts;
  private readonly host: AppHost;
  private readonly running: HttpServer[] = [];

  constructor(parts: ServerParts, host: AppHost) {
    this.parts = parts;
    this.host = host;
  }

  /** Opens every address and serves. What was opened before a failure is closed by `stop`. */
  async start(): Promise<void> {
    const { parts } = this;
    const options = this.options();
    for (const address of parts.addresses) {
      this.running.push(serveExchanges(await this.host.listen(address), parts.routes, options));
    }
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.running.splice(0).map((server) => server.shutdown(graceMs)));
  }

  private options(): ServeOptions {
    const { config, clock, errorRoutes: routes } = this.parts;
    const { logger } = this.host;
    const access = config.logs === undefined ? undefined : new AccessLogging(config.logs, logger, clock);
    const refused = logger.named("http.refused");
    const errors = {
      logger: logger.named("http.log.error"),
      clock,
      credentials: config.logs?.should_log_credentials === true,
    };
    return {
      clock,
      limits: limitsOf(config),
      errorHandler: errorRoutes(routes, errors),
      onError: logBrokenOff(errors),
      onExchange: access && ((exchange) => access.watch(exchange)),
      expectsField: expectedFields(config.expected_underscore_headers ?? [], config.expected_dot_headers ?? []),
      asterisk: answerAsterisk,
      onRefused: (conn, status, reason) => refused.debug(reason, { remote: conn.remote.toString(), status }),
    };
  }
}

function limitsOf(config: ServerConfig): Partial<Limits> {
  const limits: { -readonly [Key in keyof Limits]?: Limits[Key] | undefined } = {
    headerTimeoutMs: timeLimit(config.read_header_timeout),
    bodyIdleTimeoutMs: timeLimit(config.read_idle_timeout),
    writeIdleTimeoutMs: timeLimit(config.write_idle_timeout),
    idleTimeoutMs: timeLimit(config.idle_timeout),
  };
  if (config.read_min_rate !== undefined) limits.bodyMinBytesPerSecond = Math.max(0, config.read_min_rate);
  if (config.max_header_bytes !== undefined) {
    limits.headerBytes = config.max_header_bytes;
    limits.requestLineBytes = Math.min(DEFAULT_LIMITS.requestLineBytes, config.max_header_bytes);
  }
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

/** Caddy's zero is the default, and less than that is no limit, which is zero here. */
function timeLimit(ms: number | undefined): number | undefined {
  if (ms === undefined || ms === 0) return undefined;
  return Math.max(0, ms);
}

const WHOLE_SERVER = prepareResponse(200, [], new Uint8Array(0));

/** `OPTIONS *` is no route's affair: the answer is an empty 200, as in Caddy, where no access log tells of it either. */
const answerAsterisk: Next = (exchange) => exchange.respond(WHOLE_SERVER);

/** What stands behind the last route: an exchange that nobody answered gets an empty 200. */
export const endOfRoutes: Next = () => undefined;

/** What stands behind the last error route. */
export const endOfErrorRoutes: Next = answerStatus;
