import { beforeEach, describe, expect, test } from "bun:test";
import { AddrPort } from "../../../addr/index.ts";
import { SimulatedClock } from "../../../clock/index.ts";
import {
  type BodySink,
  type Exchange,
  Fields,
  HandlerError,
  type OutgoingRequest,
  type ResponseSink,
  type RoundTrip,
} from "../../../http/message/index.ts";
import { type Conn, NetError } from "../../../net/index.ts";
import { Proxy, type ProxyParts } from "./proxy.ts";
import { ProxyExchange } from "./proxy-exchange.ts";
import { RoundRobin } from "./selection.ts";
import { Upstream } from "./upstream.ts";
import { UpstreamState } from "./upstream-state.ts";

/** A round trip whose server is the test. */
class ScriptedTrip implements RoundTrip {
  sent = false;
  reused = false;
  full = false;
  vars: Map<string, unknown> = new Map();
  log: string[] = [];
  readonly address: string;
  readonly request: OutgoingRequest;
  readonly sink: ResponseSink;

  constructor(address: string, request: OutgoingRequest, sink: ResponseSink) {
    this.address = address;
    this.request = request;
    this.sink = sink;
  }

  write(chunk: Uint8Array): boolean {
    this.log.push(`write ${Buffer.from(chunk).toString("latin1")}`);
    return !this.full;
  }

  end(trailers?: Fields): void {
    this.log.push(trailers === undefined ? "end" : `end ${JSON.stringify([...trailers])}`);
  }

  pause(): void {
    this.log.push("pause");
  }

  resume(): void {
    this.log.push("resume");
  }

  abort(): void {
    this.log.push("abort");
  }

  refuse(code: "ECONNREFUSED" | "ETIMEDOUT" = "ECONNREFUSED"): void {
    this.sink.error(new NetError({ op: "dial", network: "tcp", code, address: this.address }));
  }

  reset(): void {
    this.sent = true;
    this.sink.error(new NetError({ op: "read", network: "tcp", code: "ECONNRESET" }));
  }
}

/** What an exchange of the engine does, as far as a proxy sees it. */
class ScriptedExchange {
  method: string;
  target = "/path?q";
  host = "example.com";
  scheme = "http";
  protocol = "HTTP/1.1";
  remote: AddrPort = AddrPort.parse("192.0.2.7:5000");
  fields: Fields;
  responseFields: Fields = Fields.from([["Server", "Netwright"]]);
  hasResponseFields = true;
  vars: Map<string, unknown> = new Map();
  log: string[] = [];
  error: unknown;
  full = false;
  canHijack = true;
  sink: BodySink | undefined;
  onDrained: (() => void) | undefined;
  finish: ((exchange: Exchange, error?: unknown) => void) | undefined;
  body: object;

  constructor(method: string, entries: readonly (readonly [string, string])[], bodyLength: number) {
    this.method = method;
    this.fields = Fields.from(entries);
    const body = {
      length: bodyLength,
      used: false,
      attach: (sink: BodySink): void => {
        this.sink = sink;
        body.used = true;
      },
      pause: () => this.log.push("pause body"),
      resume: () => this.log.push("resume body"),
    };
    this.body = body;
  }

  claim(): void {
    this.log.push("claim");
  }

  onFinish(callback: (exchange: Exchange, error?: unknown) => void): void {
    this.finish = callback;
  }

  inform(status: number, fields: Fields): void {
    this.log.push(`inform ${status} ${JSON.stringify([...fields])}`);
  }

  start(status: number, length: number, fields: Fields): void {
    this.log.push(`start ${status} ${length} ${JSON.stringify([...this.responseFields, ...fields])}`);
  }

  write(chunk: Uint8Array, start?: number, end?: number): boolean {
    this.log.push(`write ${Buffer.from(chunk.subarray(start, end)).toString("latin1")}`);
    return !this.full;
  }

  onDrain(callback: () => void): void {
    this.onDrained = callback;
  }

  end(_: undefined, trailers?: Fields): void {
    this.log.push(trailers === undefined ? "end" : `end ${JSON.stringify([...trailers])}`);
    this.finish?.(this as unknown as Exchange);
  }

  fail(error: unknown): void {
    this.error = error;
    this.log.push(`fail ${error instanceof HandlerError ? error.status : "abort"}`);
    this.finish?.(this as unknown as Exchange, error);
  }

