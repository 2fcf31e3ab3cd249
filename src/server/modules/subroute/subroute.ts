import * as z from "zod/mini";
import { type ErrorHandler, type ExchangeMiddleware, HandlerError } from "../../../http/message/index.ts";
import { defineModule, ERROR_VAR, type HandlerInstance, type ModuleDefinition } from "../../module/index.ts";

/** `{"handler": "subroute", "routes": […], "errors": {"routes": […]}}`. */
export interface SubrouteConfig {
  readonly routes?: readonly unknown[] | undefined;
  readonly errors?: { readonly routes?: readonly unknown[] | undefined } | undefined;
}

const ROUTES = z.optional(z.array(z.unknown()));

const SCHEMA: z.ZodMiniType<SubrouteConfig> = z.strictObject({
  routes: ROUTES,
  errors: z.optional(z.strictObject({ routes: ROUTES })),
});

/**
 * `http.handlers.subroute`: routes within a route. With `errors`, what is thrown in them or behind them is answered by those routes, which see the request
 * as it stood when it failed; where they do not answer, the handlers behind the subroute do.
 */
export const subroute: ModuleDefinition<SubrouteConfig, HandlerInstance> = defineModule({
  id: "http.handlers.subroute",
  schema: SCHEMA,
  async provision(config: SubrouteConfig, context): Promise<HandlerInstance> {
    const routes = await context.compileRoutes(config.routes ?? [], "routes");
    if (config.errors === undefined) return { middleware: routes };
    const errors = await context.compileRoutes(config.errors.routes ?? [], "errors", "routes");
    return { middleware: withErrors(routes, errors) };
  },
});

function withErrors(routes: ExchangeMiddleware, errors: ExchangeMiddleware): ExchangeMiddleware {
  return (next) => {
    const inside = routes(next);
    const failed = errors(next);
    const onError: ErrorHandler = (exchange, error) => {
      exchange.vars.set(ERROR_VAR, HandlerError.from(error));
      return failed(exchange);
    };
    return (exchange) => {
      exchange.onError(onError);
      return inside(exchange);
    };
  };
}
