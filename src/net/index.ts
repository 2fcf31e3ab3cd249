export type { Conn, ConnTraffic, ConnTraits, Sink, WaitOptions } from "./conn.ts";
export { dial, type DialNetwork, type DialOptions, type Resolver, systemResolver } from "./dial.ts";
export type { Endpoint } from "./endpoint.ts";
export { listen, type ListenNetwork, type ListenOptions } from "./listen.ts";
export type { Listener, OnConn } from "./listener.ts";
export { NET_ERROR_CODES, NetError, type NetErrorCode, type NetErrorInit } from "./net-error.ts";
export { copyToOutput, output, OUTPUT_MAX } from "./output.ts";
export type {
  OutgoingPacket,
  Packet,
  PacketConn,
  PacketListener,
  PacketSink,
  PacketTraffic,
  ReceivedInto,
} from "./packet-conn.ts";
export { PipeAddress } from "./pipe-address.ts";
export { pipe, type PipeOptions } from "./pipe.ts";
export { removeStaleSocket } from "./stale-socket.ts";
export { threadWheel } from "./runtime.ts";
export { fromSystemError } from "./system-error.ts";
