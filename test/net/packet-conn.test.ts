import { Addr, AddrPort } from "../../src/addr/index.ts";
import { dial, listen, type UdpNetwork } from "../../src/net/index.ts";
import type { PairTime } from "./conn-kind.ts";
import type { PacketPair, PacketTraits } from "./packet-kind.ts";
import { describePacketConn } from "./packet-suite.ts";

const UDP: PacketTraits = {
  hasEmptyPackets: true,
  largest: 65_000,
  tooLarge: 65_528,
  drops: true,
  isRefused: false,
  hasEnd: false,
};

/** Room for all that a test sends before anybody receives. */
const ROOM = { receiveBufferBytes: 212_992 } as const;

function options(time: PairTime | undefined): object {
  return time === undefined ? ROOM : { ...ROOM, wheel: time.wheel };
}

async function listening(network: UdpNetwork, address: string, time: PairTime | undefined): Promise<PacketPair> {
  const [a, b] = await Promise.all([listen(network, address, options(time)), listen(network, address, options(time))]);
  return { a, b, toA: a.local, toB: b.local };
}

/** Two that are connected with each other. */
async function connected(host: string, time: PairTime | undefined): Promise<PacketPair> {
  // It holds the port for the second one, until that has it as well.
  await using place = await listen("udp", `${host}:0`, { reusePort: true });
  const localAddress = place.local.toString();
  const a = await dial("udp", localAddress, { ...options(time), localAddress: `${host}:0` });
  const b = await dial("udp", a.local.toString(), { ...options(time), localAddress, reusePort: true });
  return { a, b, toA: undefined, toB: undefined };
}

describePacketConn({ name: "udp4", traits: UDP, pair: async (time) => listening("udp4", "127.0.0.1:0", time) });
describePacketConn({ name: "udp6", traits: UDP, pair: async (time) => listening("udp6", "[::1]:0", time) });

describePacketConn({
  name: "udp, connected",
  traits: { ...UDP, isRefused: true },
  pair: async (time) => connected("127.0.0.1", time),
});

describePacketConn({
  name: "udp, connected over IPv6",
  traits: { ...UDP, isRefused: true },
  pair: async (time) => connected("[::1]", time),
});

describePacketConn({
  name: "udp on all addresses of both families",
  traits: UDP,
  pair: async (time) => {
    const a = await listen("udp", "127.0.0.1:0", options(time));
    const b = await listen("udp", ":0", options(time));
    return { a, b, toA: a.local, toB: new AddrPort(Addr.parse("127.0.0.1"), b.local.port) };
  },
});
