import { AddrPort, type Prefix } from "../../../addr/index.ts";
import type { Clock } from "../../../clock/index.ts";
import type { Exchange, Fields } from "../../../http/message/index.ts";
import type { Conn, Endpoint } from "../../../net/index.ts";
import type { MatcherInstance } from "../../module/index.ts";
import { type DialAddress, parseDialAddress } from "./dial-address.ts";
import { addForwarded, extendForwarded } from "./forwarded.ts";
import type { HeaderOperations, ResponseRequirement } from "../headers/index.ts";
import type { PassiveHealthOptions } from "./passive-health.ts";
import type { RetryOptions } from "./retry.ts";
import type { SelectionPolicy } from "./selection-policy.ts";
import type { ProxyTransport } from "./transport.ts";
import { Tunnel } from "./tunnel.ts";
import type { Upstream } from "./upstream.ts";

/** What a proxy is made of. */
export interface ProxyParts {
  readonly clock: Clock;
  readonly upstreams: readonly Upstream[];
  readonly policy: SelectionPolicy;
  readonly transport: ProxyTransport;
  readonly retry: RetryOptions;
  readonly retryMatch: readonly MatcherInstance[] | undefined;
  readonly passive: PassiveHealthOptions | undefined;
  readonly requestOperations: HeaderOperations | undefined;
  readonly responseOperations: HeaderOperations | undefined;
  /** Which responses they are for; undefined: all. */
  readonly responseRequirement?: ResponseRequirement | undefined;
  /** Whether these operations ask for `{http.reverse_proxy.*}`. */
  readonly tells: boolean;
  readonly trusted: readonly Prefix[];
  readonly streamTimeoutMs: number;
  readonly streamCloseDelayMs: number;
}

/** A proxy as it was configured, with its upstreams and the tunnels through it. */
export class Proxy {
  readonly clock: Clock;
  readonly upstreams: readonly Upstream[];
  readonly policy: SelectionPolicy;
  readonly transport: ProxyTransport;
  readonly retry: RetryOptions;
  readonly passive: PassiveHealthOptions | undefined;
  readonly requestOperations: HeaderOperations | undefined;
  private readonly responseOperations: HeaderOperations | undefined;
  /** Whether header operations ask for `{http.reverse_proxy.*}`. */
  readonly tells: boolean;
  /** Whether there may be another try. */
  readonly retries: boolean;
  /** Whether anything asks for the time that a request takes. */
  readonly timed: boolean;
  private readonly parts: ProxyParts;
  private readonly addresses = new Map<string, DialAddress>();
  private readonly tunnels = new Set<Tunnel>();

  constructor(parts: ProxyParts) {
    this.parts = parts;
    this.clock = parts.clock;
    this.upstreams = parts.upstreams;
    this.policy = parts.policy;
    this.transport = parts.transport;
    this.retry = parts.retry;
    this.passive = parts.passive;
    this.requestOperations = parts.requestOperations;
    this.responseOperations = parts.responseOperations;
    this.tells = parts.tells;
    this.retries = parts.retry.retries > 0 || parts.retry.tryDurationMs > 0;
    this.timed = this.retries || parts.passive !== undefined;
  }

  /** Whether the peer's X-Forwarded-* are believed. */
  trusts(exchange: Exchange): boolean {
    const { trusted } = this.parts;
    if (trusted.length === 0) return false;
    const { remote } = exchange;
    return remote instanceof AddrPort && trusted.some((prefix) => prefix.contains(remote.addr));
  }

  addForwarded(exchange: Exchange, fields: Fields, trusted: boolean): void {
    const address = peerOf(exchange.remote);
    if (trusted) extendForwarded(fields, address, exchange.scheme, exchange.host);
    else addForwarded(fields, address, exchange.scheme, exchange.host);
  }

  /** Changes the fields of an upstream's answer as the config has it. */
  changeResponse(exchange: Exchange, status: number, fields: Fields): void {
    const { responseOperations: operations } = this;
    if (operations === undefined) return;
    const { responseRequirement } = this.parts;
    if (responseRequirement === undefined || responseRequirement.matches(status, fields))
      operations.apply(fields, exchange);
  }

  /** Where an upstream is for this exchange. Throws TypeError when its placeholders make no address. */
  addressOf(upstream: Upstream, exchange: Exchange): DialAddress {
    const text = upstream.template.constant ?? upstream.template.evaluate(exchange);
    const known = this.addresses.get(text);
    if (known !== undefined) return known;
    const address = parseDialAddress(text);
    // What clients can choose must not fill the memory.
    if (upstream.template.constant !== undefined) this.addresses.set(text, address);
    return address;
  }

  countFailure(upstream: Upstream, count: number): void {
    const duration = this.passive?.failDurationMs ?? 0;
    if (duration <= 0) return;
    for (let i = 0; i < count; i++) upstream.state.fail(this.clock.now() + duration);
  }

  /** Whether `retry_match` asks to repeat a request; undefined when there is none. */
  retryMatches(exchange: Exchange): boolean | undefined {
    // A matcher that has to wait counts as no: this runs in a callback.
    return this.parts.retryMatch?.some((matcher) => matcher.match(exchange) === true);
  }

  /** Joins both ends of an upgraded connection; `onEnd` is called when it is over. */
  joinTunnel(client: Conn, upstream: Conn, onEnd: () => void): void {
    const { streamTimeoutMs } = this.parts;
    const tunnel = new Tunnel(client, upstream, (ended) => {
      this.tunnels.delete(ended);
      if (timer !== undefined) this.clock.clearTimer(timer);
      onEnd();
    });
    const timer =
      streamTimeoutMs > 0 ? this.clock.setTimer(() => tunnel.close(), streamTimeoutMs, { idle: true }) : undefined;
    this.tunnels.add(tunnel);
  }

  /** The config is gone: tunnels close, at once or after the delay it gave them. */
  close(): void {
    const closeAll = (): void => {
      for (const tunnel of this.tunnels) tunnel.close();
    };
    const delay = this.parts.streamCloseDelayMs;
    if (delay > 0 && this.tunnels.size > 0) this.clock.setTimer(closeAll, delay, { idle: true });
    else closeAll();
  }
}

/** The peer's address without port and zone; "" for a Unix socket. */
function peerOf(remote: Endpoint): string {
  if (!(remote instanceof AddrPort)) return "";
  const text = remote.addr.toString();
  return remote.addr.zone === "" ? text : text.slice(0, text.indexOf("%"));
}
