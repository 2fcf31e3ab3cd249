import type { TimerWheel } from "../../clock/index.ts";
import { dial, type Resolver, threadWheel } from "../../net/index.ts";
import { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "../h1/index.ts";
import { ClientExchange } from "./client-exchange.ts";
import { ClientRequest } from "./client-request.ts";
import type { ClientResponse } from "./client-response.ts";
import type { PoolOptions } from "./pool-options.ts";
import { Pools } from "./pools.ts";
import type { RequestOptions } from "./request-options.ts";

/** How a Client works. Everything is optional. */
export interface ClientOptions {
  /** Connections to one origin, those being made included (default 0: no limit). Requests beyond it wait. */
  readonly maxConnsPerOrigin?: number | undefined;
  /** Idle connections kept to one origin (default 32). */
  readonly maxIdlePerOrigin?: number | undefined;
  /** Idle connections kept to all origins together (default 256; 0: no limit). */
  readonly maxIdle?: number | undefined;
  /** Whether a connection serves more than one request (default true). */
  readonly keepAlive?: boolean | undefined;
  /** How long an idle connection is kept (default 120,000 ms; 0: until its server closes it); it may be a sixteenth more. */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a request waits for a connection when there are as many as there may be (default 30,000 ms; 0: no limit). */
  readonly waitTimeoutMs?: number | undefined;
  /** How long connecting may take, the name's resolution included (default 10,000 ms; 0: the system's own limit). */
  readonly dialTimeoutMs?: number | undefined;
  /** Bounds and time-outs of connections; what is not given is DEFAULT_CLIENT_LIMITS'. */
  readonly limits?: Partial<ClientLimits> | undefined;
  /** The User-Agent of requests that have none (default "Netwright"; "": none). */
  readonly userAgent?: string | undefined;
  /** Finds the addresses of names. Default: the system's. */
  readonly resolver?: Resolver | undefined;
  /** The wheel that time-outs run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}

/**
 * An HTTP/1.1 client with kept-alive connections. It follows no redirects, keeps no cookies and asks for no compression. A request that meets a
 * kept-alive connection which its server has just closed goes out again, once, if that does no harm (GET, HEAD, OPTIONS and TRACE without a body);
 * any other failure is the caller's: NetError when the network failed, ProtocolError when the server broke the rules.
 *
 * @example
 * const client = new Client({ limits: { headerTimeoutMs: 5000 } });
 * const response = await client.request("http://127.0.0.1:8080/items", { method: "POST", body: "{}" });
 * console.log(response.status, await response.json());
 * client.close();
 */
export class Client implements Disposable {
  private readonly pools: Pools;
  private readonly wheel: TimerWheel;
  private readonly userAgent: string;
  private closed = false;

  constructor(options: ClientOptions = {}) {
    const { wheel = threadWheel(), userAgent = "Netwright" } = options;
    this.wheel = wheel;
    this.userAgent = userAgent;
    this.pools = new Pools(poolOptions(options, wheel));
  }

  /** Connections, those being made included. */
  get connections(): number {
    return this.pools.size;
  }

  /** Connections that wait for a request. */
  get idleConnections(): number {
    return this.pools.idleCount;
  }

  /**
   * Sends a request; resolves when the head of the response has come, whatever its status. Throws TypeError when it can't be a request, NetError (also for
   * the caller's signal and time-out) and ProtocolError.
   */
  async request(url: string | URL, options: RequestOptions = {}): Promise<ClientResponse> {
    if (this.closed) throw new Error("the client was closed");
    const request = new ClientRequest(url, options, this.userAgent);
    return new ClientExchange(request, this.wheel).begin(this.pools, options);
  }

  /** Closes idle connections now and the others behind their responses. Idempotent. */
  close(): void {
    this.closed = true;
    this.pools.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

let shared: Client | undefined;

/**
 * Sends a request with a client that the whole process shares, with every default (see `Client.request`). Its idle connections do not keep the
 * process alive.
 *
 * @example
 * const response = await request("http://127.0.0.1:8080/");
 * console.log(await response.text());
 */
export async function request(url: string | URL, options?: RequestOptions): Promise<ClientResponse> {
  shared ??= new Client();
  return shared.request(url, options);
}

function poolOptions(options: ClientOptions, wheel: TimerWheel): PoolOptions {
  const { resolver, dialTimeoutMs: timeoutMs = 10_000 } = options;
  return {
    maxConnsPerOrigin: options.maxConnsPerOrigin ?? 0,
    maxIdlePerOrigin: options.maxIdlePerOrigin ?? 32,
    maxIdle: options.maxIdle ?? 256,
    keepAlive: options.keepAlive ?? true,
    idleTimeoutMs: options.idleTimeoutMs ?? 120_000,
    waitTimeoutMs: options.waitTimeoutMs ?? 30_000,
    limits: { ...DEFAULT_CLIENT_LIMITS, ...options.limits },
    unrefIdle: true,
    clock: wheel.clock,
    wheel,
    dial: async ({ network, address }) =>
      dial(network, address, { timeoutMs, wheel, ...(resolver === undefined ? {} : { resolver }) }),
  };
}
