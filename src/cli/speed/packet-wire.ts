import { DATAGRAM_LEAST_BYTES } from "./speed-limits.ts";

/**
 * Datagrams of a test: "NWS" and a kind, the stream's number of 4 bytes, then by kind. The client opens a stream with the cookie, gets a token, and answers with it: only then
 * are datagrams sent to it, so that nobody makes the server send to an address that is not his. No answer is longer than what it answers.
 */
export const PACKET_KINDS = { open: 1, challenge: 2, answer: 3, accepted: 4, data: 5 } as const;
export type PacketKind = keyof typeof PACKET_KINDS;

/** "NWS" and room for the kind. */
const MAGIC = 0x4e57_5300;
const KINDS: readonly (PacketKind | undefined)[] = [undefined, "open", "challenge", "answer", "accepted", "data"];
/** Head, stream, and the cookie or token. */
const HANDSHAKE_BYTES = 24;

/** A datagram that is part of a handshake. */
export interface HandshakePacket {
  readonly kind: Exclude<PacketKind, "data">;
  readonly id: number;
  /** open: the cookie; challenge and answer: the token; accepted: zeros. 16 bytes in hexadecimal. */
  readonly secret: string;
}

/** The bytes of a datagram of the handshake. */
export function encodeHandshake({ kind, id, secret }: HandshakePacket): Uint8Array {
  const bytes = new Uint8Array(HANDSHAKE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC | PACKET_KINDS[kind]);
  view.setUint32(4, id);
  bytes.subarray(8).setFromHex(secret);
  return bytes;
}

/** Which kind of datagram it is; undefined for none of ours, or one too short for its kind. */
export function packetKind(view: DataView): PacketKind | undefined {
  if (view.byteLength < DATAGRAM_LEAST_BYTES) return undefined;
  const head = view.getUint32(0);
  const kind = (head & ~0xff) === MAGIC ? KINDS[head & 0xff] : undefined;
  return kind === "data" || view.byteLength === HANDSHAKE_BYTES ? kind : undefined;
}

/** The stream that a datagram belongs to. */
export function packetStream(view: DataView): number {
  return view.getUint32(4);
}

/** The cookie or token of a datagram of the handshake. */
export function packetSecret(view: DataView): string {
  return new Uint8Array(view.buffer, view.byteOffset + 8, 16).toHex();
}

/** A datagram of load: its number within the stream, and when it was sent, in milliseconds of the sender's clock. */
export function writeData(view: DataView, id: number, sequence: number, sentMs: number): void {
  view.setUint32(0, MAGIC | PACKET_KINDS.data);
  view.setUint32(4, id);
  view.setUint32(8, sequence);
  view.setFloat64(12, sentMs);
}

export function packetSequence(view: DataView): number {
  return view.getUint32(8);
}

export function packetSentMs(view: DataView): number {
  return view.getFloat64(12);
}
