import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { Addr } from "../../../addr/index.ts";
import { realClock, SimulatedClock, TimerWheel } from "../../../clock/index.ts";
import { dial, listen, type Resolver } from "../../../net/index.ts";
import { closeDescriptor, makeListeningSocket, tcpInfo } from "../../../sys/index.ts";
import { DialStory } from "./dial-story.ts";
import { Story } from "./story.ts";

function names(...addresses: readonly string[]): Resolver {
  return {
    async *lookup() {
      yield { family: 6, addrs: [], error: new Error("no answer") };
      yield { family: 4, addrs: addresses.map((address) => Addr.parse(address)) };
    },
  };
}

/** A story whose lines come without their times. */
function storyOf(lines: string[]): Story {
  return new Story(
    new SimulatedClock(),
    (line) => void lines.push(line.replace(/^ *[\d.]+ ms {2}/, "").replaceAll(/[\d.]+ ms/g, "N ms")),
  );
}

test("DialStory tells the look-up, each attempt and who answered, and hands over the descriptor of that", async () => {
  await using listener = await listen("tcp", "127.0.0.1:0");
  listener.serve((conn) => conn.abort());
  const { port } = new URL(`tcp://${listener.local.toString()}`);
  const lines: string[] = [];
  const story = new DialStory(storyOf(lines), 1000, names("127.0.0.2", "127.0.0.1"));
  await using conn = await dial("tcp", `name:${port}`, story.options);
  expect(conn.remote.toString()).toBe(`127.0.0.1:${port}`);
  const fd = story.take()!;
  expect([tcpInfo(fd).state === "SYN_SENT", story.take()]).toEqual([false, undefined]);
  closeDescriptor(fd);
  story.close();
  expect(lines).toEqual([
    "looking up name",
    "IPv6: no answer",
    "name has IPv4: 127.0.0.2, 127.0.0.1",
    `trying 127.0.0.2:${port}: SYN`,
    `127.0.0.2:${port}: connection refused (ECONNREFUSED)`,
    `trying 127.0.0.1:${port}: SYN`,
    `127.0.0.1:${port} answered: SYN-ACK; the handshake took N ms`,
  ]);
});

test("DialStory: an attempt that another one beat is given up, and its descriptor with it", async () => {
  // A full queue of one: the system leaves further connections unanswered.
  const silent = makeListeningSocket({ network: "tcp", addr: Addr.parse("127.0.0.3"), port: 0, backlog: 0 });
  const filler = await dial("tcp", `127.0.0.3:${silent.port}`);
  await using listener = await listen("tcp", `127.0.0.1:${silent.port}`);
  listener.serve((conn) => conn.abort());
  const before = readdirSync("/proc/self/fd").length;
  const lines: string[] = [];
  const story = new DialStory(storyOf(lines), 1000, names("127.0.0.3", "127.0.0.1"));
  const conn = await dial("tcp", `name:${silent.port}`, { ...story.options, wheel: new TimerWheel(realClock) });
  closeDescriptor(story.take()!);
  conn.abort();
  filler.abort();
  story.close();
  while (readdirSync("/proc/self/fd").length > before) await new Promise((resolve) => void setImmediate(resolve));
  closeDescriptor(silent.fd);
  const winner = `127.0.0.1:${silent.port}`;
  expect(lines.slice(-2)).toEqual([
    `${winner} answered: SYN-ACK; the handshake took N ms`,
    `127.0.0.3:${silent.port} given up: ${winner} was faster`,
  ]);
});
