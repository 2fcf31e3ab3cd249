import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, pipe } from "../../net/index.ts";
import {
  DEFAULT_LIMITS,
  type Exchange,
  Fields,
  HandlerError,
  type Limits,
  type Next,
  prepareResponse,
} from "../message/index.ts";
import { H1Server, type H1ServerOptions } from "./h1-server.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hello = prepareResponse(200, [["Content-Type", "text/plain"]], text("hello"));

/** One connection to a server, on a clock that stands still. */
class Peer {
  readonly clock = new SimulatedClock();
  readonly server: H1Server;
  readonly conn: Conn;
  received = "";
  ended = false;
  failed: unknown = undefined;

  constructor(next: Next, options: Partial<H1ServerOptions> & { limits?: Partial<Limits> } = {}) {
    this.server = new H1Server({ next, clock: this.clock, serverName: "", ...options });
    const [client, served] = pipe({ wheel: new TimerWheel(this.clock, 10) });
    this.conn = client;
    this.server.serve(served);
    client.attach({
      data: (chunk) => void (this.received += new TextDecoder("latin1").decode(chunk)),
      drain: () => undefined,
      end: () => void (this.ended = true),
      close: (error) => {
        this.ended = true;
        this.failed = error;
      },
      timeout: () => undefined,
    });
  }

