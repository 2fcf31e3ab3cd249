import type { Clock } from "../../../clock/index.ts";
import { type ErrorHandler, type Exchange, HandlerError, type Next } from "../../../http/message/index.ts";
import type { Logger } from "../../../log/index.ts";
import { ERROR_VAR } from "../../module/index.ts";
import { requestRecord } from "../logging/index.ts";

/** Where errors of requests are told. */
export interface ErrorLog {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whether fields with secrets are written as they are. */
  readonly credentials: boolean;
}

/**
 * Answers errors by a server's error routes: the request gets back what rewrites changed, the error is in its variables, and when no route
 * answers, its bare status is sent. So it is when a route fails in its turn: the status is that of the first error.
 */
export function errorRoutes(routes: Next | undefined, log: ErrorLog): ErrorHandler {
  return (exchange, thrown) => {
    const error = HandlerError.from(thrown);
    logError(log, exchange, error);
    if (routes === undefined) return answerBare(exchange, error);
    restoreRequest(exchange);
    exchange.vars.set(ERROR_VAR, error);
    exchange.onError((failed, second) => {
      logError(log, failed, HandlerError.from(second));
      answerBare(failed, error);
    });
    return routes(exchange);
  };
}

/** Tells of errors that came when a response had begun, so that no route could answer them: an upstream that broke off, for one. */
export function logBrokenOff(log: ErrorLog): (exchange: Exchange, error: HandlerError) => void {
  return (exchange, error) => {
    if (exchange.started) logError(log, exchange, error);
  };
}

/** What stands behind the last error route. */
export function answerStatus(exchange: Exchange): void {
  const error = exchange.vars.get(ERROR_VAR);
  answerBare(exchange, HandlerError.from(error));
}

function answerBare(exchange: Exchange, error: HandlerError): void {
  exchange.start(error.status, 0);
  exchange.end();
}

/** Error routes match what was asked for, not what rewrites made of it. */
function restoreRequest(exchange: Exchange): void {
  exchange.method = exchange.originalMethod;
  if (!exchange.rewritten) return;
  const target = exchange.originalTarget.replace(ABSOLUTE_PART, "");
  const mark = target.indexOf("?");
  exchange.path = (mark < 0 ? target : target.slice(0, mark)) || "/";
  exchange.query = mark < 0 ? "" : target.slice(mark + 1);
}

/** What an absolute-form target has before its path. */
const ABSOLUTE_PART = /^[a-z][a-z\d+.-]*:\/\/[^/?]*/i;

/** A line in Caddy's shape: the request, how long it took, what it is answered. What is the client's own doing is told at DEBUG only. */
function logError(log: ErrorLog, exchange: Exchange, error: HandlerError): void {
  const level = error.status >= 500 ? "error" : "debug";
  if (!log.logger.enabled(level)) return;
  log.logger.log(level, error.message, {
    request: requestRecord(exchange, log.credentials),
    duration: (log.clock.now() - exchange.startedAt) / 1000,
    status: error.status,
    ...(error.cause === undefined ? undefined : { cause: error.cause }),
  });
}
