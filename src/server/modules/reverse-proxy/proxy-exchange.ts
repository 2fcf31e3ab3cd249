import type { Timer } from "../../../clock/index.ts";
import {
  type Exchange,
  type Fields,
  HandlerError,
  type OutgoingRequest,
  ProtocolError,
  type ResponseSink,
  type RoundTrip,
} from "../../../http/message/index.ts";
import { type Conn, NetError } from "../../../net/index.ts";
import { BodyPump } from "./body-pump.ts";
import { hasToken, stripRequest, stripResponse, stripTrailers } from "./hop-by-hop.ts";
import { strikes } from "./passive-health.ts";
import type { Proxy } from "./proxy.ts";
import { tellAnswer, tellUpstream } from "./proxy-values.ts";
import { type Failure, mayRetry } from "./retry.ts";
import type { Upstream } from "./upstream.ts";

/** What we call ourselves in Via (RFC 9110 section 7.6.3). */
const PSEUDONYM = "Netwright";
const VIA_11 = `1.1 ${PSEUDONYM}`;

/**
 * One exchange on its way through a proxy. It is the outgoing request and the sink of its response at once, so that a request costs one
 * object here; whatever is rare (a body, a retry, an upgrade, changed fields) makes more when it comes.
 */
export class ProxyExchange implements OutgoingRequest, ResponseSink {
  readonly exchange: Exchange;
  private readonly proxy: Proxy;

  // ── the outgoing request ───────────────────────────────────────────────────────────────────────────────────────────
  readonly method: string;
  readonly target: string;
  host: string;
  fields: Fields;
  bodyLength: number;
  upgrade: string | undefined;

  // ── where it stands ────────────────────────────────────────────────────────────────────────────────────────────────
  /** The upstream that has it; undefined between tries and at the end. */
  upstream: Upstream | undefined;
  /** Tries so far. */
  tries = 0;
  /** When the first try and the present one began; 0 where nobody asks. */
  begunAt = 0;
  triedAt = 0;
  /** Milliseconds to the head of the answer; -1 before it. */
  latencyMs = -1;
  private trip: RoundTrip | undefined;
  private pump: BodyPump | undefined;
  private timer: Timer | undefined;
  private done = false;
  private answered = false;
  private tunnelled = false;
  private resumeTrip: (() => void) | undefined;
  /** Whether the upstream is asked before the body is sent, and until when its answer is awaited. */
  private readonly asks: boolean;
  private asking: Timer | undefined;

  constructor(proxy: Proxy, exchange: Exchange, bodyLength: number) {
    this.proxy = proxy;
    this.exchange = exchange;
    this.method = exchange.method;
    this.target = exchange.target;
    this.host = exchange.host;
    this.fields = exchange.fields;
    this.bodyLength = bodyLength;
    this.asks = bodyLength !== 0 && (proxy.transport.expectContinueMs ?? 0) > 0 && this.fields.has("expect");
    this.upgrade = this.prepare();
  }

  /** Makes the request's fields those of a request by a proxy; returns the protocol asked for, if any. */
  private prepare(): string | undefined {
    const { proxy, exchange, fields } = this;
    const trusted = proxy.trusts(exchange);
    const upgrade = stripRequest(fields, trusted, this.bodyLength === -1);
    if (this.asks) fields.appendUnchecked("Expect", "100-continue");
    proxy.addForwarded(exchange, fields, trusted);
    fields.appendUnchecked("Via", exchange.protocol === "HTTP/1.1" ? VIA_11 : viaOf(exchange.protocol));
    return upgrade;
  }

  begin(): void {
    this.exchange.claim();
    this.exchange.onFinish((_, error) => this.finished(error));
    if (this.proxy.timed) this.begunAt = this.proxy.clock.now();
    this.try();
  }

  private try(): void {
    const { proxy, exchange } = this;
    this.timer = undefined;
    this.tries++;
    const upstream = proxy.policy.select(proxy.upstreams, exchange);
    if (upstream === undefined) {
      return this.failed("none-available", new HandlerError(503, "no upstream is available"));
    }
    this.upstream = upstream;
    upstream.state.requests++;
    if (proxy.timed) this.triedAt = proxy.clock.now();
    try {
      this.send(upstream);
    } catch (error) {
      this.release();
      this.fail(error);
    }
  }

