import { expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "../../../clock/index.ts";
import { H1Server } from "../../../http/h1/index.ts";
import { pipe } from "../../../net/index.ts";
import { requestRecord } from "./request-record.ts";

test("requestRecord takes fields whose names mean something to objects for what they are", async () => {
  const clock = new SimulatedClock();
  const records: unknown[] = [];
  const server = new H1Server({
    clock,
    next: (exchange) => {
      records.push(JSON.parse(JSON.stringify(requestRecord(exchange, false))));
    },
  });
  const [client, served] = pipe({ wheel: new TimerWheel(clock, 10) });
  server.serve(served);
  client.send(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n__proto__: 1\r\nconstructor: 2\r\nConstructor: 3\r\n\r\n"));
  client.flush();
  for (let i = 0; i < 30; i++) await Promise.resolve();
  expect(records).toMatchObject([{ method: "GET", headers: { Constructor: ["2", "3"] } }]);
  expect(JSON.stringify(records)).toContain('"__proto__":["1"]');
});
