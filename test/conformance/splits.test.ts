import { describe, expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../src/clock/index.ts";
import { H1Server } from "../../src/http/h1/index.ts";
import { pipe } from "../../src/net/index.ts";
import { CASES } from "./cases.ts";

/** Long cases are cut at about so many places, the others at every one. */
const CUTS = 400;

/** All that a server in memory answers to pieces of bytes, on a clock that stands still; Date is left out. */
async function answered(...pieces: readonly string[]): Promise<string> {
  const clock = new SimulatedClock();
  const server = new H1Server({
    next: async (exchange) => {
      const body = await exchange.body.bytes();
      exchange.start(200, body.length);
      exchange.end(body);
    },
    clock,
  });
  const [client, served] = pipe({ wheel: new TimerWheel(clock, 10) });
  let received = "";
  server.serve(served);
  client.attach({
    data: (chunk) => void (received += Buffer.from(chunk).toString("latin1")),
    drain: () => undefined,
    end: () => void (received += "[end]"),
    close: () => undefined,
    timeout: () => undefined,
  });
  for (const piece of pieces) {
    client.send(Buffer.from(piece, "latin1"));
    client.flush();
    await settle();
  }
  server.abortAll();
  return received.replaceAll(/Date: [^\r]*\r\n/g, "");
}

async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

describe("however its bytes are cut in two, a server answers the same to", () => {
  for (const { rule, name, bytes } of CASES) {
    test(`${rule}: ${name}`, async () => {
      const whole = await answered(bytes);
      const step = Math.max(1, Math.floor(bytes.length / CUTS));
      for (let cut = 1; cut < bytes.length; cut += step) {
        const cutAnswer = await answered(bytes.slice(0, cut), bytes.slice(cut));
        expect([cut, cutAnswer]).toEqual([cut, whole]);
      }
    });
  }
});
