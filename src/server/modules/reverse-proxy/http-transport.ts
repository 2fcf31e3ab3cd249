import * as z from "zod/mini";
import { TimerWheel } from "../../../clock/index.ts";
import { DEFAULT_CLIENT_LIMITS, Pools, type PoolOptions } from "../../../http/client/index.ts";
import { dial } from "../../../net/index.ts";
import { DURATION } from "../../config/index.ts";
import { ConfigError, defineModule, type ModuleDefinition, type ProvisionContext } from "../../module/index.ts";
import { refusePlanned } from "./config.ts";
import { type ProxyTransport, TRANSPORTS } from "./transport.ts";

const COUNT = z.int().check(z.gte(0));
const PLANNED = z.optional(z.unknown());

/** The config of `http.reverse_proxy.transport.http`. Times are in milliseconds, 0 or absent: Caddy's default. */
export interface HttpTransportConfig {
  readonly keep_alive?: KeepAliveConfig | undefined;
  /** Connections to one upstream, those being made included; requests beyond it wait. Default 0: no limit. */
  readonly max_conns_per_host?: number | undefined;
  /** How long connecting may take. Default 3 s. */
  readonly dial_timeout?: number | undefined;
  /** How long an upstream may take from the end of the request to the head of its answer. Default: no limit. */
  readonly response_header_timeout?: number | undefined;
  /**
   * When a client asks before it sends a body (`Expect: 100-continue`), the upstream is asked too, and the body goes out when it agrees or after this long.
   * Default 0: the server answers the client itself, and the body goes out at once.
   */
  readonly expect_continue_timeout?: number | undefined;
  /** The size of a response's head in bytes. Default 65,536, which is what this server can pass on. */
  readonly max_response_header_size?: number | undefined;
  /** How long an upstream may be silent while it is listened to. Default: no limit. */
  readonly read_timeout?: number | undefined;
  /** How long an upstream may take nothing of a request. Default: no limit. */
  readonly write_timeout?: number | undefined;
  /** Gzip between proxy and upstream. Only `false`, which is what happens anyway. */
  readonly compression?: boolean | undefined;
  /** Only `["1.1"]`, the default. */
  readonly versions?: readonly string[] | undefined;
}

/** Connections that wait for the next request. */
export interface KeepAliveConfig {
  /** Default true. */
  readonly enabled?: boolean | undefined;
  /** Idle connections to all upstreams together. Default 0: no limit. */
  readonly max_idle_conns?: number | undefined;
  /** Idle connections to one upstream. Default 32. */
  readonly max_idle_conns_per_host?: number | undefined;
  /** How long one is kept. Default 2 min. */
  readonly idle_timeout?: number | undefined;
  readonly probe_interval?: unknown;
}

const SCHEMA: z.ZodMiniType<HttpTransportConfig> = z.strictObject({
  keep_alive: z.optional(
    z.strictObject({
      enabled: z.optional(z.boolean()),
      max_idle_conns: z.optional(COUNT),
      max_idle_conns_per_host: z.optional(COUNT),
      idle_timeout: z.optional(DURATION),
      probe_interval: PLANNED,
    }),
  ),
  max_conns_per_host: z.optional(COUNT),
  dial_timeout: z.optional(DURATION),
  response_header_timeout: z.optional(DURATION),
  expect_continue_timeout: z.optional(DURATION),
  max_response_header_size: z.optional(COUNT),
  read_timeout: z.optional(DURATION),
  write_timeout: z.optional(DURATION),
  compression: z.optional(z.boolean()),
  versions: z.optional(z.array(z.string())),
});

const PLANNED_KEYS: Readonly<Record<string, string>> = {
  dial_fallback_delay: "dialling an upstream's addresses side by side",
  forward_proxy_url: "reaching upstreams through another proxy",
  local_address: "the address that upstreams are dialled from",
  network_proxy: "reaching upstreams through another proxy",
  proxy_protocol: "telling upstreams the client's address by the PROXY protocol",
  read_buffer_size: "the size of buffers",
  resolver: "name servers of a proxy's own",
  tls: "TLS to upstreams",
  write_buffer_size: "the size of buffers",
};