  private send(upstream: Upstream): void {
    const { proxy, exchange, tries } = this;
    const address = proxy.addressOf(upstream, exchange);
    if (proxy.tells) tellUpstream(exchange, upstream, address, tries - 1);
    if (proxy.requestOperations !== undefined) {
      // Each try changes the fields anew: placeholders may tell of the upstream.
      this.fields = exchange.fields.clone();
      this.host = proxy.requestOperations.applyToRequest(this.fields, exchange, exchange.host);
    }
    const trip = proxy.transport.roundTrip(address, this, this);
    // Unless it failed at once and another try is under way.
    if (tries !== this.tries || this.upstream !== upstream) return;
    this.trip = trip;
    if (this.asks) this.askForBody(trip);
    else if (this.bodyLength !== 0) this.sendBody(trip);
  }

  /** The body waits until the upstream agrees, but not for ever: it may not know what it is asked (RFC 9110 section 10.1.1). */
  private askForBody(trip: RoundTrip): void {
    const { clock, transport } = this.proxy;
    this.asking = clock.setTimer(() => {
      this.asking = undefined;
      this.sendBody(trip);
    }, transport.expectContinueMs!);
  }

  private stopAsking(): boolean {
    const { asking } = this;
    this.asking = undefined;
    if (asking !== undefined) this.proxy.clock.clearTimer(asking);
    return asking !== undefined;
  }

  private sendBody(trip: RoundTrip): void {
    this.pump ??= new BodyPump(this.exchange.body, this.proxy.retries, (error) => this.bodyBroken(error));
    this.pump.feed(trip);
  }

  // ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────────────
  informational(status: number, fields: Fields): void {
    // The server itself answers Expect, when the body is first asked for.
    if (status === 100) {
      if (this.stopAsking() && this.trip !== undefined) this.sendBody(this.trip);
      return;
    }
    stripResponse(fields, false);
    this.exchange.inform(status, fields);
  }

  head(status: number, fields: Fields, length: number): void {
    this.answered = true;
    const { proxy, exchange } = this;
    if (this.asks) this.stopAsking();
    if (proxy.timed) this.judge(status);
    const told = length === 0 && this.method === "HEAD" ? declaredLength(fields) : length;
    stripResponse(fields, length === -1);
    fields.appendUnchecked("Via", VIA_11);
    // Whoever made the answer says so in Server; we say in Via who passed it on.
    if (exchange.hasResponseFields) exchange.responseFields.delete("server");
    if (proxy.tells) tellAnswer(exchange, status, fields);
    proxy.changeResponse(exchange, status, fields);
    exchange.start(status, told, fields);
  }

  data(chunk: Uint8Array, start: number, end: number): void {
    if (this.exchange.write(chunk, start, end)) return;
    this.trip?.pause();
    this.resumeTrip ??= () => this.trip?.resume();
    this.exchange.onDrain(this.resumeTrip);
  }

  end(trailers: Fields | undefined): void {
    this.over();
    if (trailers !== undefined) stripTrailers(trailers);
    try {
      this.exchange.end(undefined, trailers);
    } catch (error) {
      // What changes the body on its way out may fail at its end: that is not the upstream's affair any more.
      this.exchange.fail(error);
    }
  }

  upgraded(status: number, fields: Fields, conn: Conn): void {
    this.answered = true;
    const { proxy, exchange } = this;
    const protocol = fields.get("upgrade");
    const asked = protocol !== undefined && protocol.toLowerCase() === this.upgrade;
    if (!asked || !hasToken(fields.combined("connection") ?? "", "upgrade") || !exchange.canHijack) {
      conn.abort();
      this.release();
      return this.fail(
        new HandlerError(502, `the upstream switched to ${protocol ?? "nothing"}, which was not asked for`),
      );
    }
    if (proxy.timed) this.judge(status);
    stripResponse(fields, false);
    if (proxy.tells) tellAnswer(exchange, status, fields);
    proxy.changeResponse(exchange, status, fields);
    fields.set("Connection", "Upgrade");
    fields.set("Upgrade", protocol);
    // The upstream has it until the tunnel ends.
    this.tunnelled = true;
    this.trip = undefined;
    proxy.joinTunnel(exchange.hijack(status, fields), conn, () => this.release());
  }

