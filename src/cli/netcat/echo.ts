import { type Conn, type Endpoint, listen, type PacketConn } from "../../net/index.ts";
import { type ArgumentNetwork, type EndpointArgument, formatEndpoint } from "../endpoint-argument.ts";
import { fail } from "../fail.ts";
import { stopSignal } from "../stop-signal.ts";
import { parseAddress } from "./dial.ts";
import { echoDatagrams, echoRecords } from "./echo-packets.ts";
import { EchoSink } from "./echo-sink.ts";
import { checkFlags, isStream, isUdp } from "./netcat-flags.ts";
import { peerProcess } from "./peer-process.ts";

/** The flags of `netwright echo`. */
export interface EchoFlags {
  readonly mode?: number;
  readonly verbose?: boolean;
}

/** `netwright echo ADDRESS…`: sends back what comes, until SIGINT or SIGTERM, which lets connections finish. */
export async function echoCommand(texts: readonly string[], flags: EchoFlags): Promise<void> {
  const servers: EchoServer[] = [];
  try {
    const endpoints = texts.map(parseAddress);
    if (!endpoints.some(({ network }) => network.startsWith("unix"))) checkFlags(endpoints[0]!.network, flags);
    for (const endpoint of endpoints) {
      const server = new EchoServer(endpoint.network, flags);
      servers.push(server);
      console.log(`echoing on ${await server.listen(endpoint)}`);
    }
    await stopSignal();
  } catch (error) {
    fail(error);
  }
  await Promise.all(servers.map(async (server) => server.finish()));
}

/** Echoes at one address. */
class EchoServer {
  private readonly network: ArgumentNetwork;
  private readonly flags: EchoFlags;
  private readonly open = new Set<Promise<void>>();
  private stop: () => Promise<void> = async () => undefined;

  constructor(network: ArgumentNetwork, flags: EchoFlags) {
    this.network = network;
    this.flags = flags;
  }

  /** Resolves to where it listens. */
  async listen({ address }: EndpointArgument): Promise<string> {
    const local = await this.begin(address);
    return formatEndpoint({ network: this.network, address: local.toString() });
  }

  /** Takes nothing new; resolves once the connections that are there have ended. */
  async finish(): Promise<void> {
    await this.stop();
    await Promise.all(this.open);
  }

  private async begin(address: string): Promise<Endpoint> {
    const { network } = this;
    const { mode } = this.flags;
    if (isStream(network)) {
      const listener = await listen(network, address, { mode });
      listener.serve((conn) => this.take(conn, this.echoStream(conn)));
      this.stop = async () => listener.close();
      return listener.local;
    }
    if (network === "unixpacket") {
      const listener = await listen(network, address, { mode });
      listener.serve((conn) => this.take(conn, echoRecords(conn)));
      this.stop = async () => listener.close();
      return listener.local;
    }
    const conn: PacketConn = isUdp(network) ? await listen(network, address) : await listen(network, address, { mode });
    this.open.add(echoDatagrams(conn, (text) => this.say(text)));
    this.stop = async () => conn.close();
    return conn.local;
  }

  private async echoStream(conn: Conn): Promise<void> {
    conn.attach(new EchoSink(conn));
    const error = await conn.done;
    if (error !== undefined) throw error;
  }

  /** Keeps count of a connection until it is over. */
  private take(conn: Conn | PacketConn, echoing: Promise<void>): void {
    const name = `${this.network} ${conn.remote?.toString() ?? ""}${peerProcess(conn)}`;
    this.say(`${name} connected`);
    const over = echoing.then(
      () => this.say(`${name} ended: ${bytesOf(conn)} bytes`),
      (error: unknown) => this.say(`${name} failed: ${error instanceof Error ? error.message : String(error)}`),
    );
    this.open.add(over);
    void over.then(() => this.open.delete(over));
  }

  private say(text: string): void {
    if (this.flags.verbose === true) console.error(text);
  }
}

function bytesOf({ traffic }: Conn | PacketConn): number {
  return "bytesRead" in traffic ? traffic.bytesRead : traffic.bytesReceived;
}
