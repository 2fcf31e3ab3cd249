import { AddrPort, joinHostPort, splitHostPort } from "../../addr/index.ts";
import { type Clock, type Random, realClock, realRandom } from "../../clock/index.ts";
import { type Conn, type Endpoint, listen, type Listener, NetError, type PacketConn } from "../../net/index.ts";
import { readAnyTlv, type TlvType } from "../../stream/index.ts";
import { ControlChannel } from "./control-channel.ts";
import {
  type ClientMessage,
  type JoinRequest,
  type ServerMessage,
  type TestPlan,
  tlvClientMessage,
  tlvJoin,
  tlvServerMessage,
} from "./message-wire.ts";
import { ServerSession } from "./server-session.ts";
import { JOIN_MS, MESSAGE_MAX_BYTES, SPEED_VERSION } from "./speed-limits.ts";
import { UdpDesk } from "./udp-desk.ts";

/** How a server is made. */
export interface SpeedServerOptions {
  /** Tests at the same time. Default 8. */
  readonly maxTests?: number;
  /** The longest test. Default: as long as the protocol allows, an hour. */
  readonly maxTimeMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  /** A test began, and ended: with the error that ended it, if any. */
  readonly onTest?: (client: Endpoint, plan: TestPlan) => void;
  readonly onEnd?: (client: Endpoint, error: Error | undefined) => void;
}

const DEFAULT_TESTS = 8;
/** Connections that have not said yet what they are. */
const UNKNOWN_MAX = 256;
/** How often a port is tried that is free for TCP, when any will do. */
const PORT_TRIES = 8;
/** Asked of the system, which may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Takes tests of `netwright speed`: control connections and TCP streams on one listener, datagrams on a UDP socket with the same port. */
export class SpeedServer {
  readonly local: Endpoint;
  private readonly listener: Listener;
  private readonly socket: PacketConn;
  private readonly desk: UdpDesk;
  private readonly options: SpeedServerOptions;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly sessions = new Map<string, ServerSession>();
  private readonly channels = new Set<ControlChannel<ClientMessage, ServerMessage>>();
  private readonly unknown = new Set<Conn>();
  private readonly idle = Promise.withResolvers<void>();
  private isClosing = false;

  private constructor(listener: Listener, socket: PacketConn, options: SpeedServerOptions) {
    this.listener = listener;
    this.socket = socket;
    this.options = options;
    this.local = listener.local;
    this.clock = options.clock ?? realClock;
    this.random = options.random ?? realRandom;
    this.desk = new UdpDesk(socket, this.random);
    listener.serve((conn) => void this.greet(conn));
  }

  /** Listens on "host:port". Throws NetError. */
  static async listen(address: string, options: SpeedServerOptions = {}): Promise<SpeedServer> {
    const { host, port } = splitHostPort(address);
    for (let tries = 1; ; tries++) {
      const listener = await listen("tcp", address);
      try {
        const bound = listener.local instanceof AddrPort ? listener.local.port : port;
        const socket = await listen("udp", joinHostPort(host, bound), { receiveBufferBytes: RECEIVE_BUFFER_BYTES });
        return new SpeedServer(listener, socket, options);
      } catch (error) {
        await listener.close();
        const isTaken = error instanceof NetError && error.code === "EADDRINUSE";
        if (!isTaken || port !== "0" || tries === PORT_TRIES) throw error;
      }
    }
  }

  /** How many tests run. */
  get running(): number {
    return this.sessions.size;
  }

  /** Takes no more tests; resolves once those that run are over. */
  async shutdown(): Promise<void> {
    this.isClosing = true;
    await this.listener.close();
    for (const conn of this.unknown) if (this.sessions.size === 0) conn.abort();
    if (this.channels.size > 0) await this.idle.promise;
    for (const conn of this.unknown) conn.abort();
    await this.socket.close();
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    for (const channel of this.channels) channel.fail(new Error("the server stops"));
    await this.shutdown();
  }

  /** Finds out what a connection is by the first that it says. */
  private async greet(conn: Conn): Promise<void> {
    if (this.unknown.size >= UNKNOWN_MAX) {
      conn.abort();
      return;
    }
    this.unknown.add(conn);
    try {
      await this.hear(conn);
    } catch {
      // Whoever speaks no word of the protocol is not told what it is.
      conn.abort();
    } finally {
      this.unknown.delete(conn);
    }
  }

  private async hear(conn: Conn): Promise<void> {
    const types: readonly TlvType<ClientMessage | JoinRequest>[] = [tlvClientMessage, tlvJoin];
    const first = await readAnyTlv(conn, types, { timeoutMs: JOIN_MS, maxBytes: MESSAGE_MAX_BYTES });
    if (first === null) conn.abort();
    else if ("kind" in first.value) this.begin(conn, first.value);
    else if (this.sessions.get(first.value.cookie)?.join(first.value.id, conn) !== true) conn.abort();
  }

  private begin(conn: Conn, message: ClientMessage): void {
    let session: ServerSession | undefined;
    const { remote } = conn;
    const channel = new ControlChannel<ClientMessage, ServerMessage>(conn, {
      incoming: tlvClientMessage,
      outgoing: tlvServerMessage,
      onMessage: (next) => session?.take(next),
      onEnd: (error) => this.ended(channel, session, remote, error),
      farewell: (error) => ({ kind: "error", reason: error.message.slice(0, 1000) }),
    });
    this.channels.add(channel);
    try {
      const plan = this.planOf(message);
      session = this.sessionFor(plan, channel);
      this.options.onTest?.(remote, plan);
    } catch (error) {
      channel.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private sessionFor(plan: TestPlan, channel: ControlChannel<ClientMessage, ServerMessage>): ServerSession {
    const session = new ServerSession({
      plan,
      clock: this.clock,
      random: this.random,
      desk: this.desk,
      send: (message) => channel.send(message),
      close: (error) => (error === undefined ? channel.close() : channel.fail(error)),
    });
    this.sessions.set(session.cookie, session);
    return session;
  }

  /** What a client may have here. Throws an Error that it is told. */
  private planOf(message: ClientMessage): TestPlan {
    const { maxTests = DEFAULT_TESTS, maxTimeMs = Number.POSITIVE_INFINITY } = this.options;
    if (message.kind !== "start") throw new Error(`"${message.kind}" is out of turn`);
    const { kind: _, version, ...plan } = message;
    if (version !== SPEED_VERSION) throw new Error(`this server speaks version ${SPEED_VERSION}, not ${version}`);
    if (this.isClosing) throw new Error("the server stops");
    if (this.sessions.size >= maxTests) throw new Error(`the server is busy with ${maxTests} tests; try again later`);
    if (plan.timeMs > maxTimeMs) throw new Error(`a test may take ${maxTimeMs / 1000} s here`);
    return plan;
  }

  private ended(
    channel: ControlChannel<ClientMessage, ServerMessage>,
    session: ServerSession | undefined,
    client: Endpoint,
    error: Error | undefined,
  ): void {
    session?.end();
    if (session !== undefined) this.sessions.delete(session.cookie);
    this.channels.delete(channel);
    // However the connection ends once all is told, the test is done.
    const reason = session?.finished === true ? undefined : (error ?? new Error("left before the end"));
    this.options.onEnd?.(client, reason);
    if (this.isClosing && this.channels.size === 0) this.idle.resolve();
  }
}
