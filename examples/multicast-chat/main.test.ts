import { expect, test } from "bun:test";
import { AddrPort } from "netwright/addr";
import { listen } from "netwright/net";
import { GROUP, join } from "./main.ts";

/** A member on the loopback interface who keeps what it hears, and tells when there is so much. */
class Listener {
  readonly heard: string[] = [];
  private waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  readonly hear = (name: string, words: string): void => {
    this.heard.push(`${name}: ${words}`);
    if (this.heard.length === this.waiting?.count) this.waiting.resolve();
  };

  async until(count: number): Promise<readonly string[]> {
    if (this.heard.length < count) await new Promise<void>((resolve) => (this.waiting = { count, resolve }));
    return this.heard;
  }
}

/** A port that nobody has. */
async function freeGroup(): Promise<AddrPort> {
  await using conn = await listen("udp4", ":0");
  return new AddrPort(GROUP.addr, conn.local.port);
}

test("everybody who joined hears everybody, and a packet that is for one machine is not for the chat", async () => {
  const group = await freeGroup();
  const [ann, bob] = [new Listener(), new Listener()];
  const first = await join({ name: "ann", heard: ann.hear, interface: "lo", group });
  const second = await join({ name: "bob", heard: bob.hear, interface: "lo", group });
  await first.say("hello");
  await second.say("hi");
  for (const each of [ann, bob]) expect(await each.until(2)).toEqual(["ann: hello", "bob: hi"]);
  await using stranger = await listen("udp4", "127.0.0.1:0");
  await stranger.send(new TextEncoder().encode("eve\0psst"), AddrPort.parse(`127.0.0.1:${group.port}`));
  await second.leave();
  await first.say("still there?");
  expect(await ann.until(3)).toEqual(["ann: hello", "bob: hi", "ann: still there?"]);
  expect(bob.heard.length).toBe(2);
  await first.leave();
});
