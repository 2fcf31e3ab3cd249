import { Addr, AddrPort, UnixAddress } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { makeSocket, SOCKET_TYPE } from "./make-socket.ts";
import { AF_INET, AF_INET6, AF_UNIX, encodeIpAddress, socketAddress } from "./socket-address.ts";
import {
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  setSocketOption,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  TCP_FASTOPEN,
} from "./socket-option.ts";
import { applyStreamOptions, type StreamSocketOptions } from "./stream-options.ts";
import { check, SystemError } from "./system-error.ts";
import { bindUnixSocket } from "./unix-socket.ts";

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
  /** Whether a socket for IPv6 leaves IPv4 alone; absent: exactly when it is bound to one address, or for "tcp6". */
  readonly ipv6Only?: boolean | undefined;
  /** Connections whose data came with the SYN that may wait at once (TCP Fast Open, RFC 7413). 0 or absent: none. */
  readonly fastOpenQueue?: number | undefined;
  /** Options, which what it accepts has too. `reuseAddress` is on if it is absent. */
  readonly options?: StreamSocketOptions | undefined;
}

/** A Unix stream socket to listen on. */
export interface UnixListeningSocket {
  readonly network: "unix";
  /** A path, at which nothing may lie yet, or "@" and an abstract name. */
  readonly path: string;
  /** Permissions of the file, which it has before anybody can connect. Default: what the process's umask leaves of 0777. */
  readonly mode?: number | undefined;
  /** Who owns the file. Default: the process's user and group. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly backlog?: number | undefined;
  /** Options, which what it accepts has too. */
  readonly options?: StreamSocketOptions | undefined;
}

/** A socket that listens: the descriptor is the caller's to close, non-blocking, and not inherited by programs that are started. */
export interface ListeningSocket {
  readonly fd: number;
  /** The port it got; 0 for a Unix socket. */
  readonly port: number;
}

const symbols = libc({
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
});

/** A way to listen, in steps, for whoever has something to do between them. */
export interface ListeningSteps {
  /** "tcp4", "tcp6" or "unix". */
  readonly network: string;
  /** What it will be bound to. */
  readonly address: AddrPort | UnixAddress;
  /** Makes the socket and sets its options. Throws SystemError. */
  open(): number;
  /** Binds it and listens; closes it when that fails. Throws SystemError. */
  bind(fd: number): void;
}

/** Makes a socket, binds it and listens. Throws SystemError: EADDRINUSE, EACCES, EADDRNOTAVAIL, EAFNOSUPPORT, EMFILE … */
export function makeListeningSocket(options: TcpListeningSocket | UnixListeningSocket): ListeningSocket {
  const [first, ...others] = planListening(options);
  let fd: number;
  try {
    fd = take(first);
  } catch (error) {
    if (others[0] === undefined || !lacksIpv6(error)) throw error;
    fd = take(others[0]);
  }
  if (options.network === "unix") return { fd, port: 0 };
  const bound = socketAddress(fd);
  return { fd, port: bound instanceof AddrPort ? bound.port : 0 };
}

function take(steps: ListeningSteps): number {
  const fd = steps.open();
  steps.bind(fd);
  return fd;
}

/** Sets how many connections may wait at a socket that listens already (default 4096). Throws SystemError. */
export function setBacklog(fd: number, backlog: number = DEFAULT_BACKLOG): void {
  check("listen", () => symbols().listen(fd, backlog));
}

/** Whether listening failed because the machine's IPv6 is switched off, so that the next way is to be tried. */
export function lacksIpv6(error: unknown): boolean {
  return error instanceof SystemError && WITHOUT_IPV6.has(error.errno);
}

const WITHOUT_IPV6: ReadonlySet<number> = new Set([ERRNO.EAFNOSUPPORT, ERRNO.EADDRNOTAVAIL]);

/** How to listen: the first way, and another for when `lacksIpv6` says so. Throws SystemError EAFNOSUPPORT for an address of the wrong family. */
export function planListening(
  options: TcpListeningSocket | UnixListeningSocket,
): readonly [ListeningSteps, ...ListeningSteps[]] {
  if (options.network === "unix") return [unixSteps(options)];
  const { ipv6Only, network } = options;
  const addr = options.addr?.unmap();
  if (addr !== undefined && !(network === "tcp" && addr.isUnspecified))
    return [tcpSteps(options, addr, ipv6Only ?? true)];
  if (network === "tcp4") return [tcpSteps(options, Addr.anyV4, true)];
  if (network === "tcp6") return [tcpSteps(options, Addr.anyV6, ipv6Only ?? true)];
  if (ipv6Only === true) return [tcpSteps(options, Addr.anyV6, true)];
  return [tcpSteps(options, Addr.anyV6, false), tcpSteps(options, Addr.anyV4, true)];
}

function unixSteps({ backlog, gid, mode, options, path, uid }: UnixListeningSocket): ListeningSteps {
  return {
    network: "unix",
    address: new UnixAddress(path),
    open: () => {
      const fd = makeSocket(AF_UNIX, SOCKET_TYPE.stream);
      return guarded(fd, () => applyStreamOptions(fd, "unix", options ?? {}));
    },
    bind: (fd) => {
      finish(fd, backlog, () => {
        bindUnixSocket(fd, path, { mode, uid, gid });
      });
    },
  };
}

function tcpSteps(options: TcpListeningSocket, addr: Addr, oneFamily: boolean): ListeningSteps {
  const { backlog, port } = options;
  const wrong = { tcp: 0, tcp4: 6, tcp6: 4 }[options.network];
  if (addr.version === wrong) throw new SystemError("bind", ERRNO.EAFNOSUPPORT);
  return {
    network: `tcp${addr.version}`,
    address: new AddrPort(addr, port),
    open: () => {
      const fd = makeSocket(addr.version === 4 ? AF_INET : AF_INET6, SOCKET_TYPE.stream);
      return guarded(fd, () => prepareTcp(fd, options, addr, oneFamily));
    },
    bind: (fd) => finish(fd, backlog, () => bind(fd, encodeIpAddress(addr, port))),
  };
}

function prepareTcp(fd: number, options: TcpListeningSocket, addr: Addr, oneFamily: boolean): void {
  const { fastOpenQueue = 0, reusePort } = options;
  if (addr.version === 6) setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, oneFamily ? 1 : 0);
  // A port whose last connections linger in TIME_WAIT is free; one that somebody listens on is not.
  if (options.options?.reuseAddress === undefined) setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (reusePort === true) setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (options.options !== undefined) applyStreamOptions(fd, addr.version, options.options);
  if (fastOpenQueue > 0) setSocketOption(fd, IPPROTO_TCP, TCP_FASTOPEN, fastOpenQueue, "TCP_FASTOPEN");
}

/** Binds and listens. */
function finish(fd: number, backlog: number | undefined, bindIt: () => void): void {
  guarded(fd, () => {
    bindIt();
    check("listen", () => symbols().listen(fd, backlog ?? DEFAULT_BACKLOG));
  });
}

/** The descriptor when `work` is done; closed when that fails. */
function guarded(fd: number, work: () => void): number {
  try {
    work();
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function bind(fd: number, address: Uint8Array): void {
  check("bind", () => symbols().bind(fd, address, address.length));
}
