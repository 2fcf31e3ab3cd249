import { chmodSync } from "node:fs";
import { Addr, AddrPort } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { AF_INET, AF_INET6, AF_UNIX, encodeIpAddress, encodeUnixAddress, socketAddress } from "./socket-address.ts";
import { IPPROTO_IPV6, IPV6_V6ONLY, setSocketOption, SO_REUSEADDR, SO_REUSEPORT, SOL_SOCKET } from "./socket-option.ts";
import { check, SystemError } from "./system-error.ts";

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

/** As long as the system allows: it cuts this to net.core.somaxconn, as Go does. */
const DEFAULT_BACKLOG = 4096;

/** A TCP socket to listen on. */
export interface TcpListeningSocket {
  /** "tcp" is both families where the host names no one address, as in Go; "tcp6" is never IPv4. */
  readonly network: "tcp" | "tcp4" | "tcp6";
  /** An address; names are for the caller to resolve. undefined: every address of this machine. */
  readonly addr?: Addr | undefined;
  /** 0: any free one. */
  readonly port: number;
  /** Others may listen on the same port, each with a queue of its own (SO_REUSEPORT). Default false. */
  readonly reusePort?: boolean | undefined;
  /** Connections that may wait to be accepted. Default 4096; the system cuts it to its own limit. */
  readonly backlog?: number | undefined;
}

/** A Unix stream socket to listen on. */
export interface UnixListeningSocket {
  readonly network: "unix";
  /** A path, at which nothing may lie yet, or "@" and an abstract name. */
  readonly path: string;
  /** Permissions of the file, which it has before anybody can connect. Default: what the process's umask leaves of 0777. */
  readonly mode?: number | undefined;
  readonly backlog?: number | undefined;
}

/** A socket that listens: the descriptor is the caller's to close, non-blocking, and not inherited by programs that are started. */
export interface ListeningSocket {
  readonly fd: number;
  /** The port it got; 0 for a Unix socket. */
  readonly port: number;
}

const symbols = libc({
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
});

/** Makes a socket, binds it and listens. Throws SystemError: EADDRINUSE, EACCES, EADDRNOTAVAIL, EAFNOSUPPORT, EMFILE … */
export function makeListeningSocket(options: TcpListeningSocket | UnixListeningSocket): ListeningSocket {
  if (options.network === "unix") return { fd: listenUnix(options), port: 0 };
  const fd = listenTcp(options);
  const bound = socketAddress(fd);
  return { fd, port: bound instanceof AddrPort ? bound.port : 0 };
}

function listenUnix(options: UnixListeningSocket): number {
  const { path, mode } = options;
  return prepared(AF_UNIX, options.backlog, (fd) => {
    bind(fd, encodeUnixAddress(path));
    // Nobody can connect to a socket that does not listen yet, so that no moment is left with other permissions.
    if (mode !== undefined && !path.startsWith("@")) chmodSync(path, mode);
  });
}

function listenTcp(options: TcpListeningSocket): number {
  const { network } = options;
  const addr = options.addr?.unmap();
  if (addr !== undefined && !(network === "tcp" && addr.isUnspecified)) return listenOn(options, addr, true);
  if (network === "tcp4") return listenOn(options, Addr.anyV4, true);
  if (network === "tcp6") return listenOn(options, Addr.anyV6, true);
  try {
    return listenOn(options, Addr.anyV6, false);
  } catch (error) {
    if (error instanceof SystemError && WITHOUT_IPV6.has(error.errno)) return listenOn(options, Addr.anyV4, true);
    throw error;
  }
}

/** What binding to every address fails with on a machine whose IPv6 is switched off. */
const WITHOUT_IPV6: ReadonlySet<number> = new Set([ERRNO.EAFNOSUPPORT, ERRNO.EADDRNOTAVAIL]);

function listenOn(options: TcpListeningSocket, addr: Addr, oneFamily: boolean): number {
  const wrong = { tcp: 0, tcp4: 6, tcp6: 4 }[options.network];
  if (addr.version === wrong) throw new SystemError("bind", ERRNO.EAFNOSUPPORT);
  return prepared(addr.version === 4 ? AF_INET : AF_INET6, options.backlog, (fd) => {
    if (addr.version === 6) setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, oneFamily ? 1 : 0);
    // A port whose last connections linger in TIME_WAIT is free; one that somebody listens on is not.
    setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reusePort === true) setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    bind(fd, encodeIpAddress(addr, options.port));
  });
}

/** A socket that listens once `prepare` has bound it; closed again when anything fails. */
function prepared(family: number, backlog: number | undefined, prepare: (fd: number) => void): number {
  const fd = check("socket", () => symbols().socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  try {
    prepare(fd);
    check("listen", () => symbols().listen(fd, backlog ?? DEFAULT_BACKLOG));
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function bind(fd: number, address: Uint8Array): void {
  check("bind", () => symbols().bind(fd, address, address.length));
}
