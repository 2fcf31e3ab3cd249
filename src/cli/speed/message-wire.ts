import * as z from "zod/mini";
import { ParseError } from "../../bytes/index.ts";
import { type TlvType, tlvString } from "../../stream/index.ts";
import {
  DATAGRAM_LEAST_BYTES,
  DATAGRAM_MAX_BYTES,
  INTERVAL_LEAST_MS,
  RATE_MAX,
  STREAMS_MAX,
  TIME_LEAST_MS,
  TIME_MAX_MS,
  WRITE_MAX_BYTES,
} from "./speed-limits.ts";

/** Which way the load goes: up is from the client to the server. */
export type Direction = "up" | "down";

/** What is measured. */
export interface TestPlan {
  readonly protocol: "tcp" | "udp";
  /** One, or both at the same time. */
  readonly directions: readonly Direction[];
  /** How many streams each direction has. */
  readonly streams: number;
  readonly timeMs: number;
  readonly intervalMs: number;
  /** Bytes of a write, or of a datagram. */
  readonly lengthBytes: number;
  /** What all streams of a direction send together; 0: as fast as it goes, TCP only. */
  readonly rateBitsPerSecond: number;
}

/** What the sender's system knows of its TCP connections: sums, and the longest round trip. */
export interface TcpFigures {
  readonly retransmits: number;
  readonly rttMs: number;
  readonly windowBytes: number;
}

/** What datagrams met on their way. */
export interface UdpFigures {
  /** Those that arrived, duplicates not counted. */
  readonly packets: number;
  readonly lost: number;
  /** Those that came behind one that had been sent later. */
  readonly reordered: number;
  readonly duplicates: number;
  /** Interarrival jitter, RFC 3550 section 6.4.1. */
  readonly jitterMs: number;
}

/** What a sender has done. With TCP the bytes are those that the receiver's system has acknowledged. */
export interface SentFigures {
  readonly bytes: number;
  readonly ms: number;
  /** UDP: the datagrams of each stream, in the order of the streams. */
  readonly packets?: readonly number[] | undefined;
  readonly tcp?: TcpFigures | undefined;
}

/** What has arrived, and in which time. */
export interface ReceivedFigures {
  readonly bytes: number;
  readonly ms: number;
  readonly udp?: UdpFigures | undefined;
}

/** What has arrived in a part of the test, which is told in milliseconds from the first arrival. */
export interface IntervalFigures {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bytes: number;
  readonly udp?: UdpFigures | undefined;
}

/** What a client says. */
export type ClientMessage =
  | ({ readonly kind: "start"; readonly version: number } & TestPlan)
  | { readonly kind: "go" }
  | { readonly kind: "sent"; readonly direction: "up"; readonly figures: SentFigures };

/** What a server says. */
export type ServerMessage =
  | {
      readonly kind: "ready";
      readonly version: number;
      /** 16 random bytes in hexadecimal: what lets streams join the test. */
      readonly cookie: string;
      /** Of each stream: those of the first direction, then those of the second. */
      readonly ids: readonly number[];
    }
  | { readonly kind: "joined" }
  | { readonly kind: "interval"; readonly direction: "up"; readonly figures: IntervalFigures }
  | { readonly kind: "state"; readonly direction: "down"; readonly tcp: TcpFigures }
  | { readonly kind: "received"; readonly direction: "up"; readonly figures: ReceivedFigures }
  | { readonly kind: "sent"; readonly direction: "down"; readonly figures: SentFigures }
  | { readonly kind: "error"; readonly reason: string };

/** What a TCP stream says first, to belong to a test. */
export interface JoinRequest {
  readonly cookie: string;
  readonly id: number;
}

const COUNT = z.number().check(z.nonnegative(), z.maximum(Number.MAX_SAFE_INTEGER));
const UINT32 = z.int().check(z.minimum(0), z.maximum(0xffff_ffff));
const COOKIE = z.string().check(z.regex(/^[0-9a-f]{32}$/));
const PACKETS = z.array(COUNT).check(z.maxLength(STREAMS_MAX));
const TCP = z.object({ retransmits: COUNT, rttMs: COUNT, windowBytes: COUNT });
const UDP = z.object({ packets: COUNT, lost: COUNT, reordered: COUNT, duplicates: COUNT, jitterMs: COUNT });
const SENT = z.object({ bytes: COUNT, ms: COUNT, packets: z.optional(PACKETS), tcp: z.optional(TCP) });
const RECEIVED = z.object({ bytes: COUNT, ms: COUNT, udp: z.optional(UDP) });
const INTERVAL = z.object({ fromMs: COUNT, toMs: COUNT, bytes: COUNT, udp: z.optional(UDP) });