const DEFAULT_DIAL_TIMEOUT_MS = 3000;
const DEFAULT_IDLE_TIMEOUT_MS = 120_000;
const DEFAULT_IDLE_PER_HOST = 32;
/**
 * What the system may hold of an upstream's answer: what comes at a time is queued whole for a client that reads slowly. Measured with 100 readers at 64 KiB a second: 574 KiB each
 * with the system's own choice.
 */
const RECEIVE_BUFFER = 128 * 1024;
/** Timers of a proxy's waits need no better. */
const TICK_MS = 100;

/** `http.reverse_proxy.transport.http`: HTTP/1.1 to upstreams, over TCP or Unix sockets, on connections that are kept alive. Caddy's keys and defaults. */
export const httpTransport: ModuleDefinition<HttpTransportConfig, ProxyTransport> = defineModule({
  id: `${TRANSPORTS}.http`,
  schema: SCHEMA,
  planned: PLANNED_KEYS,
  provision(config, context): ProxyTransport {
    refuseUnbuilt(config, context);
    const pools = new Pools(poolOptions(config, context));
    return {
      expectContinueMs: config.expect_continue_timeout ?? 0,
      roundTrip: (address, request, sink) => pools.roundTrip(address, request, sink),
      cleanup: () => pools.close(),
    };
  },
});

function refuseUnbuilt(config: HttpTransportConfig, context: ProvisionContext): void {
  const { keep_alive, versions, compression } = config;
  refusePlanned(keep_alive?.probe_interval, [...context.path, "keep_alive", "probe_interval"], "TCP's own probes");
  refusePlanned(
    compression === true ? compression : undefined,
    [...context.path, "compression"],
    "gzip between proxy and upstream",
  );
  const other = versions?.find((version) => version !== "1.1");
  if (other === undefined) return;
  throw new ConfigError([...context.path, "versions"], `HTTP version ${JSON.stringify(other)} is not built yet`, {
    hint: 'only "1.1" is spoken to upstreams',
  });
}

function poolOptions(config: HttpTransportConfig, { clock }: ProvisionContext): PoolOptions {
  const wheel = new TimerWheel(clock, TICK_MS);
  const timeoutMs = config.dial_timeout || DEFAULT_DIAL_TIMEOUT_MS;
  return {
    ...limitsOf(config),
    waitTimeoutMs: 0,
    unrefIdle: false,
    clock,
    wheel,
    dial: (origin) => dial(origin.network, origin.address, { timeoutMs, wheel, receiveBufferBytes: RECEIVE_BUFFER }),
  };
}

type Bounds = "maxConnsPerOrigin" | "maxIdlePerOrigin" | "maxIdle" | "keepAlive" | "idleTimeoutMs" | "limits";

function limitsOf(config: HttpTransportConfig): Pick<PoolOptions, Bounds> {
  const { keep_alive: kept = {}, read_timeout: readMs = 0, response_header_timeout: headerMs = 0 } = config;
  return {
    maxConnsPerOrigin: config.max_conns_per_host ?? 0,
    maxIdlePerOrigin: kept.max_idle_conns_per_host || DEFAULT_IDLE_PER_HOST,
    maxIdle: kept.max_idle_conns ?? 0,
    keepAlive: kept.enabled ?? true,
    idleTimeoutMs: kept.idle_timeout || DEFAULT_IDLE_TIMEOUT_MS,
    limits: {
      ...DEFAULT_CLIENT_LIMITS,
      headerBytes: config.max_response_header_size || DEFAULT_CLIENT_LIMITS.headerBytes,
      headerTimeoutMs: headerMs > 0 && readMs > 0 ? Math.min(headerMs, readMs) : headerMs || readMs,
      bodyIdleTimeoutMs: readMs,
      writeIdleTimeoutMs: config.write_timeout ?? 0,
    },
  };
}
