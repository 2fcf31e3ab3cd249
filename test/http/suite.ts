import { afterEach, describe, expect, test } from "bun:test";
import { type Exchange, Fields, HandlerError, type Next, prepareResponse } from "../../src/http/message/index.ts";
import type { Handler, HttpServer, ServeOptions } from "../../src/http/server/index.ts";

/** What a client that we did not write made of a response. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; values of repeated fields in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
  readonly trailers: ReadonlyMap<string, string>;
  /** Interim statuses, in order. */
  readonly interim: readonly number[];
}

export interface Question {
  readonly method?: string;
  readonly target?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** An HTTP version, as the suite sees it. */
export interface Version {
  readonly name: string;
  /** "HTTP/1.1", "HTTP/2.0" … */
  readonly protocol: string;
  serve(next: Next, options?: ServeOptions): Promise<HttpServer>;
  serveFetch(handler: Handler): Promise<HttpServer>;
  ask(server: HttpServer, question: Question): Promise<Answer>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (answer: Answer): string => new TextDecoder().decode(answer.body);

/** What every HTTP version must do, seen from a handler on one side and from a foreign client on the other. */
export function describeHttp(version: Version): void {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function answerOf(next: Next, question: Question = {}, options?: ServeOptions): Promise<Answer> {
    const server = await version.serve(next, options);
    servers.push(server);
    return version.ask(server, question);
  }

  describe(version.name, () => {
    test("a handler sees the request as it came", async () => {
      let seen: Record<string, unknown> = {};
      await answerOf(
        (exchange) => {
          seen = {
            method: exchange.method,
            path: exchange.path,
            decoded: exchange.decodedPath,
            query: exchange.query,
            target: exchange.target,
            protocol: exchange.protocol,
            twice: exchange.fields.values("x-twice"),
            host: exchange.host.replace(/:\d+$/, ""),
          };
        },
        {
          method: "PUT",
          target: "/a%20b/c?q=1&r=%20",
          fields: [
            ["X-Twice", "1"],
            ["X-Twice", "2"],
          ],
        },
      );
      expect(seen).toEqual({
        method: "PUT",
        path: "/a%20b/c",
        decoded: "/a b/c",
        query: "q=1&r=%20",
        target: "/a%20b/c?q=1&r=%20",
        protocol: version.protocol,
        twice: ["1", "2"],
        host: "127.0.0.1",
      });
    });

    test("a prepared response arrives whole, with Date and Server", async () => {
      const answer = await answerOf((exchange) =>
        exchange.respond(prepareResponse(201, [["Content-Type", "text/plain"]], bytes("made"))),
      );
      expect([answer.status, textOf(answer)]).toEqual([201, "made"]);
      expect(answer.fields.get("content-length")).toEqual(["4"]);
      expect(answer.fields.get("server")).toEqual(["Netwright"]);
      expect(Date.parse(answer.fields.get("date")![0]!)).toBeGreaterThan(0);
    });

    test("repeated response fields arrive in order", async () => {
      const answer = await answerOf((exchange) => {
        exchange.responseFields.append("Set-Cookie", "a=1");
        exchange.responseFields.append("Set-Cookie", "b=2");
        exchange.start(204, 0);
        exchange.end();
      });
      expect(answer.status).toBe(204);
      expect(answer.fields.get("set-cookie")).toEqual(["a=1", "b=2"]);
    });

    test("HEAD gets the head that GET would, without the body", async () => {
      const next: Next = (exchange) => {
        exchange.start(200, 5);
        exchange.end(bytes("hello"));
      };
      const answer = await answerOf(next, { method: "HEAD" });
      expect([answer.status, answer.body.length, answer.fields.get("content-length")]).toEqual([200, 0, ["5"]]);
    });

    test("a body of known length, and one of unknown length, reach the handler", async () => {
      const echo: Next = async (exchange) => {
        const { length } = exchange.body;
        const body = await exchange.body.bytes();
        exchange.responseFields.set("X-Length", String(length));
        exchange.start(200, body.length);
        exchange.end(body);
      };
      const known = await answerOf(echo, { method: "POST", body: bytes("known") });
      expect([textOf(known), known.fields.get("x-length")]).toEqual(["known", ["5"]]);
      const streamed = await answerOf(echo, { method: "POST", body: pieces(["un", "known", ""]) });
      expect([textOf(streamed), streamed.fields.get("x-length")]).toEqual(["unknown", ["-1"]]);
    });

    test("a large body goes through both ways with neither side holding more than its marks", async () => {
      const chunk = new Uint8Array(64 * 1024).fill(7);
      const count = 256;
      let most = 0;
      const answer = await answerOf(
        async (exchange) => {
          exchange.start(200, -1);
          for await (const piece of exchange.body.stream) {
            if (!exchange.write(piece)) await exchange.drained();
            most = Math.max(most, piece.length);
          }
          exchange.end();
        },
        { method: "POST", body: repeat(chunk, count) },
      );
      expect(answer.body.length).toBe(chunk.length * count);
      expect(answer.body.every((byte) => byte === 7)).toBe(true);
      expect(most).toBeLessThanOrEqual(1024 * 1024);
    });

    test("trailers and interim responses arrive", async () => {
      const answer = await answerOf((exchange) => {
        const link = new Fields();
        link.append("Link", "</style.css>; rel=preload");
        exchange.inform(103, link);
        exchange.responseFields.append("Trailer", "X-Sum");
        exchange.start(200, -1);
        exchange.write(bytes("body"));
        const trailers = new Fields();
        trailers.append("X-Sum", "42");
        exchange.end(undefined, trailers);
      });
      expect([textOf(answer), answer.interim, answer.trailers.get("x-sum")]).toEqual(["body", [103], "42"]);
    });

    test("what a handler throws is the status, and nothing of its cause", async () => {
      const answer = await answerOf(
        () => {
          throw new HandlerError(451, "a secret", { cause: new Error("another") });
        },
        {},
        { onError: () => undefined },
      );
      expect([answer.status, textOf(answer)]).toEqual([451, ""]);
    });

    test("a response that breaks off is an error for the client, not an end", async () => {
      const cut: Next = (exchange) => {
        exchange.start(200, -1);
        exchange.write(bytes("half"));
        setImmediate(() => exchange.abort());
        exchange.claim();
      };
      expect(await failureOf(answerOf(cut))).toBeInstanceOf(Error);
    });

    test("a client that goes away aborts the exchange", async () => {
      const gone = Promise.withResolvers<unknown>();
      const begun = Promise.withResolvers<void>();
      const leaving = new AbortController();
      const next = (exchange: Exchange): void => {
        exchange.claim();
        exchange.signal.addEventListener("abort", () => gone.resolve("signal"));
        begun.resolve();
      };
      const asked = answerOf(next, { signal: leaving.signal });
      await begun.promise;
      leaving.abort();
      expect(await failureOf(asked)).toBeInstanceOf(Error);
      expect(await gone.promise).toBe("signal");
    });

    test("a handler of the fetch shape sees a Request and answers with a Response", async () => {
      const server = await version.serveFetch(async (request, info) => {
        const body = await request.text();
        return new Response(
          `${request.method} ${new URL(request.url).search} ${body} ${info.remote.toString() !== ""}`,
          {
            status: 202,
            headers: { "X-Seen": request.headers.get("x-asked") ?? "" },
          },
        );
      });
      servers.push(server);
      const answer = await version.ask(server, {
        method: "POST",
        target: "/path?x=1",
        fields: [["X-Asked", "yes"]],
        body: bytes("in"),
      });
      expect([answer.status, textOf(answer), answer.fields.get("x-seen")]).toEqual([202, "POST ?x=1 in true", ["yes"]]);
      expect(answer.fields.get("content-length")).toEqual([String(answer.body.length)]);
    });

    test("a Response with a stream is streamed", async () => {
      const server = await version.serveFetch(() => new Response(streamOf(pieces(["a", "b", "c"]))));
      servers.push(server);
      const answer = await version.ask(server, {});
      expect([textOf(answer), answer.fields.has("content-length")]).toEqual(["abc", false]);
    });

    test("HEAD does not read a Response's stream to its end, which may never come", async () => {
      const cancelled = Promise.withResolvers<void>();
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(bytes("more")),
        cancel: () => cancelled.resolve(),
      });
      const server = await version.serveFetch(() => new Response(endless));
      servers.push(server);
      const answer = await version.ask(server, { method: "HEAD" });
      expect([answer.status, answer.body.length]).toEqual([200, 0]);
      await cancelled.promise;
    });

    test("a silent stream of a Response is cancelled when the client goes away", async () => {
      const cancelled = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const leaving = new AbortController();
      const silent = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes("one")),
        pull: () => begun.resolve(),
        cancel: () => cancelled.resolve(),
      });
      const server = await version.serveFetch(() => new Response(silent));
      servers.push(server);
      const asked = failureOf(version.ask(server, { signal: leaving.signal }));
      await begun.promise;
      leaving.abort();
      expect(await asked).toBeInstanceOf(Error);
      await cancelled.promise;
    });

    test("every Set-Cookie of a Response arrives, and a length that is none is not promised", async () => {
      const server = await version.serveFetch(() => {
        const headers = new Headers([
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
          ["Content-Length", "-7"],
        ]);
        return new Response("body", { headers });
      });
      servers.push(server);
      const answer = await version.ask(server, {});
      expect([textOf(answer), answer.fields.get("set-cookie")]).toEqual(["body", ["a=1", "b=2"]]);
      expect(answer.fields.get("content-length") ?? ["4"]).toEqual(["4"]);
    });

    test("a shutdown lets what is under way finish", async () => {
      const release = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const server = await version.serve(async (exchange) => {
        begun.resolve();
        await release.promise;
        exchange.respond(prepareResponse(200, [], bytes("finished")));
      });
      servers.push(server);
      const asked = version.ask(server, {});
      await begun.promise;
      const stopped = server.shutdown(60_000);
      release.resolve();
      expect(textOf(await asked)).toBe("finished");
      await stopped;
      expect(server.connections).toBe(0);
    });
  });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const step = await chunks.next();
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
  });
}

async function* pieces(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    await Promise.resolve();
    yield bytes(text);
  }
}

async function* repeat(chunk: Uint8Array, count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield chunk;
  }
}
