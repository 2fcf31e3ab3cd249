import { expect, test } from "bun:test";
import { AddrPort } from "netwright/addr";
import { listen } from "netwright/net";
import { send, serve } from "./main.ts";

test("a free port is reported, clients are read to their end, and both sides close cleanly", async () => {
  const listener = await listen("tcp", "127.0.0.1:0");
  expect(listener.local).toBeInstanceOf(AddrPort);
  expect((listener.local as AddrPort).port).toBeGreaterThan(0);
  const received: string[] = [];
  const served = serve(listener, (text) => void received.push(text));
  const address = String(listener.local);
  // More than a buffer, so that it takes several reads.
  const long = "é".repeat(5000);
  expect(await send(address, "hello")).toBe("");
  expect(await Promise.all([send(address, long), send(address, "")])).toEqual(["", ""]);
  await listener.close();
  await served;
  expect(received.toSorted((a, b) => a.length - b.length)).toEqual(["", "hello", long]);
  expect(listener.open).toBe(0);
});
