import type { AddrPort, UnixAddress } from "../addr/index.ts";
import type { PipeAddress } from "./pipe-address.ts";
import type { UnknownAddress } from "./unknown-address.ts";

/** Where one end of a Conn is: an IP address and port, the path of a Unix socket, the name of an in-memory pipe, or what was not asked for in time. */
export type Endpoint = AddrPort | UnixAddress | PipeAddress | UnknownAddress;
