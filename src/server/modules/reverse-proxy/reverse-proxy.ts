import { Addr, Prefix } from "../../../addr/index.ts";
import { type Exchange, type ExchangeHandler, HandlerError, type Next } from "../../../http/message/index.ts";
import {
  ConfigError,
  defineModule,
  type HandlerInstance,
  type MatcherInstance,
  type ModuleDefinition,
  type ProvisionContext,
  type Template,
} from "../../module/index.ts";
import { PLANNED_KEYS, REVERSE_PROXY, refusePlanned, type ReverseProxyConfig } from "./config.ts";
import { parseDialAddress } from "./dial-address.ts";
import { HeaderOperations, type HeaderOperationsConfig, ResponseRequirement } from "../headers/index.ts";
import { POLICIES } from "./policies.ts";
import { Proxy } from "./proxy.ts";
import { asksProxy } from "./proxy-values.ts";
import { ProxyExchange } from "./proxy-exchange.ts";
import type { RetryOptions } from "./retry.ts";
import { selectRandom } from "./selection.ts";
import type { SelectionPolicy } from "./selection-policy.ts";
import { type ProxyTransport, TRANSPORTS } from "./transport.ts";
import { Upstream } from "./upstream.ts";
import { UpstreamState } from "./upstream-state.ts";

const DEFAULT_TRY_INTERVAL_MS = 250;

/**
 * `http.handlers.reverse_proxy`: passes requests on to one of several upstreams, and their answers back. Caddy's keys and ways; where it
 * differs, it is stricter: a 101 that was not asked for is a 502, and what is not idempotent is never sent twice.
 */
export const reverseProxy: ModuleDefinition<ReverseProxyConfig, HandlerInstance> = defineModule({
  id: "http.handlers.reverse_proxy",
  schema: REVERSE_PROXY,
  planned: PLANNED_KEYS,
  provision,
});

async function provision(config: ReverseProxyConfig, context: ProvisionContext): Promise<HandlerInstance> {
  refusePlanned(
    config.health_checks?.active,
    [...context.path, "health_checks", "active"],
    "checks made by the server",
  );
  const parsed = parseUpstreams(config, context);
  if (parsed.length === 0) context.warn("has no upstreams: every request will get 503");
  const parts = {
    clock: context.clock,
    policy: await policyOf(config, context),
    transport: await transportOf(config, context),
    retry: retryOf(config),
    retryMatch: await retryMatchOf(config, context),
    passive: passiveOf(config),
    requestOperations: operationsOf(config.headers?.request, context, "request"),
    responseOperations: operationsOf(config.headers?.response, context, "response"),
    responseRequirement: requirementOf(config),
    tells: asksProxy(config.headers),
    trusted: trustedOf(config, context),
    streamTimeoutMs: config.stream_timeout ?? 0,
    streamCloseDelayMs: config.stream_close_delay ?? 0,
  };
  const rewrite = await rewriteOf(config, context);
  // Taken hold of last, when nothing can fail any more.
  const held = parsed.map((upstream) => upstreamOf(upstream, config, context));
  const proxy = new Proxy({ ...parts, upstreams: held });
  return {
    handle: handlerOf(proxy, rewrite),
    cleanup() {
      proxy.close();
      for (const upstream of held) context.usage.release(stateKey(upstream.dial));
    },
  };
}

function stateKey(dial: string): string {
  return `http.reverse_proxy.upstream ${dial}`;
}

interface ParsedUpstream {
  readonly template: Template;
  readonly maxRequests: number;
}

function parseUpstreams(config: ReverseProxyConfig, context: ProvisionContext): ParsedUpstream[] {
  const limit = config.health_checks?.passive?.unhealthy_request_count ?? 0;
  return (config.upstreams ?? []).map(({ dial, max_requests }, index) => {
    const template = context.template(dial, "upstreams", index, "dial");
    if (template.constant !== undefined) checkDial(template.constant, [...context.path, "upstreams", index, "dial"]);
    return { template, maxRequests: max_requests || limit };
  });
}

function upstreamOf(
  { template, maxRequests }: ParsedUpstream,
  config: ReverseProxyConfig,
  context: ProvisionContext,
): Upstream {
  const passive = config.health_checks?.passive;
  const state = context.usage.acquire(stateKey(template.source), () => new UpstreamState());
  return new Upstream(template, state, context.clock, maxRequests, passive === undefined ? 0 : passive.max_fails || 1);
}

function checkDial(text: string, path: readonly (string | number)[]): void {
  try {
    parseDialAddress(text);
  } catch (cause) {
    throw new ConfigError(path, (cause as Error).message, { cause });
  }
}

