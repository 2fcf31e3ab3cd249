import type { Clock, Random } from "../../clock/index.ts";
import { type Conn, dial, type Endpoint, type PacketConn } from "../../net/index.ts";
import { writeTlv } from "../../stream/index.ts";
import { DatagramReceiver } from "./datagram-receiver.ts";
import { DatagramSender } from "./datagram-sender.ts";
import { type IntervalFigures, type TestPlan, tlvJoin } from "./message-wire.ts";
import { openDatagramStream } from "./open-datagram-stream.ts";
import { packetKind, packetStream } from "./packet-wire.ts";
import { JOIN_MS } from "./speed-limits.ts";
import { type LoadReceiver, StreamReceiver } from "./stream-receiver.ts";
import { type LoadSender, StreamSender } from "./stream-sender.ts";

/** What a client's streams are made for. */
export interface StreamsInit {
  readonly plan: TestPlan;
  readonly server: Endpoint;
  readonly cookie: string;
  /** Of the streams that are wanted here. */
  readonly ids: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** The client's ends of the streams of one direction. */
export interface ClientStreams {
  send(): LoadSender;
  receive(onInterval: (figures: IntervalFigures) => void): LoadReceiver;
  /** Closes them at once. */
  close(): void;
}

/** Opens the streams of one direction. Throws when one cannot be opened; none is then left. */
export async function openStreams(init: StreamsInit): Promise<ClientStreams> {
  return init.plan.protocol === "tcp" ? openTcp(init) : openUdp(init);
}

async function openTcp(init: StreamsInit): Promise<ClientStreams> {
  const { clock, cookie, plan, random, server, signal } = init;
  const conns = await allOrNone(
    init.ids.map(async (id) => {
      const conn = await dial("tcp", server.toString(), { signal, timeoutMs: JOIN_MS });
      await writeTlv(conn, tlvJoin, { cookie, id }, { signal });
      return conn;
    }),
    (conn: Conn) => conn.abort(),
  );
  return {
    send: () => new StreamSender(conns, { plan, clock, block: random.bytes(plan.lengthBytes) }),
    receive: (onInterval) => new StreamReceiver(conns, { plan, clock, onInterval }),
    close: () => conns.forEach((conn) => conn.abort()),
  };
}

async function openUdp(init: StreamsInit): Promise<ClientStreams> {
  const { clock, cookie, ids, plan, random, server, signal } = init;
  const sockets = await allOrNone(
    ids.map(async (id) => openDatagramStream(server.toString(), cookie, id, signal)),
    (socket: PacketConn) => void socket.close(),
  );
  const ways = sockets.map((socket, i) => ({ socket, id: ids[i]! }));
  return {
    send: () => new DatagramSender(ways, { plan, clock, block: random.bytes(plan.lengthBytes) }),
    receive(onInterval) {
      const receiver = new DatagramReceiver({ plan, clock, onInterval });
      ways.forEach(({ id, socket }, place) => feed(receiver, socket, id, place));
      return receiver;
    },
    close: () => sockets.forEach((socket) => void socket.close()),
  };
}

function feed(receiver: DatagramReceiver, socket: PacketConn, id: number, place: number): void {
  socket.attach({
    packet({ data }) {
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      if (packetKind(view) === "data" && packetStream(view) === id) receiver.take(place, view);
    },
    drain: () => undefined,
    // The server that is gone is found out on the control connection.
    error: () => undefined,
    close: () => undefined,
    timeout: () => undefined,
  });
}

/** All of them; when one fails, those that came into being are given to `close`. */
async function allOrNone<Stream>(
  opening: readonly Promise<Stream>[],
  close: (stream: Stream) => void,
): Promise<Stream[]> {
  const settled = await Promise.allSettled(opening);
  const opened = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return opened;
  opened.forEach(close);
  throw failed.reason;
}
