import { beforeEach, describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, NetError, pipe } from "../../net/index.ts";
import { DEFAULT_CLIENT_LIMITS } from "../h1/index.ts";
import { Fields, type OutgoingRequest, ProtocolError, type ResponseSink, type RoundTrip } from "../message/index.ts";
import type { Origin } from "./origin.ts";
import type { PoolOptions } from "./pool-options.ts";
import { Pools } from "./pools.ts";

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

async function settle(): Promise<void> {
  for (let i = 0; i < 60; i++) await Promise.resolve();
}

/** A connection that was dialled, from the server's side. */
class Served {
  readonly conn: Conn;
  readonly origin: Origin;
  text = "";
  over = false;

  constructor(conn: Conn, origin: Origin) {
    this.conn = conn;
    this.origin = origin;
    conn.attach({
      data: (chunk) => void (this.text += latin1(chunk)),
      drain: () => undefined,
      end: () => void (this.over = true),
      close: () => void (this.over = true),
      timeout: () => undefined,
    });
  }

  /** The requests that came since it was last asked. */
  take(): string {
    const { text } = this;
    this.text = "";
    return text;
  }

  async answer(text: string = HELLO): Promise<void> {
    this.conn.send(Buffer.from(text, "latin1"));
    this.conn.flush();
    await settle();
  }
}

class Asked implements ResponseSink {
  readonly request: OutgoingRequest;
  text = "";
  state = "waits";
  failure: Error | undefined;
  drains = 0;
  onEnd: (() => void) | undefined;
  trip!: RoundTrip;

  constructor(request: Partial<OutgoingRequest>) {
    const usual = { method: "GET", target: "/", host: "a", bodyLength: 0, upgrade: undefined };
    this.request = { ...usual, fields: new Fields(), ...request };
  }

  informational(): void {
    // None of these tests asks.
  }

  head(status: number): void {
    this.state = `head ${status}`;
  }

  data(chunk: Uint8Array, start: number, end: number): void {
    this.text += latin1(chunk.subarray(start, end));
  }

  end(): void {
    this.state = `got ${this.text}`;
    this.onEnd?.();
  }

  upgraded(): void {
    this.state = "upgraded";
  }

  error(error: Error): void {
    this.failure = error;
    this.state = error instanceof NetError ? error.code : error.name;
  }

  drain(): void {
    this.drains++;
  }
}

const origin = (address: string): Origin => ({ network: "tcp", address, key: `tcp ${address}` });
const A = origin("a:80");
const B = origin("b:80");

let clock: SimulatedClock;
let dials: { readonly origin: Origin; readonly made: PromiseWithResolvers<Conn> }[];
let servers: Served[];
/** Whether dials succeed by themselves. */
let open: boolean;
let pools: Pools;
let wheel: TimerWheel;

beforeEach(() => {
  clock = new SimulatedClock();
  wheel = new TimerWheel(clock, 10);
  dials = [];
  servers = [];
  open = true;
  pools = poolsWith({});
});

function poolsWith(options: Partial<PoolOptions>): Pools {
  return new Pools({
    maxConnsPerOrigin: 0,
    maxIdlePerOrigin: 32,
    maxIdle: 0,
    keepAlive: true,
    idleTimeoutMs: 120_000,
    waitTimeoutMs: 30_000,
    unrefIdle: false,
    limits: DEFAULT_CLIENT_LIMITS,
    clock,
    wheel,
    dial: async (to) => {
      const made = Promise.withResolvers<Conn>();
      dials.push({ origin: to, made });
      if (open) connect(dials.length - 1);
      return made.promise;
    },
    ...options,
  });
}

function connect(index: number): void {
  const [near, far] = pipe({ wheel });
  const { made, origin: to } = dials[index]!;
  servers.push(new Served(far, to));
  made.resolve(near);
}

function refuse(index: number): void {
  const { made, origin: to } = dials[index]!;
  made.reject(new NetError({ op: "dial", network: "tcp", address: to.address, code: "ECONNREFUSED" }));
}

function begin(request: Partial<OutgoingRequest> = {}, to: Origin = A): Asked {
  const asked = new Asked(request);
  asked.trip = pools.roundTrip(to, asked.request, asked);
  return asked;
}

