import { expect, test } from "bun:test";
import { SimulatedClock, TimerWheel } from "netwright/clock";
import { pipe } from "netwright/net";
import { serve, talk } from "./main.ts";

test("four pings, an answer, four more, and the end at exactly 9 s", async () => {
  const clock = new SimulatedClock();
  const [client, server] = pipe({ wheel: new TimerWheel(clock) });
  const serving = serve(server, 1000, 5000);
  const heard: string[] = [];
  const talking = talk(client, (text) => void heard.push(`${clock.now() / 1000} ${text}`));
  await clock.advanceAsync(60_000);
  await talking;
  const pings = [1, 2, 3, 4, 5, 6, 7, 8].map((second) => `${second} ping`);
  expect(heard).toEqual([...pings, "9 end"]);
  expect(await serving).toEqual(["PONG!!!", "silence"]);
});
