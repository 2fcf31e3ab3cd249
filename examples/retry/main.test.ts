import { expect, test } from "bun:test";
import { SimulatedClock } from "netwright/clock";
import { type Conn, NetError, type NetErrorCode, pipe } from "netwright/net";
import { dialPatiently } from "./main.ts";

/** Fails with these codes in turn, then connects. */
function failing(codes: NetErrorCode[]): () => Promise<Conn> {
  return async () => {
    const code = codes.shift();
    if (code !== undefined) throw new NetError({ op: "dial", network: "tcp", code });
    return pipe()[0];
  };
}

async function run(codes: NetErrorCode[]): Promise<string[]> {
  const clock = new SimulatedClock();
  const said: string[] = [];
  const outcome = dialPatiently(failing(codes), 10_000, (text) => void said.push(text), clock).then(
    () => "connected",
    (error: NetError) => error.code,
  );
  await clock.advanceAsync(600_000);
  return [...said, await outcome];
}

test("a server that comes up in the meantime is reached", async () => {
  expect(await run(["ECONNREFUSED", "ETIMEDOUT"])).toEqual([
    "try 1 failed (ECONNREFUSED); again in 10 s",
    "try 2 failed (ETIMEDOUT); again in 10 s",
    "connected",
  ]);
});

test("after seven tries it gives up, and at once on an error that stays", async () => {
  expect((await run(Array.from({ length: 20 }, () => "ECONNREFUSED" as const))).length).toBe(7);
  expect(await run(["ENOTFOUND"])).toEqual(["ENOTFOUND"]);
});