async function ask(request: Partial<OutgoingRequest> = {}, to: Origin = A): Promise<Asked> {
  const asked = begin(request, to);
  await settle();
  return asked;
}

async function pass(ms: number): Promise<void> {
  await clock.advanceAsync(ms);
  await settle();
}

describe("Pools", () => {
  test("uses a connection again, the last one first, and dials beside it only when it is busy", async () => {
    const one = await ask({ target: "/1" });
    const two = await ask({ target: "/2" });
    expect(dials.length).toBe(2);
    await servers[0]!.answer();
    await servers[1]!.answer();
    expect([one.state, two.state, pools.size, pools.idleCount]).toEqual(["got hello", "got hello", 2, 2]);
    servers[0]!.take();
    servers[1]!.take();
    const three = await ask({ target: "/3" });
    expect(three.trip.reused).toBe(true);
    expect(servers[1]!.take()).toStartWith("GET /3 ");
    expect(dials.length).toBe(2);
    expect([pools.size, pools.idleCount]).toEqual([2, 1]);
  });

  test("a request made in the end of another goes out on the same connection", async () => {
    const first = await ask();
    let second: Asked | undefined;
    first.onEnd = () => (second = begin({ target: "/2" }));
    servers[0]!.take();
    await servers[0]!.answer();
    expect(servers[0]!.take()).toStartWith("GET /2 ");
    await servers[0]!.answer();
    expect(second!.state).toBe("got hello");
    expect(dials.length).toBe(1);
  });

  test("keeps origins apart", async () => {
    await ask({}, A);
    await servers[0]!.answer();
    await ask({}, B);
    expect(dials.map((dial) => dial.origin)).toEqual([A, B]);
    expect([pools.size, pools.idleCount]).toEqual([2, 1]);
  });

  test("keeps as many idle connections as it may, to one origin and to all", async () => {
    pools = poolsWith({ maxIdlePerOrigin: 2, maxIdle: 3 });
    for (const to of [A, A, A, B, B]) await ask({}, to);
    for (const server of servers) await server.answer();
    // The fourth of all is one too many at once, the third to the same origin after a moment in which nobody needed it: that which has been idle longest.
    expect(servers.map((server) => server.over)).toEqual([false, false, false, true, true]);
    await pass(1200);
    expect(servers.map((server) => server.over)).toEqual([true, false, false, true, true]);
    expect([pools.size, pools.idleCount]).toEqual([2, 2]);
  });

  test("spares more idle connections than it may keep as long as bursts need them", async () => {
    pools = poolsWith({ maxIdlePerOrigin: 1 });
    for (let burst = 0; burst < 5; burst++) {
      for (let i = 0; i < 3; i++) await ask();
      for (const server of servers) await server.answer();
      await pass(600);
    }
    expect(dials.length).toBe(3);
    await pass(2500);
    expect([pools.size, pools.idleCount]).toEqual([1, 1]);
  });

  test("closes an idle connection after its time, and forgets it", async () => {
    await ask();
    await servers[0]!.answer();
    await pass(60_000);
    await ask();
    await servers[0]!.answer();
    await pass(119_900);
    expect(servers[0]!.over).toBe(false);
    await pass(120_000 / 16 + 200);
    expect(servers[0]!.over).toBe(true);
    expect([pools.size, pools.idleCount]).toEqual([0, 0]);
    await ask();
    expect(dials.length).toBe(2);
  });

  test("forgets an idle connection that its server closes, or on which anything comes", async () => {
    for (const spoil of [
      async (server: Served) => server.conn.close(),
      async (server: Served) => server.conn.abort(),
      async (server: Served) => server.answer("HTTP/1.1 408 Request Timeout\r\n\r\n"),
    ]) {
      await ask();
      const server = servers.at(-1)!;
      await server.answer();
      expect(pools.idleCount).toBe(1);
      await spoil(server);
      await settle();
      expect([pools.size, pools.idleCount]).toEqual([0, 0]);
    }
  });

  test("without keep-alive each request has a connection of its own", async () => {
    pools = poolsWith({ keepAlive: false });
    for (let i = 0; i < 2; i++) {
      const asked = await ask();
      expect(servers[i]!.take()).toContain("\r\nConnection: close\r\n");
      await servers[i]!.answer();
      expect([asked.state, servers[i]!.over, pools.size]).toEqual(["got hello", true, 0]);
    }
  });

  test("a dial that fails fails the first who waits, and nobody else", async () => {
    open = false;
    const one = await ask();
    const two = await ask();
    refuse(0);
    await settle();
    expect([one.state, two.state]).toEqual(["ECONNREFUSED", "waits"]);
    connect(1);
    await settle();
    await servers[0]!.answer();
    expect(two.state).toBe("got hello");
  });

  test("who waits for a dial gets a connection that becomes free before", async () => {
    await ask();
    open = false;
    const waits = await ask({ target: "/2" });
    servers[0]!.take();
    await servers[0]!.answer();
    expect(servers[0]!.take()).toStartWith("GET /2 ");
    connect(1);
    await settle();
    await servers[0]!.answer();
    expect(waits.state).toBe("got hello");
    expect([pools.size, pools.idleCount]).toEqual([2, 2]);
  });

  test("a request that cannot be sent throws, or fails when it waited, and the connection serves the next", async () => {
    const bad = await ask({ target: "/a b" });
    expect(bad.failure).toBeInstanceOf(ProtocolError);
    expect(pools.idleCount).toBe(1);
    expect(() => begin({ target: "/a b" })).toThrow(ProtocolError);
    const good = await ask();
    await servers[0]!.answer();
    expect(good.state).toBe("got hello");
    expect(dials.length).toBe(1);
  });
});

