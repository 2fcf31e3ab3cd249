import * as z from "zod/mini";
import { ConfigError, type ConfigPath } from "../../module/index.ts";
import { DURATION } from "../../config/index.ts";
import {
  HEADER_OPERATIONS,
  type HeaderOperationsConfig,
  RESPONSE_HEADER_OPERATIONS,
  type ResponseHeaderOperationsConfig,
} from "../headers/index.ts";

const COUNT = z.int().check(z.gte(0));
const PLANNED = z.optional(z.unknown());

const UPSTREAM = z.strictObject({ dial: z.string().check(z.minLength(1)), max_requests: z.optional(COUNT) });

const LOAD_BALANCING = z.strictObject({
  selection_policy: z.optional(z.looseObject({ policy: z.string() })),
  retries: z.optional(COUNT),
  try_duration: z.optional(DURATION),
  try_interval: z.optional(DURATION),
  retry_match: z.optional(z.array(z.record(z.string(), z.unknown()))),
});

const HEALTH_CHECKS = z.strictObject({
  active: PLANNED,
  passive: z.optional(
    z.strictObject({
      fail_duration: z.optional(DURATION),
      max_fails: z.optional(COUNT),
      unhealthy_status: z.optional(z.array(COUNT)),
      unhealthy_latency: z.optional(DURATION),
      unhealthy_request_count: z.optional(COUNT),
    }),
  ),
});

const HEADERS = z.strictObject({
  request: z.optional(HEADER_OPERATIONS),
  response: z.optional(RESPONSE_HEADER_OPERATIONS),
});

/** The config of `http.handlers.reverse_proxy`. Times are in milliseconds, 0 or absent: Caddy's default. */
export interface ReverseProxyConfig {
  readonly upstreams?: readonly { readonly dial: string; readonly max_requests?: number | undefined }[] | undefined;
  readonly transport?: { readonly protocol: string } | undefined;
  readonly load_balancing?: LoadBalancingConfig | undefined;
  readonly health_checks?:
    | { readonly active?: unknown; readonly passive?: PassiveHealthConfig | undefined }
    | undefined;
  readonly headers?:
    | {
        readonly request?: HeaderOperationsConfig | undefined;
        /** `deferred` changes nothing here: an upstream's answer is there before its fields are changed. */
        readonly response?: ResponseHeaderOperationsConfig | undefined;
      }
    | undefined;
  /** The config of `http.handlers.rewrite`, applied to what the upstream sees only. */
  readonly rewrite?: Readonly<Record<string, unknown>> | undefined;
  /** Addresses or prefixes whose X-Forwarded-* are believed. */
  readonly trusted_proxies?: readonly string[] | undefined;
  /** Accepted for Caddy's sake: what comes is sent on at once, always. */
  readonly flush_interval?: number | undefined;
  /** Tunnels (WebSocket) are closed after this long; 0: never. */
  readonly stream_timeout?: number | undefined;
  /** How long tunnels outlive the config that made them. */
  readonly stream_close_delay?: number | undefined;
}

/** Which upstream is chosen, and whether another is tried when it fails. */
export interface LoadBalancingConfig {
  readonly selection_policy?: { readonly policy: string } | undefined;
  readonly retries?: number | undefined;
  readonly try_duration?: number | undefined;
  readonly try_interval?: number | undefined;
  readonly retry_match?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

/** When an upstream counts as down, as the requests through it tell. */
export interface PassiveHealthConfig {
  readonly fail_duration?: number | undefined;
  readonly max_fails?: number | undefined;
  readonly unhealthy_status?: readonly number[] | undefined;
  readonly unhealthy_latency?: number | undefined;
  readonly unhealthy_request_count?: number | undefined;
}

/** Caddy's keys, no others. */
export const REVERSE_PROXY: z.ZodMiniType<ReverseProxyConfig> = z.strictObject({
  upstreams: z.optional(z.array(UPSTREAM)),
  transport: z.optional(z.looseObject({ protocol: z.string() })),
  load_balancing: z.optional(LOAD_BALANCING),
  health_checks: z.optional(HEALTH_CHECKS),
  headers: z.optional(HEADERS),
  rewrite: z.optional(z.record(z.string(), z.unknown())),
  trusted_proxies: z.optional(z.array(z.string())),
  flush_interval: z.optional(z.union([z.literal(-1), DURATION])),
  stream_timeout: z.optional(DURATION),
  stream_close_delay: z.optional(DURATION),
});

/** Keys of Caddy's which are not built yet. */
export const PLANNED_KEYS: Readonly<Record<string, string>> = {
  circuit_breaker: "relieving an upstream that begins to fail",
  dynamic_upstreams: "upstreams from DNS",
  handle_response: "routes for chosen responses",
  proxy_status_name: "the Proxy-Status field",
  request_buffers: "holding request bodies back until they are whole",
  response_buffers: "holding response bodies back until they are whole",
  stream_buffer_size: "the size of a tunnel's buffers",
  verbose_logs: "logs of the proxy's inner workings",
};

/** Refuses a key below a module's own that Caddy knows and we do not build yet. */
export function refusePlanned(value: unknown, path: ConfigPath, purpose: string): void {
  if (value === undefined) return;
  throw new ConfigError(path, `is known to Caddy, but not built here yet (${purpose})`, { hint: "remove it" });
}
