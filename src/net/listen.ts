import { Addr, AddrPort, splitHostPort, tryParsePort, UnixAddress } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import { makeListeningSocket, socketAddress } from "../sys/index.ts";
import { systemResolver } from "./dial.ts";
import type { Listener } from "./listener.ts";
import { NetError } from "./net-error.ts";
import { threadWheel } from "./runtime.ts";
import { SocketListener } from "./socket-listener.ts";
import { removeStaleSocket } from "./stale-socket.ts";
import { fromSystemError } from "./system-error.ts";

/** What a stream listener listens on. */
export type ListenNetwork = "tcp" | "tcp4" | "tcp6" | "unix";

export interface ListenOptions {
  /** Several listeners, each with a queue of its own, share the port (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean;
  /** Permissions of a Unix socket's file, which it has before anybody can connect. Default: what the process's umask leaves of 0777. */
  readonly mode?: number;
  /** Connections that may wait to be accepted. Default 4096; the system cuts it to its own limit (net.core.somaxconn). */
  readonly backlog?: number;
  /** A descriptor that listens already, to be taken over; the address then only says what it is called, and a Unix socket's file is left to whoever made it. */
  readonly fd?: number;
  /** The wheel that the Conns' deadlines run on, and with it the clock. Default: the thread's. */
  readonly wheel?: TimerWheel;
}

/**
 * Listens for streams: "tcp" on "host:port" (port 0 for a free one), "unix" on a path or an abstract "@name". Without a host, and as in Go with 0.0.0.0 or [::],
 * "tcp" takes IPv4 and IPv6 on every interface. A name listens on its first address. A socket file that nobody answers on any more is replaced. Throws NetError, or ParseError for an address that is none.
 *
 * @example
 * await using listener = await listen("tcp", ":8080");
 * listener.serve((conn) => conn.attach(new Echo(conn)));
 */
export async function listen(network: ListenNetwork, address: string, options: ListenOptions = {}): Promise<Listener> {
  try {
    return await (network === "unix" ? listenUnix(address, options) : listenTcp(network, address, options));
  } catch (error) {
    if (error instanceof NetError || error instanceof ParseError) throw error;
    throw fromSystemError(error, { op: "listen", network, address });
  }
}

async function listenTcp(network: "tcp" | "tcp4" | "tcp6", address: string, options: ListenOptions): Promise<Listener> {
  const { backlog, reusePort } = options;
  const { host, port } = portOf(network, address);
  const fd =
    options.fd ?? makeListeningSocket({ network, addr: await addrOf(host, network), port, reusePort, backlog }).fd;
  const bound = socketAddress(fd);
  const local = bound instanceof AddrPort ? bound : new AddrPort(Addr.anyV6, 0);
  return new SocketListener({ network, local, fd, wheel: wheelOf(options), path: undefined, removesFile: false });
}

async function listenUnix(path: string, options: ListenOptions): Promise<Listener> {
  const { backlog, mode } = options;
  const isFile = !path.startsWith("@");
  if (options.fd === undefined && isFile) await removeStaleSocket(path);
  const fd = options.fd ?? makeListeningSocket({ network: "unix", path, mode, backlog }).fd;
  const removesFile = options.fd === undefined && isFile;
  return new SocketListener({
    network: "unix",
    local: new UnixAddress(path),
    fd,
    wheel: wheelOf(options),
    path,
    removesFile,
  });
}

function wheelOf(options: ListenOptions): TimerWheel {
  return options.wheel ?? threadWheel();
}

function portOf(network: string, address: string): { readonly host: string; readonly port: number } {
  const { host, port } = splitHostPort(address);
  const number = port === "" ? 0 : tryParsePort(port);
  if (number !== undefined) return { host, port: number };
  const hint = `the port ${JSON.stringify(port)} is no number from 0 to 65535`;
  throw new NetError({ op: "listen", network, address, code: "EINVAL", hint });
}

/** The address to bind: that of a name is its first one, IPv4 before IPv6 as in Go; undefined for every address of this machine. */
async function addrOf(host: string, network: "tcp" | "tcp4" | "tcp6"): Promise<Addr | undefined> {
  if (host === "") return undefined;
  const literal = Addr.tryParse(host);
  if (literal !== undefined) return literal;
  const found = await systemResolver.resolve(host, network);
  return found.find((addr) => addr.version === 4) ?? found[0];
}
