import * as z from "zod/mini";
import { DURATION } from "../../config/index.ts";

/** One of `apps.http.servers`. */
export interface ServerConfig {
  listen?: string[] | undefined;
  routes?: unknown[] | undefined;
  errors?: { routes?: unknown[] | undefined } | undefined;
  automatic_https?: { disable?: boolean | undefined } | undefined;
  /** Milliseconds. */
  read_header_timeout?: number | undefined;
  idle_timeout?: number | undefined;
  max_header_bytes?: number | undefined;
  protocols?: string[] | undefined;
  logs?: ServerLogsConfig | undefined;
}

/** Which access logs a server writes; an empty object is enough to have one. */
export interface ServerLogsConfig {
  default_logger_name?: string | undefined;
  logger_names?: Record<string, string | string[]> | undefined;
  skip_hosts?: string[] | undefined;
  skip_unmapped_hosts?: boolean | undefined;
  should_log_credentials?: boolean | undefined;
}

/** `apps.http`. */
export interface HttpConfig {
  http_port?: number | undefined;
  https_port?: number | undefined;
  /** Milliseconds. */
  grace_period?: number | undefined;
  servers?: Record<string, ServerConfig> | undefined;
}

const PORT = z.number().check(z.int(), z.gte(1), z.lte(65_535));

const SERVER_LOGS = z.strictObject({
  default_logger_name: z.optional(z.string()),
  logger_names: z.optional(z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
  skip_hosts: z.optional(z.array(z.string())),
  skip_unmapped_hosts: z.optional(z.boolean()),
  should_log_credentials: z.optional(z.boolean()),
});

/** Nothing of HTTPS is automatic yet, so that what switches parts of it off holds as it is. */
const AUTOMATIC_HTTPS = z.strictObject({
  disable: z.optional(z.boolean()),
  disable_redirects: z.optional(z.boolean()),
  disable_certificates: z.optional(z.boolean()),
  skip: z.optional(z.array(z.string())),
  skip_certificates: z.optional(z.array(z.string())),
});

const SERVER = z.strictObject({
  listen: z.optional(z.array(z.string())),
  routes: z.optional(z.array(z.unknown())),
  errors: z.optional(z.strictObject({ routes: z.optional(z.array(z.unknown())) })),
  automatic_https: z.optional(AUTOMATIC_HTTPS),
  read_header_timeout: z.optional(DURATION),
  idle_timeout: z.optional(DURATION),
  max_header_bytes: z.optional(z.number().check(z.int(), z.gte(256), z.lte(1_048_576))),
  protocols: z.optional(z.array(z.enum(["h1", "h2", "h2c", "h3"]))),
  logs: z.optional(SERVER_LOGS),
});

export const HTTP_SCHEMA: z.ZodMiniType<HttpConfig> = z.strictObject({
  http_port: z.optional(PORT),
  https_port: z.optional(PORT),
  grace_period: z.optional(DURATION),
  servers: z.optional(z.record(z.string(), SERVER)),
});

/** What Caddy's http app knows and ours does not do yet. */
export const PLANNED_HTTP_KEYS: Readonly<Record<string, string>> = {
  shutdown_delay: "a delay before a shutdown",
  metrics: "metrics",
  named_routes: "named routes",
  read_timeout:
    "a bound on the time of a whole request (read_header_timeout bounds the header; a body may not pause for more than 30 s)",
  write_timeout: "a bound on the time of a whole response (a reader that takes nothing for 30 s is dropped)",
  keepalive_interval: "TCP keep-alive probes",
  keepalive_idle: "TCP keep-alive probes",
  keepalive_count: "TCP keep-alive probes",
  enable_full_duplex: "a choice about full duplex: it is always on here",
  tls_connection_policies: "TLS",
  strict_sni_host: "TLS",
  trusted_proxies: "trusted proxies of a whole server (a reverse_proxy handler has its own)",
  trusted_proxies_strict: "trusted proxies of a whole server",
  trusted_proxies_unix: "trusted proxies of a whole server",
  client_ip_headers: "client addresses taken from header fields",
  listener_wrappers: "listener wrappers",
  packet_conn_wrappers: "packet connection wrappers",
  allow_0rtt: "TLS",
  prefer_wildcard: "automatic HTTPS",
  ignore_loaded_certificates: "automatic HTTPS",
  trace: "tracing of matched routes",
};
