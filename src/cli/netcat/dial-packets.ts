import { AddrPort } from "../../addr/index.ts";
import {
  dial,
  type Endpoint,
  listen,
  NetError,
  type PacketConn,
  threadWheel,
  UdpConn,
  type UdpNetwork,
  type UnixPacketNetwork,
} from "../../net/index.ts";
import { fail } from "../fail.ts";
import { print } from "../print.ts";
import { standardInput } from "./byte-input.ts";
import { standardOutput } from "./byte-output.ts";
import type { ConnStory } from "./explain/conn-story.ts";
import { DialStory } from "./explain/dial-story.ts";
import { PlainStory } from "./explain/plain-story.ts";
import type { Story } from "./explain/story.ts";
import { storyOnStderr } from "./explain/story-on-stderr.ts";
import { type DialFlags, isUdp, INTERVAL_MS, limitsOf, PACKET_BYTES, PACKET_WAIT_MS } from "./netcat-flags.ts";
import { Observers } from "./observers.ts";
import { PacketSession } from "./packet-session.ts";
import { peerProcess } from "./peer-process.ts";

/** A PacketConn, and whom it sends to where it is not connected. */
interface Reached {
  readonly conn: PacketConn;
  readonly to: Endpoint | undefined;
}

/** `netwright dial` over UDP, unixgram or unixpacket. Resolves to the exit code. */
export async function dialPackets(
  network: UdpNetwork | UnixPacketNetwork,
  address: string,
  flags: DialFlags,
  stop: AbortSignal,
): Promise<number> {
  const observers = await Observers.open(flags);
  const story = flags.explain === true ? storyOnStderr() : undefined;
  try {
    const reached = await reach(network, address, flags, stop, story);
    if (flags.verbose === true) console.error(readyText(reached));
    const connStory = story && storyOf(story, reached);
    if (flags.zero === true) return await probe(network, reached.conn, connStory, flags);
    return await join(reached, observers, flags, stop, connStory);
  } finally {
    await observers.close();
  }
}

async function reach(
  network: UdpNetwork | UnixPacketNetwork,
  address: string,
  flags: DialFlags,
  stop: AbortSignal,
  story: Story | undefined,
): Promise<Reached> {
  const { source, timeout: timeoutMs, ttl } = flags;
  const limits = { signal: stop, timeoutMs };
  // A name of its own, so that it can be answered.
  if (network === "unixgram")
    return { conn: await dial(network, address, { localAddress: source ?? "@", ...limits }), to: undefined };
  if (network === "unixpacket")
    return { conn: await dial(network, address, { localAddress: source, ...limits }), to: undefined };
  if (flags.broadcast === true) return reachAll(network, AddrPort.parse(address), flags);
  const dialStory = story && new DialStory(story, flags.interval ?? INTERVAL_MS);
  const resolver = dialStory?.options.resolver;
  try {
    return { conn: await dial(network, address, { ttl, localAddress: source, resolver, ...limits }), to: undefined };
  } finally {
    dialStory?.close();
  }
}

/** Those who answer a broadcast have addresses of their own, which a connected socket would not hear. */
async function reachAll(network: UdpNetwork, to: AddrPort, { source, ttl }: DialFlags): Promise<Reached> {
  const local = source ?? (to.addr.version === 4 ? "0.0.0.0:0" : "[::]:0");
  return { conn: await listen(network, local, { broadcast: true, ttl }), to };
}

function readyText({ conn, to }: Reached): string {
  const whom = (conn.remote ?? to)?.toString() ?? "";
  return `ready to send from ${conn.local.toString() || "an unbound socket"} to ${whom}${peerProcess(conn)}`;
}

function storyOf(story: Story, reached: Reached): ConnStory {
  const { conn } = reached;
  story.say(readyText(reached));
  if (conn instanceof UdpConn && conn.remote !== undefined) {
    story.more("UDP shakes no hands: whether anybody is there shows when something was sent");
    story.more(`the path takes datagrams of up to ${conn.pathMtu()} bytes unfragmented`);
  }
  return new PlainStory(story, () => {
    const { bytesReceived, bytesSent, packetsDropped, packetsReceived, packetsSent } = conn.traffic;
    return { sent: bytesSent, received: bytesReceived, packetsSent, packetsReceived, packetsDropped };
  });
}

/** UDP answers nothing but a refusal: an empty datagram asks for one. */
async function probe(
  network: UdpNetwork | UnixPacketNetwork,
  conn: PacketConn,
  story: ConnStory | undefined,
  flags: DialFlags,
): Promise<number> {
  const whom = conn.remote?.toString() ?? "everybody";
  const waitMs = flags.wait ?? PACKET_WAIT_MS;
  try {
    await print(isUdp(network) ? await ask(conn, whom, waitMs) : `connected to ${whom}${peerProcess(conn)}`);
    story?.over(undefined);
    return 0;
  } catch (error) {
    story?.over(error instanceof Error ? error : undefined);
    return fail(error);
  } finally {
    await conn.close();
  }
}

async function ask(conn: PacketConn, whom: string, waitMs: number): Promise<string> {
  await conn.send(new Uint8Array(0));
  try {
    await conn.recv({ timeoutMs: waitMs });
    return `${whom} answered`;
  } catch (error) {
    if (error instanceof NetError && error.isTimeout)
      return `${whom} did not refuse within ${waitMs / 1000} s: open, or filtered`;
    throw error;
  }
}

async function join(
  { conn, to }: Reached,
  observers: Observers,
  flags: DialFlags,
  stop: AbortSignal,
  story: ConnStory | undefined,
): Promise<number> {
  const session = new PacketSession(conn, standardInput(), standardOutput(flags.hexdump === true), {
    ...limitsOf(flags, PACKET_WAIT_MS, stop),
    wheel: threadWheel(),
    lines: flags.lines === true,
    size: flags.size ?? PACKET_BYTES,
    to,
    everybody: to !== undefined,
    onPacket: (direction, peer, data) => observers.packet(direction, conn.local, peer, data),
    warn: (text) => console.error(`netwright: ${text}`),
  });
  const error = await session.run();
  story?.over(error);
  return error === undefined ? 0 : fail(error);
}
