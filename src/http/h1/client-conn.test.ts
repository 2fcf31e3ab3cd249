import { beforeEach, describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../clock/index.ts";
import { type Conn, type NetError, pipe } from "../../net/index.ts";
import { Fields, type OutgoingRequest, ProtocolError, type ResponseSink } from "../message/index.ts";
import { ClientConn, type ClientConnOwner } from "./client-conn.ts";
import { ClientContext } from "./client-context.ts";
import { type ClientLimits, DEFAULT_CLIENT_LIMITS } from "./client-limits.ts";

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

function request(parts: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: "GET",
    target: "/",
    host: "a",
    fields: new Fields(),
    bodyLength: 0,
    upgrade: undefined,
    ...parts,
  };
}

/** Writes down what comes. */
class Recorder implements ResponseSink {
  readonly log: string[] = [];
  conn: Conn | undefined;
  error_: Error | undefined;
  onHead: (() => void) | undefined;
  onData: (() => void) | undefined;
  onEnd: (() => void) | undefined;
  private text = "";

  informational(status: number, fields: Fields): void {
    this.log.push(`${status} ${JSON.stringify([...fields])}`);
  }

  head(status: number, fields: Fields, length: number): void {
    this.log.push(`${status} ${JSON.stringify([...fields])} ${length}`);
    this.onHead?.();
  }

  data(chunk: Uint8Array, start: number, end: number): void {
    this.text += latin1(chunk.subarray(start, end));
    this.onData?.();
  }

  end(trailers: Fields | undefined): void {
    this.log.push(`end ${this.text}${trailers === undefined ? "" : ` ${JSON.stringify([...trailers])}`}`);
    this.onEnd?.();
  }

  upgraded(status: number, fields: Fields, conn: Conn): void {
    this.log.push(`upgraded ${status} ${fields.get("upgrade")}`);
    this.conn = conn;
  }

  error(error: Error): void {
    this.error_ = error;
    this.log.push(`error ${this.text}`.trim());
  }

  drain(): void {
    this.log.push("drain");
  }

  get received(): string {
    return this.text;
  }
}

/** A connection whose server is the test, on a clock that stands still. */
class Rig implements ClientConnOwner {
  readonly clock = new SimulatedClock();
  readonly client: ClientConn;
  readonly server: Conn;
  readonly log: string[] = [];
  received = "";
  ended = false;
  failure: NetError | undefined;
  /** Whether the server stops reading after each piece. */
  stingy = false;
  sink = new Recorder();

  constructor(limits: Partial<ClientLimits> = {}, keepAlive = true) {
    const [near, far] = pipe({ wheel: new TimerWheel(this.clock, 10) });
    const context = new ClientContext(this.clock, { ...DEFAULT_CLIENT_LIMITS, ...limits }, "origin:80", keepAlive);
    this.client = new ClientConn(near, context, this);
    this.server = far;
    far.attach({
      data: (chunk) => {
        this.received += latin1(chunk);
        if (this.stingy) far.pause();
      },
      drain: () => undefined,
      end: () => void (this.ended = true),
      close: (error) => {
        this.ended = true;
        this.failure = error;
      },
      timeout: () => undefined,
    });
  }

  free(): void {
    this.log.push("free");
  }

  gone(): void {
    this.log.push("gone");
  }

  failed(_: ClientConn, error: Error): void {
    this.sink.error(error);
  }

  /** Sends a request and returns what the server got of it. */
  async ask(parts: Partial<OutgoingRequest> = {}): Promise<string> {
    this.received = "";
    this.client.send(request(parts), this.sink);
    await settle();
    return this.received;
  }

  async answer(text: string): Promise<void> {
    this.server.send(Buffer.from(text, "latin1"));
    this.server.flush();
    await settle();
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
    await settle();
  }
}

