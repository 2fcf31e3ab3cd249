import { expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "netwright/clock";
import { dial, listen } from "netwright/net";
import { readPastDeadline, sendLate } from "./main.ts";

test("a read times out after 5 s, the deadline moves forward, the next read succeeds, and the client sees the end", async () => {
  const clock = new SimulatedClock();
  const wheel = new TimerWheel(clock);
  await using listener = await listen("tcp", "127.0.0.1:0", { wheel });
  const begin = Promise.withResolvers<void>();
  const client = sendLate(await dial("tcp", String(listener.local), { wheel }), begin.promise);
  const conn = await listener.accept();
  let passedAt = -1;
  const server = readPastDeadline(conn!, 5000, () => {
    passedAt = clock.now();
    begin.resolve();
  });
  await clock.advanceAsync(4_999);
  expect(passedAt).toBe(-1);
  await clock.advanceAsync(1);
  expect(passedAt).toBe(5000);
  expect(await server).toEqual(["deadline exceeded", "1"]);
  expect(await client).toBe("end");
  expect(clock.now()).toBe(5000);
});
