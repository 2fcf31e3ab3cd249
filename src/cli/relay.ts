import { durationMs } from "../clock/index.ts";
import {
  dial,
  dialDescriptor,
  type DialOptions,
  type Endpoint,
  type Listener,
  listen,
  type PacketConn,
  type StreamNetwork,
  type UdpNetwork,
} from "../net/index.ts";
import { PacketRelay, RelayServer, RingRelay } from "../stream/index.ts";
import { type EndpointArgument, formatEndpoint, parseEndpointArgument } from "./endpoint-argument.ts";
import { Misuse } from "./misuse.ts";
import { RelayTarget } from "./relay-target.ts";
import { stopSignal } from "./stop-signal.ts";

/** The flags of `relay`. */
export interface RelayFlags {
  readonly idle?: string;
  readonly engine?: string;
}

const ENGINES = ["auto", "io_uring", "runtime"] as const;
type Engine = (typeof ENGINES)[number];

/** A relay that runs. */
interface Running {
  readonly local: Endpoint;
  readonly stats: () => object;
  /** Takes no more clients; resolves once those that are there are done. */
  readonly finish: () => Promise<void>;
}

/** Rejects for an address that must not be listened on. */
type Check = (local: Endpoint) => Promise<void>;

const NETWORKS = ["tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix"] as const;

/** TCP and Unix connections may rest for long; a UDP client that says nothing has usually gone. */
const STREAM_IDLE_MS = 600_000;
const PACKET_IDLE_MS = 60_000;
/** A target that does not answer by then is told to the client by cutting it. */
const DIAL_MS = 10_000;

/** `netwright relay LISTEN TARGET`. */
export async function relayCommand(listenOn: string, target: string, flags: RelayFlags): Promise<number> {
  const from = parseEndpointArgument(listenOn, "LISTEN", NETWORKS);
  const to = parseEndpointArgument(target, "TARGET", NETWORKS);
  if (isUdp(from) !== isUdp(to))
    throw new Misuse(
      `TARGET: ${target} cannot take what comes to ${listenOn}: UDP is relayed to UDP, streams to streams`,
    );
  const idleMs = flags.idle === undefined ? undefined : parseIdle(flags.idle);
  const engine = parseEngine(flags.engine);
  const reachable = await RelayTarget.of(to);
  const check = async (local: Endpoint): Promise<void> => reachable.mustNotBe(local, from.network);
  const running = isUdp(from)
    ? await relayPackets(from, to, check, idleMs)
    : await relayStreams(from, to, engine, check, idleMs);
  const where = formatEndpoint({ network: from.network, address: running.local.toString() });
  console.log(`relaying ${where} to ${formatEndpoint(to)}; Ctrl-C stops`);
  process.on("SIGUSR1", () => console.error(JSON.stringify(running.stats())));
  await stopSignal();
  await running.finish();
  console.error(JSON.stringify(running.stats()));
  return 0;
}

async function relayStreams(
  from: EndpointArgument,
  to: EndpointArgument,
  engine: Engine,
  check: Check,
  idleTimeoutMs = STREAM_IDLE_MS,
): Promise<Running> {
  const listener = await checked(await listen(from.network as StreamNetwork, from.address), check);
  const server = serverFor(listener, to, engine, idleTimeoutMs);
  return { local: listener.local, stats: () => server.stats, finish: async () => server.shutdown() };
}

/** Inside the system where that can be, else by the runtime's sockets. */
function serverFor(
  listener: Listener,
  to: EndpointArgument,
  engine: Engine,
  idleTimeoutMs: number,
): RelayServer | RingRelay {
  const network = to.network as StreamNetwork;
  const common = { idleTimeoutMs, onDialError: warn };
  const within = (signal: AbortSignal): DialOptions => ({ signal, timeoutMs: DIAL_MS });
  if (engine === "runtime" || (engine === "auto" && !RingRelay.isAvailable(listener)))
    return new RelayServer(listener, { ...common, dial: async (signal) => dial(network, to.address, within(signal)) });
  return new RingRelay(listener, {
    ...common,
    dial: async (signal) => dialDescriptor(network, to.address, within(signal)),
    dedicated: true,
  });
}

async function relayPackets(
  from: EndpointArgument,
  to: EndpointArgument,
  check: Check,
  idleMs = PACKET_IDLE_MS,
): Promise<Running> {
  const socket = await checked(await listen(from.network as UdpNetwork, from.address), check);
  const { local } = socket;
  const relay = new PacketRelay(socket, {
    dial: async () => dial(to.network as UdpNetwork, to.address),
    idleTimeoutMs: idleMs,
    onDialError: warn,
  });
  return { local, stats: () => relay.stats, finish: async () => relay.close() };
}

/** What listens, unless its address is refused; it is closed then. */
async function checked<Source extends Listener | PacketConn>(source: Source, check: Check): Promise<Source> {
  try {
    await check(source.local);
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

function isUdp({ network }: EndpointArgument): boolean {
  return network.startsWith("udp");
}

function parseIdle(text: string): number {
  const ms = text === "0" ? 0 : durationMs(text);
  if (ms === undefined || ms < 0)
    throw new Misuse(`--idle: ${JSON.stringify(text)} is no duration; write it like "90s" or "10m"`);
  return ms;
}

function parseEngine(text = "auto"): Engine {
  const engine = ENGINES.find((name) => name === text);
  if (engine === undefined) throw new Misuse(`--engine: ${JSON.stringify(text)} is none of ${ENGINES.join(", ")}`);
  return engine;
}

function warn(error: unknown): void {
  console.error(`netwright: ${error instanceof Error ? error.message : String(error)}`);
}