  error(error: Error): void {
    const { trip, upstream } = this;
    // Error routes may ask where it failed.
    if (upstream !== undefined) this.tellWhere(upstream);
    this.release();
    if (this.done) return;
    if (upstream !== undefined) this.proxy.countFailure(upstream, 1);
    if (this.answered) return this.fail(error);
    const sent = trip?.sent === true;
    const whole = this.bodyLength === 0 || this.pump === undefined;
    if (sent) return this.failed(whole ? "repeatable" : "spent", error);
    this.failed(whole || this.pump?.repeatable === true ? "unsent" : "spent", error);
  }

  drain(): void {
    this.pump?.resume();
  }

  private tellWhere(upstream: Upstream): void {
    const { exchange, proxy, tries } = this;
    tellUpstream(exchange, upstream, proxy.addressOf(upstream, exchange), tries - 1);
  }

  // ── when it goes wrong ─────────────────────────────────────────────────────────────────────────────────────────────
  /** A try failed before anything of an answer came: another one, or the end. */
  private failed(failure: Failure, error: Error): void {
    const { proxy } = this;
    const elapsed = proxy.retries ? proxy.clock.now() - this.begunAt : 0;
    const matched = failure === "repeatable" ? proxy.retryMatches(this.exchange) : undefined;
    if (!mayRetry(proxy.retry, failure, this.method, this.tries, elapsed, matched)) return this.fail(error);
    this.pump?.hold();
    const pause = proxy.retry.tryIntervalMs;
    if (pause <= 0) return this.try();
    this.timer = proxy.clock.setTimer(() => this.try(), pause);
  }

  private fail(error: unknown): void {
    this.done = true;
    this.pump?.drop();
    this.exchange.fail(this.answered ? error : asHandlerError(error));
  }

  /** The client's body broke off: nothing whole can reach the upstream. */
  private bodyBroken(error: Error): void {
    const { trip } = this;
    this.release();
    trip?.abort();
    this.done = true;
    this.exchange.fail(error);
  }

  /** The exchange has ended, by us or because the client is gone: the upstream need not go on. */
  private finished(error: unknown): void {
    if (this.tunnelled) return;
    this.done = true;
    if (this.timer !== undefined) this.proxy.clock.clearTimer(this.timer);
    const { trip } = this;
    this.release();
    if (error !== undefined) this.pump?.drop();
    trip?.abort();
  }

  /** The answer is whole. */
  private over(): void {
    this.done = true;
    this.release();
    this.pump?.drop();
  }

  /** Gives the upstream back: once a try. */
  private release(): void {
    const { upstream } = this;
    this.trip = undefined;
    if (this.asks) this.stopAsking();
    if (upstream === undefined) return;
    this.upstream = undefined;
    upstream.state.requests--;
  }

  private judge(status: number): void {
    const { proxy, upstream } = this;
    this.latencyMs = proxy.clock.now() - this.triedAt;
    if (proxy.passive === undefined || upstream === undefined) return;
    proxy.countFailure(upstream, strikes(proxy.passive, status, this.latencyMs));
  }
}

/** The Content-Length of an answer without a body; -1 when it has none. */
function declaredLength(fields: Fields): number {
  const text = fields.get("content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

function viaOf(protocol: string): string {
  return `${protocol.slice(protocol.indexOf("/") + 1)} ${PSEUDONYM}`;
}

/** 504 when the upstream was too slow, 502 for whatever else went wrong with it. */
function asHandlerError(error: unknown): HandlerError {
  if (error instanceof HandlerError) return error;
  const slow = error instanceof NetError && error.isTimeout && error.op !== "dial";
  const text = error instanceof Error ? error.message : String(error);
  const spoke = error instanceof ProtocolError ? "the upstream broke the protocol" : "the upstream failed";
  return new HandlerError(slow ? 504 : 502, `${spoke}: ${text}`, { cause: error });
}