  async send(bytes: string | Uint8Array): Promise<void> {
    this.conn.send(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    this.conn.flush();
    await settle();
  }

  /** What came, without Date fields. */
  take(): string {
    const all = this.received.replaceAll(/Date: [^\r]*\r\n/g, "");
    this.received = "";
    return all;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

const OK = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const always: Next = (exchange) => exchange.respond(hello);
const echo: Next = async (exchange) => {
  const body = await exchange.body.bytes();
  exchange.start(200, body.length);
  exchange.end(body);
};

describe("ServerConn", () => {
  test("answers, keeps the connection and answers again", async () => {
    const peer = new Peer(always);
    await peer.send(GET);
    expect(peer.take()).toBe(OK);
    await peer.send(GET);
    expect(peer.take()).toBe(OK);
    expect(peer.ended).toBe(false);
  });

  test("answers pipelined requests in order, also when the first is answered late", async () => {
    const waiting: Exchange[] = [];
    const peer = new Peer((exchange) => {
      exchange.claim();
      waiting.push(exchange);
    });
    await peer.send(GET + GET.replace("/", "/second") + GET.replace("/", "/third"));
    expect(waiting.map((exchange) => exchange.path)).toEqual(["/"]);
    for (let i = 0; i < 3; i++) {
      waiting[i]!.start(200, 1);
      waiting[i]!.end(text(String(i)));
      await settle();
    }
    expect(peer.take().match(/\r\n\r\n(\d)/g)).toEqual(["\r\n\r\n0", "\r\n\r\n1", "\r\n\r\n2"]);
  });

  test("gives the same answers wherever the stream of requests is cut in two", async () => {
    const stream =
      "\r\nPOST /p?q=1 HTTP/1.1\r\nHost: example.com\r\nContent-Length: 4\r\n\r\nbody" +
      "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n" +
      "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    const next: Next = async (exchange) => {
      const body = await exchange.body.text();
      const answer = text(
        `${exchange.method} ${exchange.target} ${exchange.host} ${body} ${exchange.body.trailers?.get("x-t") ?? "-"}`,
      );
      exchange.start(200, answer.length);
      exchange.end(answer);
    };
    const whole = new Peer(next);
    await whole.send(stream);
    const expected = whole.take();
    expect(expected).toContain("POST /p?q=1 example.com body -");
    expect(expected).toContain("POST /c a abcde 1");
    expect(expected).toContain("Connection: close\r\n\r\nGET /last a  -");
    for (let cut = 1; cut < stream.length; cut++) {
      const peer = new Peer(next);
      await peer.send(stream.slice(0, cut));
      await peer.send(stream.slice(cut));
      expect(`${cut}: ${peer.take()}`).toBe(`${cut}: ${expected}`);
      expect(peer.ended).toBe(true);
    }
  });

  test("takes a request byte by byte", async () => {
    const peer = new Peer(echo);
    for (const byte of "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz") await peer.send(byte);
    expect(peer.take()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz");
  });

  test("answers HEAD, 204 and 304 without a body but with the length that it would have", async () => {
    const peer = new Peer((exchange) => {
      if (exchange.path === "/204") exchange.start(204, 0);
      else if (exchange.path === "/304") exchange.start(304, 10);
      else exchange.start(200, 5);
      exchange.end(exchange.path === "/" ? text("hello") : undefined);
    });
    await peer.send(GET.replace("GET", "HEAD"));
    expect(peer.take()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    await peer.send(GET.replace("/", "/204"));
    expect(peer.take()).toBe("HTTP/1.1 204 No Content\r\n\r\n");
    await peer.send(GET.replace("/", "/304"));
    expect(peer.take()).toBe("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n");
    await peer.send(GET.replace("GET", "HEAD").replace("/", "/prepared"));
    expect(peer.take()).toStartWith("HTTP/1.1 200 OK\r\n");
  });

  test("streams of unknown length are chunked for HTTP/1.1 and end the connection of HTTP/1.0", async () => {
    const next: Next = (exchange) => {
      exchange.write(text("one"));
      const trailers = new Fields();
      trailers.append("X-Sum", "6");
      exchange.end(text("two"), trailers);
    };
    const peer = new Peer(next);
    await peer.send(GET);
    expect(peer.take()).toBe(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n",
    );
    const old = new Peer(next);
    await old.send("GET / HTTP/1.0\r\n\r\n");
    expect(old.take()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo");
    expect(old.ended).toBe(true);
  });

  test("HTTP/1.0 lives on only when it asks for it", async () => {
    const peer = new Peer(always);
    await peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect(peer.take()).toContain("Connection: keep-alive\r\n\r\nhello");
    expect(peer.ended).toBe(false);
    await peer.send("GET / HTTP/1.0\r\n\r\n");
    expect(peer.take()).toContain("Connection: close\r\n\r\nhello");
    expect(peer.ended).toBe(true);
  });

  test("says 100 Continue when the body is first wanted, and not when it is refused", async () => {
    const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    const peer = new Peer(echo);
    await peer.send(post);
    expect(peer.take()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    await peer.send("abc");
    expect(peer.take()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    const refused = new Peer(() => {
      throw new HandlerError(403);
    });
    await refused.send(post);
    expect(refused.take()).toBe("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    expect(refused.ended).toBe(true);
  });

  test("drops a short body that nobody read, and closes behind a long one", async () => {
    const peer = new Peer(always);
    await peer.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234`);
    expect(peer.take()).toBe(OK);
    await peer.send(`56789${GET}`);
    expect(peer.take()).toBe(OK);
    const long = new Peer(always);
    await long.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${DEFAULT_LIMITS.drainBytes + 1}\r\n\r\n01234`);
    expect(long.take()).toBe(OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    expect(long.ended).toBe(true);
    const endless = new Peer(always, { limits: { drainBytes: 100 } });
    await endless.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    await endless.send(`ff\r\n${"x".repeat(255)}\r\n`);
    expect(endless.ended).toBe(true);
  });

  test.each([
    ["a body over the limit", "Content-Length: 11\r\n\r\n01234567890", 413],
    ["a chunked body over the limit", "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n", 413],
    ["broken chunks", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
  ])("answers %s with its status and closes", async (_name, rest, status) => {
    const peer = new Peer(echo, { limits: { bodyBytes: 10 } });
    await peer.send(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`);
    expect(peer.take()).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*Connection: close`));
    expect(peer.ended).toBe(true);
  });

  test.each([
    ["a request without Host", "GET / HTTP/1.1\r\n\r\n", 400, "no Host"],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "more than one Host"],
    ["bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400, ""],
    ["a long request line", `GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, "8192"],
    ["a long header", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(17_000)}\r\n\r\n`, 431, "16384"],
    ["many fields", `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(101)}\r\n`, 431, "100"],
    ["another version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "HTTP/1.1"],
    [
      "two framings",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      400,
      "both",
    ],
    ["an unknown expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417, ""],
  ])("refuses %s before any handler runs", async (_name, request, status, reason) => {
    let ran = 0;
    const refusals: number[] = [];
    const peer = new Peer(() => void ran++, { onRefused: (_conn, answered) => void refusals.push(answered) });
    await peer.send(request);
    const answer = peer.take();
    expect(answer).toStartWith(`HTTP/1.1 ${status} `);
    expect(answer).toContain("Connection: close");
    expect(answer).toContain(reason);
    expect(peer.ended).toBe(true);
    expect(ran).toBe(0);
    expect(refusals).toEqual([status]);
  });

  test("a chain that nobody answered gets an empty 200, one that threw its status or 500", async () => {
    const empty = new Peer(() => undefined);
    await empty.send(GET);
    expect(empty.take()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const thrown = new Peer(async () => {
      await Promise.resolve();
      throw new Error("a bug");
    });
    await thrown.send(GET);
    expect(thrown.take()).toBe("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  });

  test("error handlers answer from the inside out, the server's own last", async () => {
    const seen: string[] = [];
    const peer = new Peer(
      (exchange) => {
        exchange.onError((_, error) => {
          seen.push("outer");
          throw error;
        });
        exchange.onError((_, error) => {
          seen.push("inner");
          throw error;
        });
        throw new HandlerError(404);
      },
      {
        errorHandler: (exchange, error) => {
          seen.push("server");
          exchange.start(HandlerError.from(error).status, 4);
          exchange.end(text("page"));
        },
      },
    );
    await peer.send(GET);
    expect(seen).toEqual(["inner", "outer", "server"]);
    expect(peer.take()).toBe("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\npage");
  });

  test("a failure behind the head, and a body shorter than promised, reset the connection", async () => {
    const late = new Peer((exchange) => {
      exchange.start(200, 10);
      exchange.write(text("half"));
      throw new Error("broken");
    });
    await late.send(GET);
    expect(late.failed).toBeDefined();
    const short = new Peer((exchange) => {
      exchange.start(200, 10);
      exchange.end(text("half"));
    });
    await short.send(GET);
    expect(short.failed).toBeDefined();
  });

  test("interceptors see the head in reverse order and may change status, fields and body", async () => {
    const peer = new Peer((exchange) => {
      exchange.intercept({
        head: (_, status, fields) => {
          fields.set("X-Order", `${fields.get("X-Order") ?? ""}outer${status}`);
          return undefined;
        },
      });
      exchange.intercept({
        head: (_, _status, fields) => {
          fields.append("X-Order", "inner,");
          return 201;
        },
        body: {
          chunk: (chunk, emit) => emit(text(new TextDecoder().decode(chunk).toUpperCase())),
          end: (emit) => emit(text("!")),
        },
      });
      exchange.respond(hello);
    });
    await peer.send(GET);
    expect(peer.take()).toBe(
      "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nX-Order: inner,outer201\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHELLO\r\n1\r\n!\r\n0\r\n\r\n",
    );
  });

  test("an error's answer goes through the interceptors that stood before its handler, not through later ones", async () => {
    const saying = (word: string) => ({
      head: (_: Exchange, _status: number, fields: Fields) => fields.append("X", word),
    });
    const peer = new Peer((exchange) => {
      exchange.intercept(saying("before"));
      exchange.onError((failed) => failed.respond(hello));
      exchange.intercept(saying("after"));
      throw new HandlerError(404);
    });
    await peer.send(GET);
    const answer = peer.take();
    expect(answer).toContain("X: before\r\n");
    expect(answer).not.toContain("after");
  });

  test("gives the connection up to a hijacker, with every byte behind the request", async () => {
    let taken: Conn | undefined;
    const peer = new Peer((exchange) => {
      const fields = new Fields();
      fields.append("Upgrade", "echo");
      fields.append("Connection", "Upgrade");
      taken = exchange.hijack(101, fields);
    });
    await peer.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst bytes");
    expect(peer.take()).toBe("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
    expect(new TextDecoder().decode((await taken!.read())!)).toBe("first bytes");
    await taken!.write(text("pong"));
    await settle();
    expect(peer.take()).toBe("pong");
    expect(peer.server.size).toBe(0);
  });

  test("a hijacker that takes over at the end of a body gets what stands behind the body", async () => {
    let taken: Conn | undefined;
    const peer = new Peer((exchange) => {
      exchange.claim();
      exchange.body.attach({
        data: () => undefined,
        end: () => void (taken = exchange.hijack(101)),
        error: () => undefined,
      });
    });
    await peer.send("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nContent-Length: 4\r\n\r\nbodybehind");
    expect(new TextDecoder().decode((await taken!.read())!)).toBe("behind");
  });

  test("waits for writing as often as need be with one callback, and rejects when the peer goes", async () => {
    const chunk = new Uint8Array(256 * 1024);
    let rounds = 0;
    const failure = Promise.withResolvers<unknown>();
    const peer = new Peer(async (exchange) => {
      exchange.start(200, -1);
      try {
        for (; ; rounds++) if (!exchange.write(chunk)) await exchange.drained();
      } catch (error) {
        failure.resolve(error);
      }
    });
    await peer.send(GET);
    for (let i = 0; i < 50 && rounds < 5; i++) await settle();
    expect(rounds).toBeGreaterThanOrEqual(5);
    peer.conn.abort();
    expect(await failure.promise).toBeInstanceOf(Error);
  });

  test.each(["reset", "half-close"])(
    "a %s in the middle of a body ends the exchange of a handler that fails by it",
    async (how) => {
      const finished: unknown[] = [];
      const answered: unknown[] = [];
      const peer = new Peer(
        (exchange) => {
          exchange.claim();
          exchange.onFinish((_, error) => void finished.push(error));
          exchange.body.attach({ data: () => undefined, end: () => undefined, error: (error) => exchange.fail(error) });
        },
        { errorHandler: (_, error) => void answered.push(error) },
      );
      await peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
      if (how === "reset") peer.conn.abort();
      else await peer.conn.closeWrite();
      await settle();
      expect(finished).toEqual([expect.any(Error)]);
      expect(answered).toEqual([]);
      expect(peer.server.size).toBe(0);
    },
  );

  describe("a peer that closes its side behind its request", () => {
    class HalfClosed extends Peer {
      readonly exchanges: Exchange[];
      /** The status and the error that each exchange ended with. */
      readonly outcomes: readonly [status: number, error: unknown][];

      constructor(limits: Partial<Limits> = {}) {
        const exchanges: Exchange[] = [];
        const outcomes: [number, unknown][] = [];
        super(
          (exchange) => {
            exchange.claim();
            exchange.onFinish(({ status }, error) => void outcomes.push([status, error]));
            exchanges.push(exchange);
          },
          { limits },
        );
        this.exchanges = exchanges;
        this.outcomes = outcomes;
      }

      async ask(request = GET): Promise<Exchange> {
        await this.send(request);
        void this.conn.closeWrite();
        await settle();
        return this.exchanges[0]!;
      }
    }

    test("gets an answer that comes within 10 s, and the connection is closed behind it", async () => {
      const peer = new HalfClosed();
      const exchange = await peer.ask();
      await peer.pass(9900);
      exchange.respond(hello);
      await settle();
      expect(peer.take()).toContain("hello");
      expect(peer.outcomes).toEqual([[200, undefined]]);
      expect(peer.ended).toBe(true);
    });

    test("is taken for gone after 10 s without an answer: 499 for the logs, and nothing is left", async () => {
      const peer = new HalfClosed();
      await peer.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      await peer.pass(10_100);
      expect(peer.outcomes).toEqual([[499, expect.any(Error)]]);
      expect(String(peer.outcomes[0]![1])).toContain("made no progress");
      expect(peer.take()).toBe("");
      expect(peer.server.size).toBe(0);
    });

    test("is kept as long as its answer goes on", async () => {
      const peer = new HalfClosed();
      const exchange = await peer.ask();
      exchange.start(200, -1);
      for (let i = 0; i < 6; i++) {
        await peer.pass(7000);
        exchange.write(text("x"));
        await settle();
      }
      expect(peer.outcomes).toEqual([]);
      await peer.pass(20_100);
      expect(peer.outcomes).toEqual([[200, expect.any(Error)]]);
      expect(peer.server.size).toBe(0);
    });

    test("is kept although its body, which is whole, is held back and let go again", async () => {
      const peer = new HalfClosed();
      await peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
      const { body } = peer.exchanges[0]!;
      body.attach({ data: () => undefined, end: () => undefined, error: () => undefined });
      await peer.ask("ab");
      body.pause();
      body.resume();
      await peer.pass(10_100);
      expect(peer.outcomes).toEqual([[499, expect.any(Error)]]);
    });

    test("is kept for ever where the time-out is switched off", async () => {
      const peer = new HalfClosed({ halfClosedTimeoutMs: 0 });
      const exchange = await peer.ask();
      await peer.pass(1_000_000);
      exchange.respond(hello);
      await settle();
      expect(peer.take()).toContain("hello");
    });
  });

  test("field names with _ or . pass, or those only that are expected", async () => {
    const seen: string[][] = [];
    const came: number[] = [];
    const next: Next = (exchange) => {
      seen.push([...exchange.fields].map(([name]) => name));
      came.push(exchange.fields.parsedCount);
      exchange.respond(hello);
    };
    const request = "GET / HTTP/1.1\r\nHost: a\r\nX_a: 1\r\nX-B: 2\r\nX.c: 3\r\n_: 4\r\nX-D_e: 5\r\n\r\n";
    await new Peer(next).send(request);
    await new Peer(next, { expectsField: (name) => name === "X_a" }).send(request);
    const dripping = new Peer(next, { expectsField: () => false });
    for (const char of request) await dripping.send(char);
    expect(seen).toEqual([
      ["Host", "X_a", "X-B", "X.c", "_", "X-D_e"],
      ["Host", "X_a", "X-B"],
      ["Host", "X-B"],
    ]);
    // A log may still tell what came.
    expect(came).toEqual([6, 6, 6]);
  });

  test.each(["_", ".", "a_", ".a"])("a name %j without a colon is refused like any other", async (name) => {
    const peer = new Peer(always);
    await peer.send(`GET / HTTP/1.1\r\nHost: a\r\n${name} : x\r\n\r\n`);
    expect(peer.take()).toStartWith("HTTP/1.1 400 ");
  });

  test("OPTIONS * is answered apart where that is asked for, and the connection goes on", async () => {
    const told: string[] = [];
    const options = { asterisk: always, onExchange: (exchange: Exchange) => void told.push(exchange.path) };
    const peer = new Peer((exchange) => exchange.respond(prepareResponse(204, [], text(""))), options);
    await peer.send(`OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc${GET}`);
    expect(peer.take()).toBe(`${OK}HTTP/1.1 204 No Content\r\n\r\n`);
    expect(told).toEqual(["/"]);
    const plain = new Peer((exchange) => exchange.respond(prepareResponse(200, [], text(exchange.path))));
    await plain.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(plain.take()).toEndWith("\r\n\r\n*");
  });

  test("a client that resets before it is answered is told to logs as 499, behind a head as what was sent", async () => {
    for (const begun of [false, true]) {
      const statuses: number[] = [];
      const peer = new Peer((exchange) => {
        exchange.claim();
        exchange.onFinish(({ status }) => void statuses.push(status));
        if (begun) exchange.start(200, 5);
      });
      await peer.send(GET);
      peer.conn.abort();
      await settle();
      expect(statuses).toEqual([begun ? 200 : 499]);
    }
  });

  test("a callback that throws at the end is told to the server, and the connection goes on", async () => {
    const told: string[] = [];
    const peer = new Peer(
      (exchange) => {
        exchange.onFinish(() => {
          throw new Error("the log is full");
        });
        exchange.respond(hello);
      },
      { onError: (_, error) => void told.push(error.message) },
    );
    await peer.send(GET + GET);
    expect(peer.take()).toBe(OK + OK);
    expect(told).toEqual(["the log is full", "the log is full"]);
  });

  test.each([99, 100, 101, 199, 1000, 200.5, Number.NaN])("does not send %d as a final status", async (status) => {
    const peer = new Peer((exchange) => exchange.start(status, 0));
    await peer.send(GET);
    expect(peer.take()).toStartWith("HTTP/1.1 500 ");
    expect(() => prepareResponse(status, [], text(""))).toThrow(RangeError);
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])("does not promise a length of %d", async (length) => {
    const peer = new Peer((exchange) => exchange.start(200, length));
    await peer.send(GET);
    expect(peer.take()).toStartWith("HTTP/1.1 500 ");
  });

  test("a prepared 204 has no body whatever it was made of, so that the next answer begins behind it", async () => {
    const empty = prepareResponse(204, [], text("smuggled"));
    const peer = new Peer((exchange) => exchange.respond(empty));
    await peer.send(GET + GET);
    expect(peer.take()).toBe("HTTP/1.1 204 No Content\r\n\r\n".repeat(2));
  });

  test("more bytes than were promised break the connection off, and none of them goes out", async () => {
    const peer = new Peer((exchange) => {
      exchange.start(200, 4);
      exchange.end(text("12345"));
    });
    await peer.send(GET);
    expect(peer.failed).toBeDefined();
    expect(peer.take()).not.toContain("12345");
  });

  test("trailers that would frame or route are refused", async () => {
    const errors: unknown[] = [];
    const peer = new Peer((exchange) => {
      const trailers = new Fields();
      trailers.append("Content-Length", "5");
      exchange.onFinish((_, error) => void errors.push(error));
      exchange.start(200, -1);
      exchange.end(undefined, trailers);
    });
    await peer.send(GET);
    expect(errors[0]).toBeInstanceOf(TypeError);
    expect(peer.failed).toBeDefined();
  });

  test.each([
    ["X\r\nSet-Cookie: a=1", "1"],
    ["X", "1\r\nSet-Cookie: a=1"],
    ["X", "1\n\n<script>"],
    ["X", "\0"],
    ["X", "\u{1F600}"],
    ["", "1"],
    ["X Y", "1"],
  ])("a field %j: %j never reaches the wire", async (name, value) => {
    const peer = new Peer((exchange) => {
      exchange.responseFields.set(name, value);
      exchange.respond(hello);
    });
    await peer.send(GET);
    expect(peer.take()).toBe("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
  });

  test("an exchange that is over throws when it is touched, and its head serves the next request", async () => {
    let kept: Exchange | undefined;
    const peer = new Peer((exchange) => {
      kept ??= exchange;
      exchange.respond(hello);
    });
    await peer.send(GET);
    expect(() => kept!.fields).toThrow("over");
    expect(() => kept!.body).toThrow("over");
    expect(kept!.write(text("late"))).toBe(false);
    await peer.send(GET);
    expect(peer.take()).toBe(OK + OK);
  });

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  test("a header that drips is answered 408 after its time, however busily it drips", async () => {
    const peer = new Peer(always);
    await peer.send("GET / HTTP/1.1\r\n");
    for (let second = 0; second < 9; second++) {
      await peer.pass(1000);
      await peer.send("X");
    }
    expect(peer.ended).toBe(false);
    await peer.pass(1200);
    expect(peer.take()).toStartWith("HTTP/1.1 408 ");
    expect(peer.ended).toBe(true);
  });

  test("an empty line behind a request is no request: it is never answered", async () => {
    const peer = new Peer(always);
    await peer.send(`${GET}\r\n`);
    expect(peer.take()).toBe(OK);
    await peer.pass(DEFAULT_LIMITS.headerTimeoutMs + 100);
    expect([peer.ended, peer.take()]).toEqual([true, ""]);
  });

  test("a long answer to a request whose body was not read reaches a slow reader whole", async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x61);
    const peer = new Peer((exchange) => {
      exchange.start(200, chunk.length);
      exchange.end(chunk);
    });
    peer.conn.pause();
    await peer.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${DEFAULT_LIMITS.drainBytes + 1}\r\n\r\nx`);
    for (let i = 0; i < 5; i++) await peer.pass(1000);
    peer.conn.resume();
    for (let i = 0; i < 20; i++) await settle();
    expect(peer.received.length).toBeGreaterThan(chunk.length);
    expect([peer.ended, peer.failed]).toEqual([true, undefined]);
  });

  test("a connection whose end was announced ends, also when the body is read after all", async () => {
    const length = DEFAULT_LIMITS.drainBytes + 1;
    const peer = new Peer(async (exchange) => {
      exchange.start(200, -1);
      const body = await exchange.body.bytes();
      exchange.end(text(String(body.length)));
    });
    await peer.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    expect(peer.take()).toContain("Connection: close\r\n");
    for (let sent = 0; sent < length; sent += 60_000) await peer.send(new Uint8Array(Math.min(60_000, length - sent)));
    for (let i = 0; i < 20; i++) await settle();
    expect(peer.take()).toContain(String(length));
    expect([peer.ended, peer.failed]).toEqual([true, undefined]);
  });

  test("only what is dropped of a body counts against what may be dropped", async () => {
    const waiting: Exchange[] = [];
    const peer = new Peer(
      (exchange) => {
        exchange.claim();
        waiting.push(exchange);
        exchange.body.attach({ data: () => undefined, end: () => undefined, error: () => undefined });
      },
      { limits: { drainBytes: 100 } },
    );
    await peer.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1050\r\n\r\n${"x".repeat(1000)}`);
    waiting[0]!.respond(hello);
    await peer.send("x".repeat(20));
    await peer.send(`${"x".repeat(30)}${GET}`);
    expect(waiting.length).toBe(2);
  });

  test("a connection that says nothing, and one that is idle, are closed without a word", async () => {
    const silent = new Peer(always);
    await silent.pass(DEFAULT_LIMITS.headerTimeoutMs + 100);
    expect([silent.ended, silent.take()]).toEqual([true, ""]);
    const idle = new Peer(always, { limits: { idleTimeoutMs: 60_000 } });
    await idle.send(GET);
    await idle.pass(59_000);
    expect(idle.ended).toBe(false);
    await idle.pass(1200);
    expect([idle.ended, idle.take()]).toEqual([true, OK]);
  });

  test("a body that stands still, or drips too slowly, is answered 408", async () => {
    const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
    const still = new Peer(echo);
    await still.send(post);
    await still.pass(DEFAULT_LIMITS.bodyIdleTimeoutMs + 200);
    expect(still.take()).toStartWith("HTTP/1.1 408 ");
    const dripping = new Peer(echo);
    await dripping.send(post);
    for (let second = 0; second < 12 && !dripping.ended; second++) {
      await dripping.pass(1000);
      await dripping.send("x");
    }
    expect(dripping.take()).toStartWith("HTTP/1.1 408 ");
  });

  test("a handler may take its time: no deadline runs while it works", async () => {
    let waiting: Exchange | undefined;
    const peer = new Peer((exchange) => {
      exchange.claim();
      waiting = exchange;
    });
    await peer.send(GET);
    await peer.pass(3_600_000);
    waiting!.respond(hello);
    await settle();
    expect(peer.take()).toBe(OK);
  });

  test("a reader that takes nothing is dropped, one that takes little is not", async () => {
    const chunk = new Uint8Array(1024 * 1024);
    let failure: unknown;
    const next: Next = (exchange) => {
      exchange.onFinish((_, error) => void (failure = error));
      exchange.start(200, chunk.length);
      exchange.write(chunk);
    };
    const stuck = new Peer(next);
    stuck.conn.pause();
    await stuck.send(GET);
    await stuck.pass(DEFAULT_LIMITS.writeIdleTimeoutMs + 200);
    expect(String(failure)).toContain("stopped reading");
    failure = undefined;
    const slow = new Peer(next);
    slow.conn.pause();
    await slow.send(GET);
    for (let i = 0; i < 4; i++) {
      await slow.pass(DEFAULT_LIMITS.writeIdleTimeoutMs - 1000);
      slow.conn.resume();
      await Promise.resolve();
      slow.conn.pause();
      await settle();
    }
    expect(failure).toBeUndefined();
  });

  test("shutdown closes idle connections at once, busy ones after their response, and aborts what is left", async () => {
    const waiting: Exchange[] = [];
    const next: Next = (exchange) => {
      exchange.claim();
      waiting.push(exchange);
    };
    const busy = new Peer(next);
    await busy.send(GET);
    let stopped = false;
    void busy.server.shutdown(5000).then(() => (stopped = true));
    await settle();
    expect([busy.ended, stopped]).toEqual([false, false]);
    waiting[0]!.respond(hello);
    await settle();
    expect(busy.take()).toContain("Connection: close");
    expect([busy.ended, stopped]).toEqual([true, true]);

    const idle = new Peer(always);
    await idle.send(GET);
    void idle.server.shutdown(5000);
    await settle();
    expect(idle.ended).toBe(true);

    const stuck = new Peer(next);
    await stuck.send(GET);
    void stuck.server.shutdown(5000);
    await stuck.pass(5100);
    expect(stuck.failed).toBeDefined();
    expect(stuck.server.size).toBe(0);
  });

  test("shutdown leaves a connection that has asked nothing yet a moment to ask", async () => {
    const asks = new Peer(always);
    void asks.server.shutdown(5000);
    await asks.send(GET);
    expect(asks.take()).toContain("Connection: close");
    expect(asks.ended).toBe(true);
    const silent = new Peer(always);
    void silent.server.shutdown(5000);
    await settle();
    expect(silent.ended).toBe(false);
    await silent.pass(600);
    expect([silent.ended, silent.failed]).toEqual([true, undefined]);
  });

  test("closeIdle closes what waits for another request and nothing else", async () => {
    const idle = new Peer(always);
    await idle.send(GET);
    idle.server.closeIdle(1);
    await settle();
    expect(idle.ended).toBe(true);
    const fresh = new Peer(always);
    fresh.server.closeIdle(1);
    await settle();
    expect(fresh.ended).toBe(false);
    const busy = new Peer((exchange) => exchange.claim());
    await busy.send(GET);
    busy.server.closeIdle(1);
    await settle();
    expect(busy.ended).toBe(false);
  });
});
