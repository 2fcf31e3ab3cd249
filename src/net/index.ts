export type { Conn, ConnTraffic, ConnTraits, Endpoint, Sink, WaitOptions } from "./conn.ts";
export { dial, type DialNetwork, type DialOptions, type Resolver, systemResolver } from "./dial.ts";
export { listen, type ListenNetwork, type ListenOptions } from "./listen.ts";
export type { Listener, OnConn } from "./listener.ts";
export { NET_ERROR_CODES, NetError, type NetErrorCode, type NetErrorInit } from "./net-error.ts";
export { output, OUTPUT_MAX } from "./output.ts";
export { PipeAddress } from "./pipe-address.ts";
export { pipe, type PipeOptions } from "./pipe.ts";
export { threadWheel } from "./runtime.ts";
