import * as z from "zod/mini";
import { DURATION } from "../../config/index.ts";

/** One of `apps.http.servers`. Times are in milliseconds: 0 stands for the default, less for none. */
export interface ServerConfig {
  listen?: string[] | undefined;
  routes?: unknown[] | undefined;
  errors?: { routes?: unknown[] | undefined } | undefined;
  automatic_https?: AutomaticHttpsConfig | undefined;
  read_header_timeout?: number | undefined;
  /** Longest silence inside a request body. */
  read_idle_timeout?: number | undefined;
  /** Bytes a second at which a request body must come on average; 0: none. */
  read_min_rate?: number | undefined;
  /** Longest time without progress in sending. */
  write_idle_timeout?: number | undefined;
  idle_timeout?: number | undefined;
  max_header_bytes?: number | undefined;
  /** Always so here. */
  enable_full_duplex?: true | undefined;
  /** Names of request fields with "_" that pass, or beginnings of them with "*" behind. */
  expected_underscore_headers?: string[] | undefined;
  /** The same for ".". */
  expected_dot_headers?: string[] | undefined;
  protocols?: string[] | undefined;
  logs?: ServerLogsConfig | undefined;
}

/** What of HTTPS is not to be automatic. Nothing is yet, so all of this holds as it is. */
export interface AutomaticHttpsConfig {
  disable?: boolean | undefined;
  disable_redirects?: boolean | undefined;
  disable_certificates?: boolean | undefined;
  /** Hosts that get neither certificates nor redirects. */
  skip?: string[] | undefined;
  skip_certificates?: string[] | undefined;
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

const AUTOMATIC_HTTPS = z.strictObject({
  disable: z.optional(z.boolean()),
  disable_redirects: z.optional(z.boolean()),
  disable_certificates: z.optional(z.boolean()),
  skip: z.optional(z.array(z.string())),
  skip_certificates: z.optional(z.array(z.string())),
});

/** A name with a character, or the beginning of one: `*` may stand at its end only. */
function expected(char: string): z.ZodMiniType<string> {
  return z
    .string()
    .check(
      z.includes(char, `must hold a ${JSON.stringify(char)}`),
      z.regex(/^[^*]*\*?$/, "may hold a * at its end only"),
    );
}

const SERVER = z.strictObject({
  listen: z.optional(z.array(z.string())),
  routes: z.optional(z.array(z.unknown())),
  errors: z.optional(z.strictObject({ routes: z.optional(z.array(z.unknown())) })),
  automatic_https: z.optional(AUTOMATIC_HTTPS),
  read_header_timeout: z.optional(DURATION),
  read_idle_timeout: z.optional(DURATION),
  read_min_rate: z.optional(z.int()),
  write_idle_timeout: z.optional(DURATION),
  idle_timeout: z.optional(DURATION),
  enable_full_duplex: z.optional(
    z.literal(true, "cannot be switched off: requests and responses may always overlap here"),
  ),
  max_header_bytes: z.optional(z.number().check(z.int(), z.gte(256), z.lte(1_048_576))),
  expected_underscore_headers: z.optional(z.array(expected("_"))),
  expected_dot_headers: z.optional(z.array(expected("."))),
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
  read_timeout: "a bound on the time of a whole request: use read_header_timeout, read_idle_timeout and read_min_rate",
  write_timeout: "a bound on the time of a whole response: use write_idle_timeout",
  write_min_rate: "a minimal rate of responses: use write_idle_timeout",
  max_write_chunk: "the size of single writes",
  listen_protocols: "protocols by listen address",
  keepalive_interval: "TCP keep-alive probes",
  keepalive_idle: "TCP keep-alive probes",
  keepalive_count: "TCP keep-alive probes",
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
