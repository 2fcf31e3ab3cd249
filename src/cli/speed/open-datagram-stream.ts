import { dial, NetError, type PacketConn } from "../../net/index.ts";
import { encodeHandshake, packetKind, packetSecret, packetStream } from "./packet-wire.ts";
import { JOIN_MS } from "./speed-limits.ts";

/** What is lost on the way is sent again after as long. */
const RETRY_MS = 250;
/** Asked of the system, which may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Opens a stream of datagrams to a server that has given a cookie and a number for it. Throws an Error that says so when datagrams do not get through. */
export async function openDatagramStream(
  server: string,
  cookie: string,
  id: number,
  signal: AbortSignal,
): Promise<PacketConn> {
  const socket = await dial("udp", server, { receiveBufferBytes: RECEIVE_BUFFER_BYTES, signal });
  try {
    await shakeHands(socket, cookie, id, signal);
    return socket;
  } catch (error) {
    await socket.close();
    throw error;
  }
}

async function shakeHands(socket: PacketConn, cookie: string, id: number, signal: AbortSignal): Promise<void> {
  let next = encodeHandshake({ kind: "open", id, secret: cookie });
  for (let tries = 0; tries < JOIN_MS / RETRY_MS; tries++) {
    await socket.send(next, undefined, { signal });
    for (;;) {
      const answer = await answerOf(socket, id, signal);
      if (answer === undefined) break;
      if (answer === "accepted") return;
      next = encodeHandshake({ kind: "answer", id, secret: answer });
      await socket.send(next, undefined, { signal });
    }
  }
  throw new Error(
    `the server at ${String(socket.remote)} answers over TCP, but not over UDP: is UDP to that port let through?`,
  );
}

/** The token of a challenge, or that the stream is open; undefined when nothing came in time. */
async function answerOf(socket: PacketConn, id: number, signal: AbortSignal): Promise<string | undefined> {
  const until = { signal, timeoutMs: RETRY_MS };
  try {
    for (let packet = await socket.recv(until); packet !== null; packet = await socket.recv(until)) {
      const view = new DataView(packet.data.buffer, packet.data.byteOffset, packet.data.length);
      const kind = packetKind(view);
      if (kind === undefined || packetStream(view) !== id) continue;
      if (kind === "accepted") return kind;
      if (kind === "challenge") return packetSecret(view);
    }
    return undefined;
  } catch (error) {
    if (error instanceof NetError && error.limit === "timeout") return undefined;
    throw error;
  }
}