  clientGone(): void {
    this.finish?.(this as unknown as Exchange, new Error("gone"));
  }
}

let clock: SimulatedClock;
let trips: ScriptedTrip[];
let upstreams: Upstream[];

beforeEach(() => {
  clock = new SimulatedClock();
  trips = [];
});

function proxyTo(names: readonly string[], parts: Partial<ProxyParts> = {}): Proxy {
  upstreams = names.map((dial) => {
    const template = { source: dial, constant: dial, evaluate: () => dial, evaluateKnown: () => dial };
    return new Upstream(template, new UpstreamState(), clock, 0, 1);
  });
  const turns = new RoundRobin();
  return new Proxy({
    clock,
    upstreams,
    policy: { select: (pool) => turns.select(pool) },
    transport: {
      roundTrip(address, request, sink) {
        const trip = new ScriptedTrip(address.address, request, sink);
        trips.push(trip);
        return trip;
      },
    },
    retry: { retries: 0, tryDurationMs: 0, tryIntervalMs: 0 },
    retryMatch: undefined,
    passive: undefined,
    requestOperations: undefined,
    responseOperations: undefined,
    tells: false,
    trusted: [],
    streamTimeoutMs: 0,
    streamCloseDelayMs: 0,
    ...parts,
  });
}

function begin(
  proxy: Proxy,
  method = "GET",
  bodyLength = 0,
  entries: readonly (readonly [string, string])[] = [],
): ScriptedExchange {
  const exchange = new ScriptedExchange(method, entries, bodyLength);
  new ProxyExchange(proxy, exchange as unknown as Exchange, bodyLength).begin();
  return exchange;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const busy = (): number[] => upstreams.map(({ state }) => state.requests);

describe("ProxyExchange", () => {
  test("passes a request on and its answer back", () => {
    const exchange = begin(proxyTo(["a:1"]), "GET", 0, [["Accept", "*/*"]]);
    const [trip] = trips;
    expect(trip!.request).toMatchObject({ method: "GET", target: "/path?q", host: "example.com", bodyLength: 0 });
    expect([...trip!.request.fields]).toEqual([
      ["Accept", "*/*"],
      ["X-Forwarded-For", "192.0.2.7"],
      ["X-Forwarded-Proto", "http"],
      ["X-Forwarded-Host", "example.com"],
      ["Via", "1.1 Netwright"],
    ]);
    expect(busy()).toEqual([1]);
    trip!.sink.informational(
      103,
      Fields.from([
        ["Link", "</a>"],
        ["Keep-Alive", "1"],
      ]),
    );
    trip!.sink.informational(100, new Fields());
    trip!.sink.head(
      200,
      Fields.from([
        ["Server", "up"],
        ["Connection", "close"],
      ]),
      2,
    );
    trip!.sink.data(bytes("ok"), 0, 2);
    trip!.sink.end(undefined);
    expect(exchange.log).toEqual([
      "claim",
      'inform 103 [["Link","</a>"]]',
      'start 200 2 [["Server","up"],["Via","1.1 Netwright"]]',
      "write ok",
      "end",
    ]);
    expect(busy()).toEqual([0]);
    expect(trip!.log).toEqual([]);
  });

  test("tells the length of what a HEAD asked about", () => {
    const exchange = begin(proxyTo(["a:1"]), "HEAD");
    trips[0]!.sink.head(200, Fields.from([["Content-Length", "55"]]), 0);
    trips[0]!.sink.end(undefined);
    expect(exchange.log).toContain('start 200 55 [["Via","1.1 Netwright"]]');
  });

  test("a slow client holds the upstream back", () => {
    const exchange = begin(proxyTo(["a:1"]));
    const [trip] = trips;
    trip!.sink.head(200, new Fields(), -1);
    exchange.full = true;
    trip!.sink.data(bytes("x"), 0, 1);
    expect(trip!.log).toEqual(["pause"]);
    exchange.onDrained?.();
    expect(trip!.log).toEqual(["pause", "resume"]);
  });

  test("a slow upstream holds the client back; trailers go through without what must not come late", () => {
    const exchange = begin(proxyTo(["a:1"]), "POST", -1);
    const [trip] = trips;
    trip!.full = true;
    exchange.sink!.data(bytes("abc"));
    trip!.sink.drain();
    exchange.sink!.end(
      Fields.from([
        ["X-Sum", "1"],
        ["Host", "evil"],
      ]),
    );
    expect(exchange.log).toEqual(["claim", "pause body", "resume body"]);
    expect(trip!.log).toEqual(["write abc", 'end [["X-Sum","1"]]']);
    trip!.sink.head(200, new Fields(), -1);
    trip!.sink.end(
      Fields.from([
        ["X-Late", "1"],
        ["Content-Length", "9"],
      ]),
    );
    expect(exchange.log.at(-1)).toBe('end [["X-Late","1"]]');
  });

  test("no upstream is 503", () => {
    expect(begin(proxyTo([])).log).toEqual(["claim", "fail 503"]);
  });

  test.each([
    ["a refused connection", 502, (trip: ScriptedTrip) => trip.refuse()],
    ["a connection that takes too long", 502, (trip: ScriptedTrip) => trip.refuse("ETIMEDOUT")],
    ["a reset", 502, (trip: ScriptedTrip) => trip.reset()],
    [
      "an answer that takes too long",
      504,
      (trip: ScriptedTrip) => trip.sink.error(new NetError({ op: "read", network: "tcp", code: "ETIMEDOUT" })),
    ],
  ])("%s is %j", (_, status, happen) => {
    const exchange = begin(proxyTo(["a:1"]));
    happen(trips[0]!);
    expect(exchange.log).toEqual(["claim", `fail ${status}`]);
    expect(busy()).toEqual([0]);
  });

  test("a reset in the middle of a body aborts the client, however many upstreams are left", () => {
    const exchange = begin(proxyTo(["a:1", "b:1"], { retry: { retries: 5, tryDurationMs: 0, tryIntervalMs: 0 } }));
    trips[0]!.sink.head(200, new Fields(), 100);
    trips[0]!.reset();
    expect(exchange.log.at(-1)).toBe("fail abort");
    expect(trips).toHaveLength(1);
  });

  test("a client that goes away takes its request with it", () => {
    const exchange = begin(proxyTo(["a:1"]), "POST", 10);
    exchange.clientGone();
    expect(trips[0]!.log).toEqual(["abort"]);
    expect(busy()).toEqual([0]);
  });

  test("a body that breaks off aborts the upstream", () => {
    const exchange = begin(proxyTo(["a:1"]), "POST", 10);
    exchange.sink!.error(new HandlerError(413));
    expect(trips[0]!.log).toEqual(["abort"]);
    expect(exchange.log.at(-1)).toBe("fail 413");
    expect(busy()).toEqual([0]);
  });

  test("an answer before the end of the body is whole; the rest of the body is dropped", () => {
    const exchange = begin(proxyTo(["a:1"]), "POST", 10);
    const [trip] = trips;
    exchange.sink!.data(bytes("abc"));
    trip!.sink.head(413, new Fields(), 0);
    trip!.sink.end(undefined);
    exchange.sink!.data(bytes("defghij"));
    exchange.sink!.end(undefined);
    expect(trip!.log).toEqual(["write abc"]);
    expect(exchange.log).not.toContain("pause body");
  });
});

const TWICE = { retry: { retries: 2, tryDurationMs: 0, tryIntervalMs: 0 } };

describe("ProxyExchange with retries", () => {
  test("goes to the next upstream when one refuses, with the same fields", () => {
    const exchange = begin(proxyTo(["a:1", "b:1"], TWICE));
    trips[0]!.refuse();
    expect(trips[1]!.address).toBe("b:1");
    expect(trips[1]!.request.fields.values("via")).toEqual(["1.1 Netwright"]);
    expect(busy()).toEqual([0, 1]);
    trips[1]!.sink.head(204, new Fields(), 0);
    trips[1]!.sink.end(undefined);
    expect(exchange.log.at(-1)).toBe("end");
  });

  test("a failure inside roundTrip is a failure like any other", () => {
    const proxy = proxyTo(["a:1", "b:1"], TWICE);
    const { roundTrip } = proxy.transport;
    proxy.transport.roundTrip = (address, request, sink) => {
      const trip = roundTrip(address, request, sink) as ScriptedTrip;
      if (trips.length === 1) trip.refuse();
      return trip;
    };
    const exchange = begin(proxy);
    expect(busy()).toEqual([0, 1]);
    exchange.clientGone();
    expect(trips.map(({ log }) => log)).toEqual([[], ["abort"]]);
  });

  test("a body of which nothing has left goes to the next one whole", () => {
    const exchange = begin(proxyTo(["a:1", "b:1"], TWICE), "POST", 6);
    exchange.sink!.data(bytes("abc"));
    trips[0]!.full = true;
    exchange.sink!.data(bytes("def"));
    exchange.sink!.end(undefined);
    trips[0]!.refuse();
    expect(trips[1]!.log).toEqual(["write abc", "write def", "end"]);
  });

  test("a POST is not sent twice once a byte has left", () => {
    const exchange = begin(proxyTo(["a:1", "b:1"], TWICE), "POST");
    trips[0]!.reset();
    expect(trips).toHaveLength(1);
    expect(exchange.log.at(-1)).toBe("fail 502");
  });

  test("a GET without a body is repeated, one with a body is not", () => {
    const proxy = proxyTo(["a:1", "b:1"], TWICE);
    begin(proxy);
    trips[0]!.reset();
    expect(trips).toHaveLength(2);
    const exchange = begin(proxy, "GET", 3);
    exchange.sink!.data(bytes("abc"));
    trips[2]!.reset();
    expect(exchange.log.at(-1)).toBe("fail 502");
  });

  test("waits between tries as long as there is time, and not for a client that is gone", () => {
    const proxy = proxyTo(["a:1"], { retry: { retries: 0, tryDurationMs: 1000, tryIntervalMs: 250 } });
    const exchange = begin(proxy);
    for (let i = 0; i < 4; i++) {
      trips.at(-1)!.refuse();
      clock.advance(250);
    }
    expect(trips).toHaveLength(5);
    trips.at(-1)!.refuse();
    expect(exchange.log.at(-1)).toBe("fail 502");
    const impatient = begin(proxy);
    trips.at(-1)!.refuse();
    impatient.clientGone();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("ProxyExchange with passive health", () => {
  const passive = { failDurationMs: 1000, unhealthyStatus: [5], unhealthyLatencyMs: 100 };

  test("counts refusals, bad statuses and slow heads, and leaves the upstream alone for a while", () => {
    const proxy = proxyTo(["a:1", "b:1", "c:1"], { passive });
    begin(proxy);
    trips[0]!.refuse();
    begin(proxy);
    trips[1]!.sink.head(503, new Fields(), 0);
    begin(proxy);
    clock.advance(100);
    trips[2]!.sink.head(200, new Fields(), 0);
    expect(upstreams.map(({ available }) => available)).toEqual([false, false, false]);
    expect(begin(proxy).log.at(-1)).toBe("fail 503");
    clock.advance(1000);
    expect(upstreams.map(({ available }) => available)).toEqual([true, true, true]);
  });

  test("a client that goes away is not the upstream's fault", () => {
    begin(proxyTo(["a:1"], { passive })).clientGone();
    expect(upstreams[0]!.fails).toBe(0);
  });
});

describe("ProxyExchange with an upgrade", () => {
  const ASKED = [
    ["Connection", "Upgrade"],
    ["Upgrade", "WebSocket"],
  ] as const;

  test("asks the upstream for it", () => {
    begin(proxyTo(["a:1"]), "GET", 0, ASKED);
    expect(trips[0]!.request.upgrade).toBe("websocket");
    expect(trips[0]!.request.fields.has("upgrade")).toBe(false);
  });

  test.each([
    [
      "another protocol",
      ASKED,
      [
        ["Connection", "Upgrade"],
        ["Upgrade", "h2c"],
      ],
    ],
    ["no protocol", ASKED, [["Connection", "Upgrade"]]],
    ["no Connection: upgrade", ASKED, [["Upgrade", "websocket"]]],
    [
      "nothing asked for",
      [],
      [
        ["Connection", "Upgrade"],
        ["Upgrade", "websocket"],
      ],
    ],
  ] as const)("a 101 with %s is 502 and no tunnel", (_, asked, answered) => {
    const exchange = begin(proxyTo(["a:1"]), "GET", 0, asked);
    let aborted = false;
    const conn = { abort: () => (aborted = true) } as unknown as Conn;
    trips[0]!.sink.upgraded(101, Fields.from(answered), conn);
    expect(exchange.log).toEqual(["claim", "fail 502"]);
    expect([aborted, busy()]).toEqual([true, [0]]);
  });
});
