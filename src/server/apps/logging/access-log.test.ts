import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../../clock/index.ts";
import { H1Server } from "../../../http/h1/index.ts";
import type { Next } from "../../../http/message/index.ts";
import { JsonEncoder, Logger, LogSink } from "../../../log/index.ts";
import { pipe } from "../../../net/index.ts";
import { AccessLog } from "./access-log.ts";

/** The line that one request leaves. */
async function lineOf(request: string, next: Next, credentials = false): Promise<Record<string, unknown>> {
  const clock = new SimulatedClock();
  let text = "";
  const sink = new LogSink((bytes, start, length) => {
    text += new TextDecoder().decode(bytes.subarray(start, start + length));
    return length;
  });
  const logger = new Logger([{ level: "info", encoder: new JsonEncoder(), sink, include: [], exclude: [] }], () =>
    clock.wallNow(),
  );
  const log = new AccessLog(logger.named("http.log.access"), { credentials, clock });
  const server = new H1Server({
    next,
    clock,
    onExchange: (exchange) => {
      exchange.keepSentFields = true;
      exchange.onFinish((ended) => log.record(ended));
    },
  });
  const [client, served] = pipe({ wheel: new TimerWheel(clock, 10) });
  server.serve(served);
  client.attach({
    data: () => undefined,
    drain: () => undefined,
    end: () => undefined,
    close: () => undefined,
    timeout: () => undefined,
  });
  client.send(Buffer.from(request, "latin1"));
  client.flush();
  for (let i = 0; i < 30; i++) await Promise.resolve();
  sink.flush();
  return JSON.parse(text) as Record<string, unknown>;
}

const hello: Next = (exchange) => {
  exchange.start(200, 5);
  exchange.end(new TextEncoder().encode("hello"));
};

describe("AccessLog", () => {
  test("writes Caddy's line", async () => {
    const line = await lineOf(
      "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-Two: 1\r\nX-Two: 2\r\nUser-Agent: t\r\n\r\n",
      hello,
    );
    expect(line).toMatchObject({
      level: "info",
      ts: 1767225600,
      logger: "http.log.access",
      msg: "handled request",
      bytes_read: 0,
      user_id: "",
      duration: 0,
      size: 5,
      status: 200,
    });
    expect(line["request"]).toMatchObject({
      proto: "HTTP/1.1",
      method: "GET",
      host: "example.com",
      uri: "/a?b=c",
      headers: { "X-Two": ["1", "2"], "User-Agent": ["t"] },
    });
    expect(line["resp_headers"]).toMatchObject({ Server: ["Netwright"], "Content-Length": ["5"] });
  });

  test("hides credentials unless it is told not to", async () => {
    const request = "GET / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\nAuthorization: Basic secret\r\n\r\n";
    expect(JSON.stringify(await lineOf(request, hello))).not.toContain("secret");
    expect(JSON.stringify(await lineOf(request, hello, true))).toContain("Basic secret");
  });

  test("logs what came, whatever handlers made of it, and bytes that are no text as text", async () => {
    const line = await lineOf(
      'GET /"\\ HTTP/1.1\r\nHost: a\r\nX-Odd: \xff"\\\t\r\nX-Gone: here\r\n\r\n',
      (exchange) => {
        exchange.method = "PUT";
        exchange.path = "/rewritten";
        exchange.fields.delete("x-gone");
        return hello(exchange);
      },
    );
    expect(line["request"]).toMatchObject({ method: "GET", uri: '/"\\', headers: { "X-Gone": ["here"] } });
  });

  test("escapes what JSON or a log must not hold as it is, at any place of a value", async () => {
    const filler = "0123456789abcdefghijklmnopqrstuv";
    for (const odd of ['"', "\\", "\t", "\u007e", "\u00c3\u00a9", "\u00ff", "\u00e2\u0082"]) {
      for (const at of [1, 3, 7, 8, 15, 23, 24, 31]) {
        const sent = `${filler.slice(0, at)}${odd}${filler.slice(at)}`;
        const line = await lineOf(`GET /"\\ HTTP/1.1\r\nHost: a\r\nX-Odd: ${sent}\r\n\r\n`, hello);
        const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.from(sent, "latin1"));
        expect(line["request"]).toMatchObject({ uri: '/"\\', headers: { "X-Odd": [text] } });
      }
    }
  });

  test("no request is told with another's host, method or version", async () => {
    const heads = [
      "GET / HTTP/1.1\r\nHost: a.test",
      "GET / HTTP/1.1\r\nHost: b.test",
      "PUT / HTTP/1.1\r\nHost: b.test",
      "PUT / HTTP/1.0\r\nHost: b.test",
      `GET / HTTP/1.1\r\nHost: ${"long.".repeat(60)}test`,
      "GET / HTTP/1.1\r\nHost: a.test",
    ];
    for (const head of heads) {
      const [method, proto, host] = head.split(/ \/ |\r\nHost: /);
      const line = await lineOf(`${head}\r\n\r\n`, hello);
      expect(line["request"]).toMatchObject({ method, proto, host });
    }
  });

  test("joins fields of one name, however they are written, and keeps apart names that look alike", async () => {
    const line = await lineOf(
      "GET / HTTP/1.1\r\nHost: a\r\nX-aXa-B: 1\r\nx-bXb-b: 2\r\nX-AXA-b: 3\r\nSET-cookie: s\r\nSet-Cookia: 4\r\nPROXY-Authorization: s\r\n\r\n",
      hello,
    );
    expect((line["request"] as Record<string, unknown>)["headers"]).toEqual({
      "X-Axa-B": ["1", "3"],
      "X-Bxb-B": ["2"],
      "Set-Cookie": ["REDACTED"],
      "Set-Cookia": ["4"],
      "Proxy-Authorization": ["REDACTED"],
    });
  });

  test("counts body bytes and marks failures as errors", async () => {
    const line = await lineOf("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", async (exchange) => {
      await exchange.body.bytes();
      throw new Error("a bug");
    });
    expect(line).toMatchObject({ level: "error", status: 500, bytes_read: 4, size: 0 });
  });
});
