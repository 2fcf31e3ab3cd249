import { type ErrorHandler, type Exchange, HandlerError, type Next } from "../../../http/message/index.ts";
import type { Logger } from "../../../log/index.ts";
import { ERROR_VAR } from "../../module/index.ts";

/**
 * Answers errors by a server's error routes: the request gets back what rewrites changed, the error is in its variables, and when no route
 * answers, its bare status is sent.
 */
export function errorRoutes(routes: Next | undefined, logger: Logger): ErrorHandler {
  return (exchange, thrown) => {
    const error = HandlerError.from(thrown);
    logError(logger, exchange, error);
    if (routes === undefined) return answerBare(exchange, error);
    restoreRequest(exchange);
    exchange.vars.set(ERROR_VAR, error);
    return routes(exchange);
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
  const { originalTarget } = exchange;
  if (!originalTarget.startsWith("/")) return;
  const mark = originalTarget.indexOf("?");
  exchange.path = mark < 0 ? originalTarget : originalTarget.slice(0, mark);
  exchange.query = mark < 0 ? "" : originalTarget.slice(mark + 1);
}

function logError(logger: Logger, exchange: Exchange, error: HandlerError): void {
  const level = error.status >= 500 ? "error" : "debug";
  if (!logger.enabled(level)) return;
  logger.log(level, error.message, {
    request: {
      remote: exchange.remote.toString(),
      method: exchange.originalMethod,
      host: exchange.host,
      uri: exchange.originalTarget,
    },
    status: error.status,
    ...(error.cause === undefined ? undefined : { cause: error.cause }),
  });
}
