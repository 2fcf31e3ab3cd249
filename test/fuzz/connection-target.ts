import { type Random, SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { H1Server } from "../../src/http/h1/index.ts";
import type { Next } from "../../src/http/message/index.ts";
import { pipe } from "../../src/net/index.ts";
import { REQUESTS } from "./seeds.ts";
import type { Target } from "./target.ts";

/** A whole server's connection on a clock that stands still: what it answers must not depend on how the bytes were cut, and it must end. */
export const connection: Target = {
  name: "connection",
  seeds: REQUESTS,
  async check(text, random) {
    const whole = await answered(text, text.length, random);
    const pieces = await answered(text, 1 + (random.uint32() % 50), random);
    if (whole !== pieces) return `whole: ${JSON.stringify(whole)}, in pieces: ${JSON.stringify(pieces)}`;
    return wellFormed(whole);
  },
};

const echo: Next = async (exchange) => {
  const body = await exchange.body.bytes();
  exchange.start(200, body.length);
  exchange.end(body);
};

async function answered(text: string, most: number, random: Random): Promise<string> {
  const clock = new SimulatedClock();
  const server = new H1Server({
    next: echo,
    clock,
    serverName: "",
    onError: (_exchange, error) => {
      if (error.status >= 500) throw error;
    },
  });
  const [client, served] = pipe({ wheel: new TimerWheel(clock, 10) });
  let received = "";
  let closed = false;
  server.serve(served);
  client.attach({
    data: (chunk) => void (received += Buffer.from(chunk).toString("latin1")),
    drain: () => undefined,
    end: () => void client.close(),
    close: () => void (closed = true),
    timeout: () => undefined,
  });
  for (let at = 0; at < text.length && !closed;) {
    const size = most >= text.length ? text.length : 1 + (random.uint32() % most);
    client.send(Buffer.from(text.slice(at, at + size), "latin1"));
    client.flush();
    at += size;
    await settle();
  }
  await client.closeWrite();
  await clock.advanceAsync(400_000);
  if (!closed) received += " NEVER CLOSED";
  server.abortAll();
  // Whether the client's end came before the head of the last answer is a matter of time, and shows in Connection.
  return received.replaceAll(/(?:Date|Connection): [^\r]*\r\n/g, "");
}

async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

/** What a server says is a run of responses, each framed by its length. */
function wellFormed(text: string): string | undefined {
  let rest = text;
  while (rest !== "") {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (head === null) return `this is no response: ${JSON.stringify(rest.slice(0, 80))}`;
    const length = Number(/Content-Length: (\d+)/.exec(head[2]!)?.[1] ?? 0);
    rest = rest.slice(head[0].length);
    // A HEAD's answer tells a length and has no body; the next one then begins at once.
    if (!rest.startsWith("HTTP/1.1 ")) rest = rest.slice(length);
  }
  return undefined;
}
