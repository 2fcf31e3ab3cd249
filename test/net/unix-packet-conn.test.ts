import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "bun:test";
import { dial, listen } from "../../src/net/index.ts";
import type { PairTime } from "./conn-kind.ts";
import type { PacketPair, PacketTraits } from "./packet-kind.ts";
import { describePacketConn } from "./packet-suite.ts";

const directory = mkdtempSync(join(tmpdir(), "unix-packets-"));
afterAll(() => rmSync(directory, { recursive: true }));

let count = 0;
function freshPath(): string {
  return join(directory, `s${count++}`);
}

function options(time: PairTime | undefined): object {
  return time === undefined ? {} : { wheel: time.wheel };
}

const UNIXGRAM: PacketTraits = {
  hasEmptyPackets: true,
  largest: 150_000,
  tooLarge: 300_000,
  drops: false,
  isRefused: false,
  hasEnd: false,
};

/** Two that listen. */
async function listening(one: string, other: string, time: PairTime | undefined): Promise<PacketPair> {
  const a = await listen("unixgram", one, options(time));
  const b = await listen("unixgram", other, options(time));
  return { a, b, toA: a.local, toB: b.local };
}

async function accepted(path: string, time: PairTime | undefined): Promise<PacketPair> {
  await using listener = await listen("unixpacket", path, options(time));
  const a = await dial("unixpacket", path, options(time));
  const b = (await listener.accept())!;
  return { a, b, toA: undefined, toB: undefined };
}

describePacketConn({
  name: "unixgram",
  traits: UNIXGRAM,
  pair: async (time) => listening(freshPath(), freshPath(), time),
});

describePacketConn({
  name: "unixgram, abstract",
  traits: UNIXGRAM,
  pair: async (time) => listening("@", "@", time),
});

describePacketConn({
  name: "unixgram, one side dialled",
  traits: UNIXGRAM,
  pair: async (time) => {
    const path = freshPath();
    const b = await listen("unixgram", path, options(time));
    const a = await dial("unixgram", path, { ...options(time), localAddress: "@" });
    return { a, b, toA: a.local, toB: undefined };
  },
});

describePacketConn({
  name: "unixpacket",
  traits: { ...UNIXGRAM, hasEnd: true },
  pair: async (time) => accepted(freshPath(), time),
});

describePacketConn({
  name: "unixpacket, abstract",
  traits: { ...UNIXGRAM, hasEnd: true },
  pair: async (time) => accepted(`@unix-packets-${process.pid}-${count++}`, time),
});