const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe("a request", () => {
  test("goes out with its fields, and the engine's", async () => {
    const fields = Fields.from([
      ["Accept", "*/*"],
      ["X-A", "1"],
    ]);
    expect(await rig.ask({ target: "/p?q=1", host: "example.com", fields })).toBe(
      "GET /p?q=1 HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\nX-A: 1\r\n\r\n",
    );
  });

  test("without a Host names the origin", async () => {
    expect(await rig.ask({ host: "" })).toBe("GET / HTTP/1.1\r\nHost: origin:80\r\n\r\n");
  });

  test("says that a method which means a body has none", async () => {
    expect(await rig.ask({ method: "POST" })).toContain("\r\nContent-Length: 0\r\n\r\n");
  });

  test("asks for the connection's end when none is kept", async () => {
    rig = new Rig({}, false);
    expect(await rig.ask()).toBe("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await rig.answer(HELLO);
    expect(rig.log).toEqual(["gone"]);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.ended).toBe(true);
  });

  test("sends a body of known length", async () => {
    const head = await rig.ask({ method: "POST", bodyLength: 6 });
    expect(head).toContain("\r\nContent-Length: 6\r\n\r\n");
    expect(rig.client.write(Buffer.from("abc"))).toBe(true);
    expect(rig.client.write(Buffer.from("def"))).toBe(true);
    rig.client.endBody(undefined);
    await settle();
    expect(rig.received).toBe(`${head}abcdef`);
    await rig.answer(HELLO);
    expect(rig.log).toEqual(["free"]);
  });

  test("sends a body of unknown length in chunks, with trailers", async () => {
    const head = await rig.ask({ method: "POST", bodyLength: -1 });
    expect(head).toContain("\r\nTransfer-Encoding: chunked\r\n\r\n");
    rig.client.write(Buffer.from("abc"));
    rig.client.write(new Uint8Array(0));
    rig.client.write(Buffer.alloc(20_000, "x"));
    rig.client.endBody(Fields.from([["X-T", "1"]]));
    await settle();
    expect(rig.received.slice(head.length)).toBe(`3\r\nabc\r\n4e20\r\n${"x".repeat(20_000)}\r\n0\r\nX-T: 1\r\n\r\n`);
  });

  test.each([
    ["a target with a space", { target: "/a b" }],
    ["a target with a line break", { target: "/a\r\nX: y" }],
    ["a target beyond ASCII", { target: "/\u00e4" }],
    ["an empty target", { target: "" }],
    ["a method that is no token", { method: "GET /x" }],
    ["a Host with a line break", { host: "a\r\nX: y" }],
    ["an Upgrade with a line break", { upgrade: "x\r\nX: y" }],
    ["a head that is too large", { target: `/${"x".repeat(70_000)}` }],
    ["CONNECT", { method: "CONNECT", target: "a:1" }],
  ] as [string, Partial<OutgoingRequest>][])("with %s is refused, and nothing is sent", async (_, parts) => {
    expect(() => rig.client.send(request(parts), rig.sink)).toThrow(ProtocolError);
    await settle();
    expect(rig.received).toBe("");
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.sink.log.at(-1)).toBe("end hello");
  });

  test("does not go out beside another one", async () => {
    await rig.ask();
    expect(() => rig.client.send(request(), rig.sink)).toThrow("one request at a time");
  });

  test.each([
    ["longer", "abcd"],
    ["shorter", "ab"],
  ])("whose body is %s than promised breaks the connection off", async (_, body) => {
    await rig.ask({ method: "PUT", bodyLength: 3 });
    rig.client.write(Buffer.from(body));
    rig.client.endBody(undefined);
    await settle();
    expect(rig.sink.error_).toBeInstanceOf(ProtocolError);
    expect((rig.sink.error_ as ProtocolError).fault).toBe("caller");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test("waits for a slow server: write returns false, then drain", async () => {
    rig.server.pause();
    await rig.ask({ method: "POST", bodyLength: 300_000 });
    expect(rig.client.write(new Uint8Array(300_000))).toBe(false);
    rig.server.resume();
    await settle();
    expect(rig.sink.log).toEqual(["drain"]);
    rig.client.endBody(undefined);
    await rig.answer(HELLO);
    expect(rig.log).toEqual(["free"]);
  });
});

describe("an answer", () => {
  const ANSWERS: readonly (readonly [string, string, string, readonly string[]])[] = [
    ["by length", "GET", HELLO, ['200 [["Content-Length","5"]] 5', "end hello"]],
    ["without a body", "GET", "HTTP/1.1 204 No Content\r\n\r\n", ["204 [] 0", "end "]],
    ["of length 0", "GET", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", ['200 [["content-length","0"]] 0', "end "]],
    ["to HEAD", "HEAD", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", ['200 [["Content-Length","5"]] 0', "end "]],
    [
      "not modified",
      "GET",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
      ['304 [["Content-Length","5"]] 0', "end "],
    ],
    [
      "in chunks, with trailers",
      "GET",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX-T: 1\r\n\r\n",
      ['200 [["Transfer-Encoding","chunked"]] -1', 'end hello [["X-T","1"]]'],
    ],
    [
      "behind interim ones",
      "GET",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${HELLO}`,
      ["100 []", '103 [["Link","</x>"]]', '200 [["Content-Length","5"]] 5', "end hello"],
    ],
    [
      "of HTTP/1.0 that keeps the connection",
      "GET",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
      ['200 [["Connection","keep-alive"],["Content-Length","1"]] 1', "end x"],
    ],
  ];

  test.each(ANSWERS)("%s is the same wherever it is cut, and another follows", async (_, method, text, expected) => {
    for (let cut = 0; cut < text.length; cut++) {
      rig = new Rig();
      await rig.ask({ method });
      await rig.answer(text.slice(0, cut));
      await rig.answer(text.slice(cut));
      expect({ cut, log: rig.sink.log }).toEqual({ cut, log: [...expected] });
      expect(rig.log).toEqual(["free"]);
      rig.sink = new Recorder();
      await rig.ask({ method });
      await rig.answer(text);
      expect(rig.sink.log).toEqual([...expected]);
    }
  });

  test.each(ANSWERS)("%s comes whole when it is sent byte by byte", async (_, method, text, expected) => {
    await rig.ask({ method });
    for (const byte of text) await rig.answer(byte);
    expect(rig.sink.log).toEqual([...expected]);
  });

  test.each(ANSWERS.filter(([, , text]) => text.length > 60))(
    "%s that breaks off anywhere is an error, never an end",
    async (_, method, text) => {
      for (let cut = 0; cut < text.length; cut++) {
        rig = new Rig();
        await rig.ask({ method });
        await rig.answer(text.slice(0, cut));
        await rig.server.close();
        await settle();
        expect({ cut, error: rig.sink.error_ }).toMatchObject({ cut, error: { code: "ECONNRESET" } });
        expect(rig.sink.log.some((line) => line.startsWith("end"))).toBe(false);
        expect(rig.client.answered).toBe(cut > 0);
      }
    },
  );

  test.each(["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n"])(
    "that says no length ends with the connection: %j",
    async (head) => {
      await rig.ask();
      await rig.answer(`${head}hel`);
      await rig.answer("lo");
      await rig.server.closeWrite();
      await settle();
      expect(rig.sink.log).toEqual(["200 [] -1", "end hello"]);
      expect(rig.log).toEqual(["gone"]);
      expect(rig.ended).toBe(true);
    },
  );

  test("that says no length and is reset is an error", async () => {
    await rig.ask();
    await rig.answer("HTTP/1.1 200 OK\r\n\r\nhel");
    rig.server.abort();
    await settle();
    expect(rig.sink.log.at(-1)).toBe("error hel");
  });

  test.each([
    ["garbage", "SSH-2.0-OpenSSH\r\n"],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
    ["a bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"],
    ["white space before a colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"],
    ["length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx"],
    ["an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"],
    ["a NUL", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n"],
    ["101 to no upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ["a head that is too long", `HTTP/1.1 200 OK\r\nA: ${"x".repeat(70_000)}\r\n\r\n`],
    ["too many fields", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(300)}\r\n`],
    ["a malformed chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    ["a flood of interim answers", "HTTP/1.1 102 Processing\r\n\r\n".repeat(101)],
  ])("of %s is refused and breaks the connection off", async (_, text) => {
    await rig.ask();
    await rig.answer(text);
    expect(rig.sink.error_).toBeInstanceOf(ProtocolError);
    expect((rig.sink.error_ as ProtocolError).fault).toBe("peer");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test.each(["one piece", "two"])("whose first chunk is malformed is not begun when it comes in %s", async (pieces) => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    await rig.ask();
    if (pieces === "two") {
      await rig.answer("HTTP");
      await rig.answer(`${head.slice(4)}xyz\r\n`);
    } else await rig.answer(`${head}xyz\r\n`);
    expect(rig.sink.log).toEqual(["error"]);
  });

  test.each(["5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n"])(
    "in chunks %j that came with its head waits while it is paused at the head",
    async (body) => {
      rig.sink.onHead = () => rig.client.pause();
      await rig.ask();
      await rig.answer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
      expect(rig.sink.log.length).toBe(1);
      expect(rig.sink.received).toBe("");
      rig.client.resume();
      await settle();
      expect(rig.sink.log.at(-1)).toBe(body.startsWith("5") ? "end hello" : "end ");
      expect(rig.log).toEqual(["free"]);
    },
  );

  test("with bytes behind it is given on, and the connection is not used again", async () => {
    await rig.ask();
    await rig.answer(`${HELLO}HTTP/1.1 200 OK\r\n`);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test("that asks for the connection's end gets it", async () => {
    await rig.ask();
    await rig.answer(HELLO.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.ended).toBe(true);
    expect(rig.failure).toBeUndefined();
  });

  test("that comes before the request's body is whole is given on, and the connection is not used again", async () => {
    await rig.ask({ method: "POST", bodyLength: 10 });
    rig.client.write(Buffer.from("abc"));
    await rig.answer(HELLO);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.client.write(Buffer.from("def"))).toBe(false);
    await settle();
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test("that comes while the request's body still waits to leave is given on, and the connection is not used again", async () => {
    rig.server.pause();
    await rig.ask({ method: "POST", bodyLength: 300_000 });
    rig.client.write(new Uint8Array(300_000));
    rig.client.endBody(undefined);
    await rig.answer(HELLO);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.log).toEqual(["gone"]);
  });

  test("that comes before its request has left is refused", async () => {
    rig.client.send(request(), rig.sink);
    rig.client.data(Buffer.from(HELLO));
    expect(rig.sink.error_).toBeInstanceOf(ProtocolError);
    await settle();
    expect(rig.received).toBe("");
  });

  test("whose sink throws breaks the connection off", async () => {
    rig.sink.onHead = () => {
      throw new Error("no room");
    };
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.sink.error_?.message).toBe("no room");
    expect(rig.log).toEqual(["gone"]);
  });

  test("can be followed by a request made in its end", async () => {
    const second = new Recorder();
    rig.sink.onEnd = () => rig.client.send(request({ target: "/2" }), second);
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.received).toContain("GET /2 ");
    await rig.answer(HELLO);
    expect(second.log.at(-1)).toBe("end hello");
  });
});

describe("a connection that is free", () => {
  test("is over when anything comes", async () => {
    await rig.answer("HTTP/1.1 408 Request Timeout\r\n\r\n");
    expect(rig.log).toEqual(["gone"]);
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test("is over when the server closes it", async () => {
    await rig.server.close();
    await settle();
    expect(rig.log).toEqual(["gone"]);
  });

  test("has no deadline of the answer before", async () => {
    await rig.ask();
    await rig.answer(HELLO);
    await rig.pass(200_000);
    await rig.ask({ bodyLength: -1, method: "POST" });
    await rig.pass(200_000);
    expect(rig.log).toEqual(["free"]);
    expect(rig.sink.error_).toBeUndefined();
  });

  test("is closed when it is retired", async () => {
    rig.client.retire();
    await settle();
    expect(rig.log).toEqual(["gone"]);
    expect([rig.ended, rig.failure]).toEqual([true, undefined]);
  });
});

describe("time-outs", () => {
  test("an answer that does not begin in time", async () => {
    await rig.ask();
    await rig.pass(59_900);
    expect(rig.sink.log).toEqual([]);
    await rig.pass(200);
    expect(rig.sink.error_).toMatchObject({ code: "ETIMEDOUT", op: "read" });
    expect(rig.log).toEqual(["gone"]);
  });

  test("the head's time runs from the end of the request's body, whatever drips", async () => {
    await rig.ask({ method: "POST", bodyLength: 1 });
    await rig.pass(100_000);
    rig.client.write(Buffer.from("x"));
    rig.client.endBody(undefined);
    for (const byte of "HTTP") {
      await rig.answer(byte);
      await rig.pass(14_000);
    }
    expect(rig.sink.log).toEqual([]);
    await rig.pass(4200);
    expect(rig.sink.error_).toMatchObject({ code: "ETIMEDOUT" });
  });

  test("an answer that stops coming", async () => {
    await rig.ask();
    await rig.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    await rig.pass(59_000);
    await rig.answer("l");
    await rig.pass(59_000);
    expect(rig.sink.error_).toBeUndefined();
    await rig.pass(1100);
    expect(rig.sink.error_).toMatchObject({ code: "ETIMEDOUT", op: "read" });
  });

  test("an answer that nobody wants is not timed", async () => {
    await rig.ask();
    rig.sink.onData = () => rig.client.pause();
    await rig.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    await rig.pass(600_000);
    expect(rig.sink.error_).toBeUndefined();
    rig.client.resume();
    await rig.answer("llo");
    expect(rig.sink.log.at(-1)).toBe("end hello");
  });

  test("a server that stops reading", async () => {
    rig.server.pause();
    await rig.ask({ method: "POST", bodyLength: -1 });
    rig.client.write(new Uint8Array(300_000));
    await rig.pass(30_100);
    expect(rig.sink.error_).toMatchObject({ code: "ETIMEDOUT", op: "write" });
    expect(rig.log).toEqual(["gone"]);
  });

  test("a server that reads a little gets as long again", async () => {
    rig.server.pause();
    await rig.ask({ method: "POST", bodyLength: -1 });
    rig.client.write(new Uint8Array(1_000_000));
    rig.stingy = true;
    for (let i = 0; i < 3; i++) {
      await rig.pass(20_000);
      for (let pieces = 0; pieces < 3; pieces++) {
        rig.server.resume();
        await settle();
      }
    }
    rig.stingy = false;
    rig.server.resume();
    for (let i = 0; i < 10; i++) await settle();
    expect(rig.sink.error_).toBeUndefined();
    expect(rig.sink.log).toEqual(["drain"]);
  });
});

describe("pause", () => {
  test("holds the server back with bounded memory", async () => {
    rig.sink.onData = () => rig.client.pause();
    await rig.ask();
    const body = Buffer.alloc(1_000_000, "x");
    await rig.answer("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    rig.server.send(body);
    await settle();
    // What was delivered before the pause, what waits in the Conn and in the pipe: the rest is the server's own.
    expect(rig.server.queued).toBeGreaterThan(800_000);
    rig.sink.onData = undefined;
    rig.client.resume();
    for (let i = 0; i < 200; i++) await settle();
    expect(rig.sink.received.length).toBe(1_000_000);
    expect(rig.sink.log.at(-1)).toStartWith("end ");
    expect(rig.log).toEqual(["free"]);
  });

  test("holds the rest of a chunk that came with the bytes before it", async () => {
    let paused = 0;
    rig.sink.onData = () => {
      paused++;
      rig.client.pause();
    };
    await rig.ask();
    await rig.answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n");
    for (const expected of ["a", "ab", "abc"]) {
      expect(rig.sink.received).toBe(expected);
      rig.client.resume();
      await settle();
    }
    expect(paused).toBe(3);
    expect(rig.sink.log.at(-1)).toBe("end abc");
    expect(rig.log).toEqual(["free"]);
  });

  test("on the last byte does not hold the end back, nor the next answer", async () => {
    rig.sink.onData = () => rig.client.pause();
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.log).toEqual(["free", "free"]);
  });
});

describe("abort", () => {
  test("resets the connection, and nothing more is told", async () => {
    await rig.ask();
    await rig.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    rig.client.abort();
    await rig.answer("llo");
    expect(rig.sink.log).toEqual(['200 [["Content-Length","5"]] 5']);
    expect(rig.log).toEqual(["gone"]);
    expect(rig.failure?.code).toBe("ECONNRESET");
  });

  test("from a callback stops what is left of the chunk", async () => {
    rig.sink.onHead = () => rig.client.abort();
    await rig.ask();
    await rig.answer(HELLO);
    expect(rig.sink.log).toEqual(['200 [["Content-Length","5"]] 5']);
    expect(rig.log).toEqual(["gone"]);
  });
});

describe("an upgrade", () => {
  const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";

  test("hands the Conn over, with every byte behind the head, wherever it is cut", async () => {
    const text = `${SWITCH}hello`;
    for (let cut = 0; cut <= text.length; cut++) {
      rig = new Rig();
      const asked = await rig.ask({ upgrade: "x" });
      expect(asked).toContain("\r\nConnection: Upgrade\r\nUpgrade: x\r\n");
      await rig.answer(text.slice(0, cut));
      await rig.answer(text.slice(cut));
      expect(rig.sink.log).toEqual(["upgraded 101 x"]);
      expect(rig.log).toEqual(["gone"]);
      const conn = rig.sink.conn!;
      let got = "";
      while (got.length < 5) got += latin1((await conn.read())!);
      expect(got).toBe("hello");
      await conn.write(Buffer.from("back"));
      await settle();
      expect(rig.received.endsWith("back")).toBe(true);
      conn.abort();
    }
  });

  test("may be declined with an answer like any other", async () => {
    await rig.ask({ upgrade: "x" });
    await rig.answer(HELLO);
    expect(rig.sink.log.at(-1)).toBe("end hello");
    expect(rig.log).toEqual(["free"]);
  });
});