describe("Pools with a limit", () => {
  beforeEach(() => {
    pools = poolsWith({ maxConnsPerOrigin: 1 });
  });

  test("let requests wait their turn", async () => {
    const asked = [await ask({ target: "/1" }), await ask({ target: "/2" }), await ask({ target: "/3" })];
    expect(dials.length).toBe(1);
    for (let i = 1; i <= 3; i++) {
      expect(servers[0]!.take()).toStartWith(`GET /${i} `);
      await servers[0]!.answer();
    }
    expect(asked.map((each) => each.state)).toEqual(["got hello", "got hello", "got hello"]);
    expect([dials.length, pools.idleCount]).toEqual([1, 1]);
  });

  test("let another one in when a connection breaks", async () => {
    const broken = await ask();
    const next = await ask({ target: "/2" });
    servers[0]!.conn.abort();
    await settle();
    expect(broken.state).toBe("ECONNRESET");
    expect(servers[1]!.take()).toStartWith("GET /2 ");
    await servers[1]!.answer();
    expect(next.state).toBe("got hello");
  });

  test("pass over who gave up", async () => {
    await ask();
    const gone = await ask({ target: "/2" });
    await ask({ target: "/3" });
    gone.trip.abort();
    servers[0]!.take();
    await servers[0]!.answer();
    expect(servers[0]!.take()).toStartWith("GET /3 ");
    expect(gone.state).toBe("waits");
  });

  test("fail who waits too long, and nobody else", async () => {
    const first = await ask({ method: "POST", bodyLength: -1 });
    await pass(20_000);
    const late = await ask();
    const later = await ask();
    await pass(20_000);
    expect([late.state, later.state]).toEqual(["waits", "waits"]);
    await pass(10_100);
    expect([first.state, late.state, later.state]).toEqual(["waits", "ETIMEDOUT", "ETIMEDOUT"]);
    expect(late.failure!.message).toContain("no connection became free within 30000 ms");
  });

  test("do not time who has a connection by its wait", async () => {
    await ask();
    const waited = await ask();
    await pass(29_000);
    await servers[0]!.answer();
    await pass(29_000);
    await servers[0]!.answer();
    expect(waited.state).toBe("got hello");
  });
});

