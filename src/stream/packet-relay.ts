import { copyBytes } from "../bytes/index.ts";
import { type TimerWheel, WheelTimer } from "../clock/index.ts";
import { type Endpoint, NetError, type Packet, type PacketConn, type PacketSink, threadWheel } from "../net/index.ts";

/** How a PacketRelay works. */
export interface PacketRelayOptions {
  /** Makes a client's own PacketConn to the target: connected, so that strangers are not heard. */
  readonly dial: (client: Endpoint) => Promise<PacketConn>;
  /** A client that neither sent nor got a packet for this long is forgotten, in milliseconds. Default 60,000; 0: never. */
  readonly idleTimeoutMs?: number | undefined;
  /** Clients at a time, each of which takes a descriptor; packets of more are dropped. Default 4096. */
  readonly maxClients?: number | undefined;
  /** Told when the target could not be reached for a client, whose packets were dropped. */
  readonly onDialError?: ((error: unknown, client: Endpoint) => void) | undefined;
  /** What idleness is timed by. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}

/** What a PacketRelay has done so far. */
export interface PacketRelayStats {
  /** Clients now. */
  readonly open: number;
  /** Clients so far. */
  readonly accepted: number;
  readonly packetsUp: number;
  readonly packetsDown: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Packets that the system had no room for, that came with their end missing, or for whose client there was none. */
  readonly dropped: number;
  /** Sends that the other side's system refused, as when nobody listens there. */
  readonly refused: number;
}

const DEFAULT_IDLE_MS = 60_000;
const DEFAULT_MAX_CLIENTS = 4096;
/** Packets of one client that wait while its way to the target is made. */
const WAITING_MAX = 16;

/**
 * Relays the packets of any number of clients to a target, and the answers back: each client has a PacketConn of its own to the target, so that answers find
 * their way. A packet that cannot go on at once is dropped and counted, as networks do; none is cut.
 *
 * @example
 * const relay = new PacketRelay(await listen("udp", ":53"), { dial: () => dial("udp", "10.0.0.1:53") });
 */
export class PacketRelay {
  private readonly server: PacketConn;
  private readonly clients = new Map<string, Client>();
  /** The same by the endpoints that packets come with, which stay the same objects for a while: without a text for each packet. */
  private readonly known = new WeakMap<Endpoint, Client>();
  private readonly counts: Counts = new Counts();
  private readonly options: PacketRelayOptions;
  private readonly wheel: TimerWheel;
  private readonly idleMs: number;
  private readonly maxClients: number;

  /** It owns the PacketConn that clients send to. */
  constructor(server: PacketConn, options: PacketRelayOptions) {
    this.server = server;
    this.options = options;
    this.wheel = options.wheel ?? threadWheel();
    this.idleMs = options.idleTimeoutMs ?? DEFAULT_IDLE_MS;
    this.maxClients = options.maxClients ?? DEFAULT_MAX_CLIENTS;
    server.attach({
      packet: (packet) => this.fromClient(packet),
      drain: () => undefined,
      error: () => void this.counts.refused++,
      close: () => this.forgetAll(),
      timeout: () => undefined,
    });
  }

  get stats(): PacketRelayStats {
    const { accepted, packetsUp, packetsDown, bytesUp, bytesDown, dropped, refused } = this.counts;
    return { open: this.clients.size, accepted, packetsUp, packetsDown, bytesUp, bytesDown, dropped, refused };
  }

  /** Closes it and forgets all clients. */
  async close(): Promise<void> {
    await this.server.close();
    this.forgetAll();
  }

  private fromClient(packet: Packet): void {
    const known = this.known.get(packet.from);
    const client = known === undefined || known.forgotten ? this.find(packet) : known;
    if (client === undefined || packet.truncated) this.counts.dropped++;
    else client.up(packet.data);
  }

  /** A client is a sender and the address that it sends to: the answers leave from there. */
  private find({ from, to }: Packet): Client | undefined {
    const key = `${from.toString()} ${to?.toString() ?? ""}`;
    const client = this.clients.get(key) ?? this.welcome(key, from);
    if (client !== undefined) this.known.set(from, client);
    return client;
  }

  private welcome(key: string, from: Endpoint): Client | undefined {
    if (this.clients.size >= this.maxClients) return undefined;
    const { counts, idleMs, server, wheel } = this;
    const client = new Client({ server, from, counts, wheel, idleMs, gone: () => void this.clients.delete(key) });
    this.clients.set(key, client);
    counts.accepted++;
    this.options.dial(from).then(
      (target) => client.reached(target),
      (error: unknown) => {
        client.forget();
        this.options.onDialError?.(error, from);
      },
    );
    return client;
  }

  private forgetAll(): void {
    for (const client of this.clients.values()) client.forget();
  }
}

class Counts {
  accepted = 0;
  packetsUp = 0;
  packetsDown = 0;
  bytesUp = 0;
  bytesDown = 0;
  dropped = 0;
  refused = 0;

  /** Sends a packet if the system takes it now, and counts what became of it. */
  send(conn: PacketConn, data: Uint8Array, to?: Endpoint): boolean {
    try {
      if (conn.trySend(data, to)) return true;
      this.dropped++;
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      this.refused++;
    }
    return false;
  }
}

interface ClientInit {
  readonly server: PacketConn;
  readonly from: Endpoint;
  readonly counts: Counts;
  readonly wheel: TimerWheel;
  readonly idleMs: number;
  readonly gone: () => void;
}

/** One client, the sink of what the target answers it, and the timer of its idleness. */
class Client extends WheelTimer implements PacketSink {
  private readonly init: ClientInit;
  private target: PacketConn | undefined = undefined;
  private waiting: Uint8Array[] = [];
  forgotten = false;

  constructor(init: ClientInit) {
    super();
    this.init = init;
    this.touch();
  }

  up(data: Uint8Array): void {
    const { counts } = this.init;
    this.touch();
    if (this.target === undefined) {
      if (this.waiting.length < WAITING_MAX) this.waiting.push(copyBytes(data));
      else counts.dropped++;
    } else if (counts.send(this.target, data)) {
      counts.packetsUp++;
      counts.bytesUp += data.length;
    }
  }

  reached(target: PacketConn): void {
    if (this.forgotten) {
      void target.close();
      return;
    }
    this.target = target;
    target.attach(this);
    for (const data of this.waiting.splice(0)) this.up(data);
  }

  /** An answer. */
  packet({ data, truncated }: Packet): void {
    const { counts, from, server } = this.init;
    this.touch();
    if (truncated) counts.dropped++;
    else if (counts.send(server, data, from)) {
      counts.packetsDown++;
      counts.bytesDown += data.length;
    }
  }

  drain(): void {
    // What had no room was dropped.
  }

  error(): void {
    this.init.counts.refused++;
  }

  close(): void {
    this.forget();
  }

  timeout(): void {
    // It has a timer of its own.
  }

  override fire(): void {
    this.forget();
  }

  forget(): void {
    if (this.forgotten) return;
    this.forgotten = true;
    const { counts, gone, wheel } = this.init;
    counts.dropped += this.waiting.length;
    this.waiting = [];
    wheel.remove(this);
    gone();
    void this.target?.close();
  }

  private touch(): void {
    const { idleMs, wheel } = this.init;
    if (idleMs > 0 && !this.forgotten) wheel.set(this, wheel.clock.now() + idleMs);
  }
}