const START = z
  .object({
    kind: z.literal("start"),
    version: z.int(),
    protocol: z.enum(["tcp", "udp"]),
    directions: z.array(z.enum(["up", "down"])).check(z.minLength(1), z.maxLength(2)),
    streams: z.int().check(z.minimum(1), z.maximum(STREAMS_MAX)),
    timeMs: z.number().check(z.minimum(TIME_LEAST_MS), z.maximum(TIME_MAX_MS)),
    intervalMs: z.number().check(z.minimum(INTERVAL_LEAST_MS), z.maximum(TIME_MAX_MS)),
    lengthBytes: z.int().check(z.minimum(1), z.maximum(WRITE_MAX_BYTES)),
    rateBitsPerSecond: z.number().check(z.minimum(0), z.maximum(RATE_MAX)),
  })
  .check(
    z.refine(({ directions: [first, second] }) => first !== second, "directions: each of them once"),
    z.refine(
      ({ protocol, lengthBytes }) =>
        protocol === "tcp" || (lengthBytes >= DATAGRAM_LEAST_BYTES && lengthBytes <= DATAGRAM_MAX_BYTES),
      `lengthBytes: a datagram has from ${DATAGRAM_LEAST_BYTES} to ${DATAGRAM_MAX_BYTES} bytes`,
    ),
    z.refine(
      ({ protocol, rateBitsPerSecond }) => protocol === "tcp" || rateBitsPerSecond > 0,
      "rateBitsPerSecond: UDP needs one",
    ),
  );

const CLIENT_MESSAGE: z.ZodMiniType<ClientMessage> = z.union([
  START,
  z.object({ kind: z.literal("go") }),
  z.object({ kind: z.literal("sent"), direction: z.literal("up"), figures: SENT }),
]);

const SERVER_MESSAGE: z.ZodMiniType<ServerMessage> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("ready"),
    version: z.int(),
    cookie: COOKIE,
    ids: z.array(UINT32).check(z.maxLength(2 * STREAMS_MAX)),
  }),
  z.object({ kind: z.literal("joined") }),
  z.object({ kind: z.literal("interval"), direction: z.literal("up"), figures: INTERVAL }),
  z.object({ kind: z.literal("state"), direction: z.literal("down"), tcp: TCP }),
  z.object({ kind: z.literal("received"), direction: z.literal("up"), figures: RECEIVED }),
  z.object({ kind: z.literal("sent"), direction: z.literal("down"), figures: SENT }),
  z.object({ kind: z.literal("error"), reason: z.string().check(z.maxLength(1000)) }),
]);

/** TLV 16: what a client says on the control connection, JSON. */
export const tlvClientMessage: TlvType<ClientMessage> = messageType(16, "client's message", CLIENT_MESSAGE);
/** TLV 17: what a server says on it, JSON. */
export const tlvServerMessage: TlvType<ServerMessage> = messageType(17, "server's message", SERVER_MESSAGE);

/** TLV 18: the first and only one on a TCP stream; the cookie's 16 bytes and the stream's number of 4. */
export const tlvJoin: TlvType<JoinRequest> = {
  type: 18,
  name: "join",
  encode({ cookie, id }) {
    const bytes = new Uint8Array(20);
    bytes.setFromHex(cookie);
    new DataView(bytes.buffer).setUint32(16, id);
    return bytes;
  },
  decode(bytes) {
    if (bytes.length !== 20) throw new ParseError(bytes, 0, `a join has 20 bytes, not ${bytes.length}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return { cookie: bytes.subarray(0, 16).toHex(), id: view.getUint32(16) };
  },
};

/** TLV 19: a number of 4 bytes that the peer sends back at once, as TLV 20. */
export const tlvPing: TlvType<number> = numberType(19, "ping");
export const tlvPong: TlvType<number> = numberType(20, "pong");

function numberType(type: number, name: string): TlvType<number> {
  return {
    type,
    name,
    encode(value) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, value);
      return bytes;
    },
    decode(bytes) {
      if (bytes.length !== 4) throw new ParseError(bytes, 0, `a ${name} has 4 bytes, not ${bytes.length}`);
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    },
  };
}

function messageType<Message>(type: number, name: string, schema: z.ZodMiniType<Message>): TlvType<Message> {
  return {
    type,
    name,
    encode: (message) => tlvString.encode(JSON.stringify(message)),
    decode(bytes) {
      const parsed = z.safeParse(schema, jsonOf(bytes, name));
      if (parsed.success) return parsed.data;
      throw new ParseError(bytes, 0, `no ${name}: ${whatIsWrong(parsed.error)}`);
    },
  };
}

function jsonOf(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(tlvString.decode(bytes));
  } catch (cause) {
    throw new ParseError(bytes, 0, `a ${name} is JSON`, { cause });
  }
}

function whatIsWrong(error: z.core.$ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return error.message;
  const at = issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return `${at}${issue.message}`;
}
