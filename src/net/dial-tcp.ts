import { Addr, joinHostPort, splitHostPort } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { StreamTarget } from "../sys/index.ts";
import type { Conn } from "./conn.ts";
import type { Closable } from "./conn-race.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import type { DialOptions } from "./dial-options.ts";
import type { DialTrace } from "./dial-trace.ts";
import { NetError } from "./net-error.ts";
import { failedBefore } from "./pending.ts";
import { raceAddresses } from "./race-addresses.ts";
import { type IpNetwork, systemResolver } from "./resolver.ts";
import { threadWheel } from "./runtime.ts";
import { portOf } from "./service-port.ts";
import { systemOptions } from "./socket-options.ts";
import { type SourceAddress, sourceAddress, sourceFor } from "./source-address.ts";
import type { TcpNetwork } from "./stream-network.ts";
import { fromSystemError } from "./system-error.ts";
import { absoluteLimits, type StepLimits } from "./wait-limits.ts";

/** Connects TCP to "host:port"; an empty host is this machine, the port may be the name of a service. */
export async function dialTcp(network: TcpNetwork, address: string, options: DialOptions): Promise<Conn> {
  return dialTcpBy(connect, network, address, options);
}

/** How one address is connected to: what `dialTcp` does by `connect`. */
export type ConnectStream<Made> = (target: StreamTarget, options: ConnectOptions) => Promise<Made>;

/** The same for another kind of connection than a Conn. */
export async function dialTcpBy<Made extends Closable>(
  how: ConnectStream<Made>,
  network: TcpNetwork,
  address: string,
  options: DialOptions,
): Promise<Made> {
  const { resolver = systemResolver, wheel = threadWheel() } = options;
  const limits = absoluteLimits(options, wheel);
  const { host, port: portText } = splitHostPort(address);
  const port = await portOf(portText, { op: "dial", network, address, protocol: "tcp", least: 1 });
  const dial = new TcpDial({ how, network, address, port, options, wheel });
  const literal = dial.literal(host);
  if (literal !== undefined) return dial.connect(literal, limits);
  const before = failedBefore(limits, wheel);
  if (before !== undefined) throw new NetError({ op: "dial", network, address, ...before });
  return raceAddresses({
    network,
    address,
    limits,
    wheel,
    host,
    families: dial.families,
    resolver,
    times: options.happyEyeballs,
    connect: async (addr, within) => dial.connect(addr, within),
  });
}

interface TcpDialInit<Made> {
  readonly how: ConnectStream<Made>;
  readonly network: TcpNetwork;
  readonly address: string;
  readonly port: number;
  readonly options: DialOptions;
  readonly wheel: TimerWheel;
}

/** What the attempts of one dial have in common. */
class TcpDial<Made extends Closable> {
  private readonly init: TcpDialInit<Made>;
  private readonly source: SourceAddress | undefined;
  /** The families that the network and the source leave. */
  readonly families: IpNetwork;

  constructor(init: TcpDialInit<Made>) {
    const { address, network, options } = init;
    this.init = init;
    this.source =
      options.localAddress === undefined ? undefined : sourceAddress(options.localAddress, network, address);
    this.families = this.familiesLeft();
  }

  /** The address that a host is, without a resolver; undefined for a name. Throws NetError EAFNOSUPPORT for one of the wrong family. */
  literal(host: string): Addr | undefined {
    if (host === "") return Addr.parse(this.families === "ip6" ? "::1" : "127.0.0.1");
    const addr = Addr.tryParse(host);
    if (addr === undefined) return undefined;
    if (this.init.network !== "tcp" && (this.init.network === "tcp4") !== (addr.version === 4)) throw this.misfit();
    if (this.families !== "ip" && (this.families === "ip4") !== (addr.unmap().version === 4)) throw this.misfit();
    return addr;
  }

  async connect(addr: Addr, limits: StepLimits): Promise<Made> {
    const { how, network, options, port, wheel } = this.init;
    const { control, fastOpen, lingerMs } = options;
    const from = sourceFor(this.source, addr.unmap().version);
    const socket = { ...systemOptions(options), fastOpen, from };
    const address = joinHostPort(addr.toString(), port);
    const { trace } = options;
    trace?.({ event: "trying", address });
    const connecting = how({ addr, port }, { network, address, limits, wheel, socket, lingerMs, control });
    return trace === undefined ? connecting : traced(connecting, network, address, trace);
  }

  private familiesLeft(): IpNetwork {
    const { network } = this.init;
    const source = this.source?.addr?.version;
    if (network === "tcp") return source === undefined ? "ip" : `ip${source}`;
    const asked = network === "tcp4" ? 4 : 6;
    if (source !== undefined && source !== asked) throw this.misfit();
    return `ip${asked}`;
  }

  private misfit(): NetError {
    const { address, network, options } = this.init;
    const hint =
      options.localAddress === undefined ? undefined : `the local address ${options.localAddress} has its own family`;
    return new NetError({ op: "dial", network, address, code: "EAFNOSUPPORT", hint });
  }
}

/** Tells how an attempt ends. */
async function traced<Made>(
  connecting: Promise<Made>,
  network: string,
  address: string,
  trace: DialTrace,
): Promise<Made> {
  try {
    const conn = await connecting;
    trace({ event: "connected", address });
    return conn;
  } catch (error) {
    trace({ event: "failed", address, error: fromSystemError(error, { op: "dial", network, address }) });
    throw error;
  }
}
