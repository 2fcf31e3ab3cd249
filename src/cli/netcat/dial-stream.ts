import { AddrPort, UnixAddress } from "../../addr/index.ts";
import { realClock } from "../../clock/index.ts";
import {
  type Conn,
  type Control,
  dial,
  encodeProxyHeader,
  type ProxiedEnds,
  type StreamNetwork,
} from "../../net/index.ts";
import { fail } from "../fail.ts";
import { Misuse } from "../misuse.ts";
import { print } from "../print.ts";
import { ms } from "../socket-text.ts";
import { standardInput } from "./byte-input.ts";
import { standardOutput } from "./byte-output.ts";
import type { ConnStory } from "./explain/conn-story.ts";
import { DialStory } from "./explain/dial-story.ts";
import { PlainStory } from "./explain/plain-story.ts";
import type { Story } from "./explain/story.ts";
import { storyOnStderr } from "./explain/story-on-stderr.ts";
import { TcpStory } from "./explain/tcp-story.ts";
import { type DialFlags, INTERVAL_MS, limitsOf, socketOptionsOf } from "./netcat-flags.ts";
import { Observers } from "./observers.ts";
import { peerProcess } from "./peer-process.ts";
import { StreamSession } from "./stream-session.ts";

/** A connection, and what is told of it. */
interface Dialed {
  readonly conn: Conn;
  readonly story: ConnStory | undefined;
  /** From the first packet to the address that answered. */
  readonly connectMs: number;
}

/** `netwright dial` over TCP or a Unix stream. Resolves to the exit code. */
export async function dialStream(
  network: StreamNetwork,
  address: string,
  flags: DialFlags,
  stop: AbortSignal,
): Promise<number> {
  const header = headerOf(flags);
  const observers = await Observers.open(flags);
  try {
    const dialed = await reach(network, address, flags, stop);
    if (flags.zero === true) await closeAtOnce(dialed);
    else return await join(dialed, observers, flags, stop, header);
    return 0;
  } finally {
    await observers.close();
  }
}

async function reach(network: StreamNetwork, address: string, flags: DialFlags, stop: AbortSignal): Promise<Dialed> {
  const story = flags.explain === true ? storyOnStderr() : undefined;
  const dialStory =
    story === undefined || network === "unix" ? undefined : new DialStory(story, flags.interval ?? INTERVAL_MS);
  let begun = realClock.now();
  const control: Control = (fd, family, tried) => {
    begun = realClock.now();
    return dialStory?.options.control?.(fd, family, tried);
  };
  const limits = { signal: stop, timeoutMs: flags.timeout, localAddress: flags.source };
  try {
    const conn = await dial(network, address, { ...socketOptionsOf(flags), ...limits, ...dialStory?.options, control });
    const connectMs = realClock.now() - begun;
    if (flags.verbose === true) console.error(connectedText(conn, connectMs));
    return { conn, connectMs, story: story && storyOf(story, conn, dialStory?.take(), flags) };
  } finally {
    dialStory?.close();
  }
}

function storyOf(story: Story, conn: Conn, fd: number | undefined, flags: DialFlags): ConnStory {
  if (fd !== undefined) return new TcpStory(story, conn, fd, flags.interval ?? INTERVAL_MS);
  story.say(`connected to ${conn.remote.toString()}${peerProcess(conn)}`);
  const { traffic } = conn;
  return new PlainStory(story, () => ({ sent: traffic.bytesWritten, received: traffic.bytesRead }));
}

function connectedText(conn: Conn, connectMs: number): string {
  return `connected to ${conn.remote.toString()}${peerProcess(conn)} in ${ms(connectMs)}`;
}

async function closeAtOnce({ conn, connectMs, story }: Dialed): Promise<void> {
  await print(connectedText(conn, connectMs));
  await conn.close();
  story?.over(undefined);
}

async function join(
  { conn, story }: Dialed,
  observers: Observers,
  flags: DialFlags,
  stop: AbortSignal,
  header: ((conn: Conn) => Uint8Array) | undefined,
): Promise<number> {
  const seen = observers.stream(conn, true);
  const session = new StreamSession(seen, standardInput(), standardOutput(flags.hexdump === true), {
    ...limitsOf(flags, Number.POSITIVE_INFINITY, stop),
    head: header?.(conn),
    shutdown: flags.shutdown,
    onLocalEnd: () => story?.localEnd(),
    onPeerEnd: () => story?.peerEnd(),
  });
  const error = await session.run();
  story?.over(error);
  return error === undefined ? 0 : fail(error);
}

/** Makes the PROXY header that was asked for. Throws Misuse where it cannot be. */
function headerOf({ proxyProtocol, proxySource }: DialFlags): ((conn: Conn) => Uint8Array) | undefined {
  if (proxyProtocol === undefined) {
    if (proxySource !== undefined) throw new Misuse("--proxy-source needs --proxy-protocol");
    return undefined;
  }
  const version = proxyProtocol === "v1" ? 1 : 2;
  const source = proxySource === undefined ? undefined : AddrPort.parse(proxySource);
  return (conn) => encodeProxyHeader({ version, local: false, tlvs: [], ends: endsOf(conn, version, source) });
}

function endsOf({ local, remote }: Conn, version: 1 | 2, source: AddrPort | undefined): ProxiedEnds | undefined {
  if (local instanceof AddrPort && remote instanceof AddrPort)
    return { transport: "tcp", source: source ?? local, destination: remote };
  if (version === 1 || !(remote instanceof UnixAddress)) return undefined;
  return { transport: "unix", source: new UnixAddress(""), destination: remote };
}
