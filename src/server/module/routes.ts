import * as z from "zod/mini";
import { type Exchange, type ExchangeMiddleware, HandlerError, type Next } from "../../http/message/index.ts";
import type { ConfigPath } from "./config-error.ts";
import { decode } from "./decode.ts";
import type { HandlerInstance, MatcherInstance } from "./instance.ts";
import { anyOf } from "./matcher-set.ts";
import type { ProvisionContext } from "./provision-context.ts";

/** The variable under which the error that error routes answer stands in `exchange.vars`: a HandlerError. */
export const ERROR_VAR = "http.error";

/** What the variables begin with that say which groups have had their route. */
const GROUP_VAR = "\0group ";

interface RouteConfig {
  readonly match?: readonly unknown[] | undefined;
  readonly handle?: readonly unknown[] | undefined;
  readonly group?: string | undefined;
  readonly terminal?: boolean | undefined;
}

const ROUTES: z.ZodMiniType<readonly RouteConfig[]> = z.array(
  z.strictObject({
    match: z.optional(z.array(z.unknown())),
    handle: z.optional(z.array(z.unknown())),
    group: z.optional(z.string()),
    terminal: z.optional(z.boolean()),
  }),
);

/** One route, its modules loaded. */
export interface Route {
  /** Undefined: it always matches. */
  readonly matcher: MatcherInstance | undefined;
  readonly handlers: readonly HandlerInstance[];
  /** Of the routes with the same group only the first that matches is taken. "": none. */
  readonly group: string;
  /** Whether the routes behind it are left out when it matched. */
  readonly terminal: boolean;
}

/** Decodes a list of routes, loads their modules and compiles it. See ProvisionContext.compileRoutes. */
export async function loadRoutes(
  config: unknown,
  context: ProvisionContext,
  at: ConfigPath,
): Promise<ExchangeMiddleware> {
  const configs = decode(ROUTES, config, [...context.path, ...at]);
  const routes: Route[] = [];
  for (const [index, route] of configs.entries()) routes.push(await loadRoute(route, context, [...at, index]));
  return compileRoutes(routes);
}

async function loadRoute(config: RouteConfig, context: ProvisionContext, at: ConfigPath): Promise<Route> {
  const sets: MatcherInstance[] = [];
  for (const [index, set] of (config.match ?? []).entries()) {
    sets.push(await context.loadMatcherSet(set, ...at, "match", index));
  }
  const handlers: HandlerInstance[] = [];
  for (const [index, handler] of (config.handle ?? []).entries()) {
    handlers.push(await context.loadHandler(handler, ...at, "handle", index));
  }
  return {
    matcher: sets.length === 0 ? undefined : anyOf(sets),
    handlers,
    group: config.group ?? "",
    terminal: config.terminal ?? false,
  };
}

/**
 * Compiles routes with Caddy's meaning: the chain comes to each in turn; one that matches runs its handlers, whose `next` are the routes behind it (nothing
 * when it is terminal). A route is matched when the chain reaches it, so that it sees what handlers before it rewrote. Synchronous where
 * matchers and handlers are; nothing is allocated per request unless a route with a group matches.
 */
export function compileRoutes(routes: readonly Route[]): ExchangeMiddleware {
  return (end) => {
    let next = end;
    for (const route of routes.toReversed()) next = bindRoute(route, next);
    return next;
  };
}

function bindRoute(route: Route, behind: Next): Next {
  const { matcher, group } = route;
  let inside = route.terminal ? endOfTerminal : behind;
  for (const handler of route.handlers.toReversed()) inside = bindHandler(handler, inside);
  if (group !== "") inside = oncePerGroup(GROUP_VAR + group, inside, behind);
  if (matcher === undefined) return inside;
  return (exchange) => {
    const matched = matcher.match(exchange);
    if (matched === true) return inside(exchange);
    if (matched === false) return behind(exchange);
    return matched.then((result) => (result ? inside(exchange) : behind(exchange)));
  };
}

/** Binds a handler of either form to what stands behind it. */
export function bindHandler(handler: HandlerInstance, next: Next): Next {
  if ("middleware" in handler) return handler.middleware(next);
  return (exchange) => handler.handle(exchange, next);
}

/** Groups count for the whole exchange: in subroutes and error routes too, as in Caddy. */
function oncePerGroup(key: string, inside: Next, behind: Next): Next {
  return (exchange) => {
    if (exchange.hasVars && exchange.vars.has(key)) return behind(exchange);
    exchange.vars.set(key, true);
    return inside(exchange);
  };
}

/** What stands behind a terminal route: nothing, or, where an error is being answered, its bare status. */
function endOfTerminal(exchange: Exchange): void {
  const error = exchange.hasVars ? exchange.vars.get(ERROR_VAR) : undefined;
  if (error === undefined || exchange.started) return;
  exchange.start(HandlerError.from(error).status, 0);
  exchange.end();
}
