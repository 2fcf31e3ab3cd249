import { UnixAddress } from "../../addr/index.ts";
import { NetError, type Packet, type PacketConn } from "../../net/index.ts";
import { sendsBack } from "./sends-back.ts";

/** How many datagrams are answered together. */
const BATCH = 64;
/** For a peer whose queue is full: others wait for it meanwhile. */
const SEND_MS = 100;

/** Sends datagrams back to where they came from, until the PacketConn is closed. What cannot be answered, or comes from another server of its kind, is dropped, and told. */
export async function echoDatagrams(conn: PacketConn, say: (text: string) => void): Promise<void> {
  while (!conn.closed) {
    try {
      const packets = await conn.recvBatch(BATCH);
      for (const packet of packets) tellPacket(conn, packet, say);
      await answer(
        conn,
        packets.filter((packet) => isAnswerable(packet, conn)),
        say,
      );
    } catch (error) {
      tell(error, say);
    }
  }
}

/** Sends records back to the one peer, until it closes. */
export async function echoRecords(conn: PacketConn): Promise<void> {
  try {
    for await (const { data } of conn) await conn.send(data);
  } finally {
    await conn.close();
  }
}

async function answer(conn: PacketConn, packets: readonly Packet[], say: (text: string) => void): Promise<void> {
  // What came from this socket says where an answer leaves from: not from the address of a group or a broadcast.
  const answers = packets.map(({ data, from }) => ({ data, to: from }));
  for (let done = 0; done < answers.length && !conn.closed;) {
    try {
      await conn.sendBatch(done === 0 ? answers : answers.slice(done), { timeoutMs: SEND_MS });
      return;
    } catch (error) {
      tell(error, say);
      // The one that failed is passed over.
      done += error instanceof NetError ? (error.packetsSent ?? 0) + 1 : answers.length;
    }
  }
}

function tellPacket({ local, network }: PacketConn, { data, from }: Packet, say: (text: string) => void): void {
  say(`${network} ${from.toString() || "an unbound peer"}: ${data.length} bytes`);
  if (sendsBack(from, local)) say(`not answered: ${from.toString()} may be a server that sends everything back`);
}

function isAnswerable({ from, truncated }: Packet, { local }: PacketConn): boolean {
  return !truncated && !(from instanceof UnixAddress && from.path === "") && !sendsBack(from, local);
}

function tell(error: unknown, say: (text: string) => void): void {
  if (!(error instanceof NetError)) throw error;
  say(`dropped: ${error.message}`);
}