async function policyOf(config: ReverseProxyConfig, context: ProvisionContext): Promise<SelectionPolicy> {
  const chosen = config.load_balancing?.selection_policy;
  if (chosen === undefined) return { select: (pool) => selectRandom(pool, context.random) };
  const at = ["load_balancing", "selection_policy"];
  return (await context.load(POLICIES, chosen, { inlineKey: "policy" }, ...at)) as SelectionPolicy;
}

async function transportOf(config: ReverseProxyConfig, context: ProvisionContext): Promise<ProxyTransport> {
  const chosen = config.transport ?? { protocol: "http" };
  return (await context.load(TRANSPORTS, chosen, { inlineKey: "protocol" }, "transport")) as ProxyTransport;
}

function retryOf(config: ReverseProxyConfig): RetryOptions {
  const { retries = 0, try_duration = 0, try_interval = 0 } = config.load_balancing ?? {};
  const pause = try_interval === 0 && try_duration > 0 ? DEFAULT_TRY_INTERVAL_MS : try_interval;
  return { retries, tryDurationMs: try_duration, tryIntervalMs: pause };
}

async function retryMatchOf(
  config: ReverseProxyConfig,
  context: ProvisionContext,
): Promise<readonly MatcherInstance[] | undefined> {
  const sets = config.load_balancing?.retry_match;
  if (sets === undefined || sets.length === 0) return undefined;
  return Promise.all(sets.map((set, index) => context.loadMatcherSet(set, "load_balancing", "retry_match", index)));
}

function passiveOf(config: ReverseProxyConfig): ConstructorParameters<typeof Proxy>[0]["passive"] {
  const passive = config.health_checks?.passive;
  if (passive === undefined) return undefined;
  return {
    failDurationMs: passive.fail_duration ?? 0,
    unhealthyStatus: passive.unhealthy_status ?? [],
    unhealthyLatencyMs: passive.unhealthy_latency ?? 0,
  };
}

function operationsOf(
  config: HeaderOperationsConfig | undefined,
  context: ProvisionContext,
  which: string,
): HeaderOperations | undefined {
  return config === undefined ? undefined : new HeaderOperations(config, context, ["headers", which]);
}

function requirementOf(config: ReverseProxyConfig): ResponseRequirement | undefined {
  const require = config.headers?.response?.require;
  return require === undefined ? undefined : new ResponseRequirement(require);
}

function trustedOf(config: ReverseProxyConfig, context: ProvisionContext): Prefix[] {
  return (config.trusted_proxies ?? []).map((text, index) => {
    try {
      if (text.includes("/")) return Prefix.parse(text);
      const addr = Addr.parse(text);
      return Prefix.parse(`${text}/${addr.version === 4 ? 32 : 128}`);
    } catch (cause) {
      throw new ConfigError([...context.path, "trusted_proxies", index], (cause as Error).message, { cause });
    }
  });
}

/** A rewrite of what the upstream sees, bound to `next`. */
type Rewrite = (next: Next) => Next;

async function rewriteOf(
  config: ReverseProxyConfig,
  context: ProvisionContext,
): Promise<{ readonly bind: Rewrite; readonly bodyless: boolean } | undefined> {
  if (config.rewrite === undefined) return undefined;
  const handler = await context.loadHandler({ ...config.rewrite, handler: "rewrite" }, "rewrite");
  const { method } = config.rewrite;
  return {
    bodyless: typeof method === "string" && /^(?:get|head)$/i.test(method),
    bind: "middleware" in handler ? handler.middleware : (next) => (exchange) => handler.handle(exchange, next),
  };
}

/** The handler: straight into the proxy, or through the rewrite, whose changes end with it. */
function handlerOf(proxy: Proxy, rewrite: Awaited<ReturnType<typeof rewriteOf>>): ExchangeHandler {
  if (rewrite === undefined) return (exchange) => forward(proxy, exchange, exchange.bodyLength);
  const bound = rewrite.bind((exchange) => forward(proxy, exchange, rewrite.bodyless ? 0 : exchange.bodyLength));
  return (exchange) => {
    const { method, path, query } = exchange;
    const restore = (): void => {
      exchange.method = method;
      exchange.path = path;
      exchange.query = query;
    };
    const result = bound(exchange);
    if (result !== undefined) return result.then(restore);
    return restore();
  };
}

function forward(proxy: Proxy, exchange: Exchange, bodyLength: number): void {
  if (exchange.method === "CONNECT") throw new HandlerError(405, "CONNECT is not proxied");
  new ProxyExchange(proxy, exchange, bodyLength).begin();
}