describe("a request whose kept-alive connection proves to be dead", () => {
  async function reused(request: Partial<OutgoingRequest>): Promise<Asked> {
    await ask();
    await servers[0]!.answer();
    return ask(request);
  }

  test.each(["GET", "HEAD", "OPTIONS", "TRACE"])("goes out again, once, for %s", async (method) => {
    const asked = await reused({ method });
    servers[0]!.conn.abort();
    await settle();
    expect(servers[1]!.take()).toStartWith(`${method} / `);
    expect(asked.state).toBe("waits");
    servers[1]!.conn.abort();
    await settle();
    expect(asked.state).toBe("ECONNRESET");
    expect(dials.length).toBe(2);
  });

  test("goes out again when the server half-closes", async () => {
    const asked = await reused({});
    await servers[0]!.conn.close();
    await settle();
    await servers[1]!.answer();
    expect(asked.state).toBe("got hello");
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "X-OWN"])("fails for %s once a byte has left", async (method) => {
    const asked = await reused({ method });
    servers[0]!.conn.abort();
    await settle();
    expect([asked.state, dials.length]).toEqual(["ECONNRESET", 1]);
    expect(asked.trip.sent).toBe(true);
  });

  test("fails for a GET with a body", async () => {
    const asked = await reused({ bodyLength: 3 });
    servers[0]!.conn.abort();
    await settle();
    expect([asked.state, dials.length]).toEqual(["ECONNRESET", 1]);
  });

  test("fails when an answer had begun", async () => {
    const asked = await reused({});
    await servers[0]!.answer("H");
    servers[0]!.conn.abort();
    await settle();
    expect([asked.state, dials.length]).toEqual(["ECONNRESET", 1]);
  });

  test("fails when it only took too long", async () => {
    const asked = await reused({});
    await pass(60_100);
    expect([asked.state, dials.length]).toEqual(["ETIMEDOUT", 1]);
  });

  test("fails on a connection that was not used before", async () => {
    const asked = await ask();
    servers[0]!.conn.abort();
    await settle();
    expect([asked.state, dials.length]).toEqual(["ECONNRESET", 1]);
  });
});

describe("a body that comes before the connection", () => {
  test("waits, and is asked for more when the connection is there", async () => {
    open = false;
    const asked = begin({ method: "POST", bodyLength: -1 });
    const chunk = Buffer.from("abc");
    expect(asked.trip.write(chunk)).toBe(false);
    chunk.fill(0x78);
    await settle();
    expect([asked.trip.sent, asked.drains]).toEqual([false, 0]);
    connect(0);
    await settle();
    expect([asked.trip.sent, asked.drains]).toEqual([true, 1]);
    asked.trip.write(Buffer.from("def"));
    asked.trip.end(Fields.from([["X-T", "1"]]));
    await settle();
    expect(servers[0]!.take()).toEndWith("\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\nX-T: 1\r\n\r\n");
    await servers[0]!.answer();
    expect(asked.state).toBe("got hello");
  });

  test("goes out whole when it had ended", async () => {
    open = false;
    const asked = begin({ method: "POST", bodyLength: 3 });
    asked.trip.write(Buffer.from("abc"));
    asked.trip.end();
    connect(0);
    await settle();
    expect(servers[0]!.take()).toEndWith("\r\n\r\nabc");
    await servers[0]!.answer();
    expect([asked.state, asked.drains]).toEqual(["got hello", 0]);
  });

  test("is dropped with a request that is given up", async () => {
    open = false;
    const asked = begin({ method: "POST", bodyLength: 3 });
    asked.trip.write(Buffer.from("abc"));
    asked.trip.abort();
    connect(0);
    await settle();
    expect(servers[0]!.take()).toBe("");
    expect([asked.state, pools.idleCount]).toEqual(["waits", 1]);
  });
});

describe("Pools.close", () => {
  test("closes idle connections now and busy ones behind their answers", async () => {
    const one = await ask();
    await ask();
    await servers[1]!.answer();
    pools.close();
    await settle();
    expect(servers.map((server) => server.over)).toEqual([false, true]);
    await servers[0]!.answer();
    expect([one.state, servers[0]!.over, pools.size]).toEqual(["got hello", true, 0]);
    const late = await ask({}, B);
    await servers[2]!.answer();
    expect([late.state, servers[2]!.over, pools.size]).toEqual(["got hello", true, 0]);
  });

  test("lets who waits for a connection have it, for one request", async () => {
    open = false;
    const asked = await ask();
    pools.close();
    connect(0);
    await settle();
    await servers[0]!.answer();
    expect([asked.state, servers[0]!.over, pools.size]).toEqual(["got hello", true, 0]);
  });
});

test("an aborted request takes its connection with it", async () => {
  const asked = await ask();
  asked.trip.abort();
  await settle();
  expect([servers[0]!.over, pools.size, asked.state]).toEqual([true, 0, "waits"]);
});
