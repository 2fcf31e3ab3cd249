import type { AddrPort, UnixAddress } from "../addr/index.ts";
import type { PipeAddress } from "./pipe-address.ts";

/** Where one end of a Conn is: an IP address and port, the path of a Unix socket, or the name of an in-memory pipe. */
export type Endpoint = AddrPort | UnixAddress | PipeAddress;
