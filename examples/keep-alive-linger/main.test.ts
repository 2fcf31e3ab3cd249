import { expect, test } from "bun:test";
import { dial, listen } from "netwright/net";
import { endSeenByPeer, LINGERS, OPTIONS } from "./main.ts";

test.each(Object.entries(LINGERS))("a connection that lingers %s", async (name, lingerMs) => {
  await using listener = await listen("tcp", "127.0.0.1:0");
  const conn = await dial("tcp", String(listener.local), OPTIONS);
  const peer = (await listener.accept())!;
  expect(await endSeenByPeer(conn, peer, lingerMs)).toBe(name === "with a reset" ? "ECONNRESET" : "end");
});
