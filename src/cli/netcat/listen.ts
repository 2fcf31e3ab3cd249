import {
  type Conn,
  type Endpoint,
  expectProxyHeaders,
  listen,
  type PacketConn,
  threadWheel,
  type UdpNetwork,
} from "../../net/index.ts";
import { type ArgumentNetwork, formatEndpoint } from "../endpoint-argument.ts";
import { fail } from "../fail.ts";
import { type ByteInput, standardInput } from "./byte-input.ts";
import { type ByteOutput, standardOutput } from "./byte-output.ts";
import { parseAddress } from "./dial.ts";
import {
  checkFlags,
  isStream,
  isUdp,
  limitsOf,
  type ListenFlags,
  PACKET_BYTES,
  socketOptionsOf,
} from "./netcat-flags.ts";
import { Observers } from "./observers.ts";
import { PacketSession } from "./packet-session.ts";
import { peerProcess } from "./peer-process.ts";
import { runTool } from "./run-tool.ts";
import { StreamSession } from "./stream-session.ts";

/** What listens: it gives one peer after the other. */
interface Source<Peer> {
  readonly local: Endpoint;
  accept(): Promise<Peer | null>;
  close(): Promise<void>;
}

/** `netwright listen ADDRESS`: joins whoever comes with stdin and stdout. */
export async function listenCommand(text: string, flags: ListenFlags): Promise<void> {
  await runTool(async (stop) => {
    const { address, network } = parseAddress(text);
    checkFlags(network, flags);
    const observers = await Observers.open(flags);
    try {
      return await new Netcat(network, flags, observers, stop).serve(address);
    } finally {
      await observers.close();
    }
  });
}

/** One run of the command. */
class Netcat {
  private readonly network: ArgumentNetwork;
  private readonly flags: ListenFlags;
  private readonly observers: Observers;
  private readonly stop: AbortSignal;
  private readonly input: ByteInput = standardInput();
  private readonly output: ByteOutput;

  constructor(network: ArgumentNetwork, flags: ListenFlags, observers: Observers, stop: AbortSignal) {
    this.network = network;
    this.flags = flags;
    this.observers = observers;
    this.stop = stop;
    this.output = standardOutput(flags.hexdump === true);
  }

  /** Resolves to the exit code. */
  async serve(address: string): Promise<number> {
    const { flags, network } = this;
    if (isStream(network)) {
      const inner = await listen(network, address, { mode: flags.mode, ...socketOptionsOf(flags) });
      const source = flags.proxyProtocol === undefined ? inner : expectProxyHeaders(inner, this.proxyOptions());
      return this.inTurn(source, async (conn) => this.joinStream(conn));
    }
    if (network === "unixpacket")
      return this.inTurn(await listen(network, address, { mode: flags.mode }), async (conn) => this.joinPackets(conn));
    const conn = await this.bind(network, address);
    this.announce(conn.local);
    return this.exitCode(await this.joinPackets(conn));
  }

  private async bind(network: UdpNetwork | "unixgram", address: string): Promise<PacketConn> {
    const { mode, ttl } = this.flags;
    return isUdp(network) ? listen(network, address, { ttl }) : listen(network, address, { mode });
  }

  /** One peer, or one after the other. */
  private async inTurn<Peer extends Conn | PacketConn>(
    source: Source<Peer>,
    join: (peer: Peer) => Promise<Error | undefined>,
  ): Promise<number> {
    this.announce(source.local);
    const stopped = (): void => void source.close();
    this.stop.addEventListener("abort", stopped, { once: true });
    let error: Error | undefined;
    for (let peer = await source.accept(); peer !== null; peer = await source.accept()) {
      this.say(`connection from ${nameOf(peer)}`);
      if (this.flags.keepOpen !== true) void refuseOthers(source);
      error = await join(peer);
      if (this.flags.keepOpen !== true || this.output.closed) break;
      if (error !== undefined) fail(error);
    }
    return this.exitCode(error);
  }

  private async joinStream(conn: Conn): Promise<Error | undefined> {
    const { flags, input, output, stop } = this;
    const limits = limitsOf(flags, Number.POSITIVE_INFINITY, stop);
    const seen = this.observers.stream(conn, false);
    return new StreamSession(seen, input, output, { ...limits, shutdown: flags.shutdown }).run();
  }

  private async joinPackets(conn: PacketConn): Promise<Error | undefined> {
    const { flags, input, observers, output, stop } = this;
    return new PacketSession(conn, input, output, {
      ...limitsOf(flags, Number.POSITIVE_INFINITY, stop),
      wheel: threadWheel(),
      lines: flags.lines === true,
      size: flags.size ?? PACKET_BYTES,
      everybody: flags.keepOpen === true,
      onPacket: (direction, peer, data) => observers.packet(direction, conn.local, peer, data),
      warn: (text) => this.say(text),
    }).run();
  }

  private proxyOptions(): Parameters<typeof expectProxyHeaders>[1] {
    const { proxyProtocol } = this.flags;
    return {
      versions: proxyProtocol === "any" ? undefined : [proxyProtocol === "v1" ? 1 : 2],
      onRejected: (error, remote) => this.say(`${remote.toString()} rejected: ${error.message}`),
    };
  }

  private announce(local: Endpoint): void {
    this.say(`listening on ${formatEndpoint({ network: this.network, address: local.toString() })}`);
  }

  private say(text: string): void {
    if (this.flags.quiet !== true) console.error(text);
  }

  private exitCode(error: Error | undefined): number {
    return error === undefined ? 0 : fail(error);
  }
}

function nameOf(peer: Conn | PacketConn): string {
  const process = peerProcess(peer);
  return process === "" ? String(peer.remote) : process.slice(" (".length, -1);
}

/** Nobody is left to wait for a turn that does not come. */
async function refuseOthers(source: Source<Conn | PacketConn>): Promise<void> {
  const closed = source.close();
  for (let other = await source.accept(); other !== null; other = await source.accept()) {
    if ("abort" in other) other.abort();
    else void other.close();
  }
  await closed;
}
