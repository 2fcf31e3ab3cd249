import type { Addr } from "../addr/index.ts";
import { closeDescriptor } from "./descriptor.ts";
import { errnoLocation, ERRNO } from "./errno.ts";
import { libc } from "./libc.ts";
import { makeSocket, SOCKET_TYPE } from "./make-socket.ts";
import { AF_INET, AF_INET6, AF_UNIX, encodeIpAddress, encodeUnixAddress } from "./socket-address.ts";
import {
  IP_BIND_ADDRESS_NO_PORT,
  IPPROTO_IP,
  IPPROTO_TCP,
  setSocketOption,
  TCP_FASTOPEN_CONNECT,
} from "./socket-option.ts";
import { applyStreamOptions, type StreamSocketOptions } from "./stream-options.ts";
import { check, orErrno, SystemError } from "./system-error.ts";

const symbols = libc({
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
});

/** What a stream socket connects to: an IP address and port, or the path of a Unix socket or "@" and an abstract name. */
export type StreamTarget = { readonly addr: Addr; readonly port: number } | { readonly path: string };

/** A stream socket that is to be connected. */
export interface ClientSocketOptions extends StreamSocketOptions {
  /** IP: the address and port to connect from; port 0: any free one. */
  readonly from?: { readonly addr: Addr; readonly port: number } | undefined;
  /**
   * TCP: sends the first bytes that are written together with the SYN to a server that is known to take them (RFC 7413). Such a socket is connected only
   * when something is written.
   */
  readonly fastOpen?: boolean | undefined;
}

/**
 * Makes a socket for a target, with its options set and bound to its source, and gives its descriptor to the caller: non-blocking, not inherited by programs that are started, not
 * connected yet. Throws SystemError: EADDRINUSE, EADDRNOTAVAIL, EMFILE …
 */
export function makeClientSocket(target: StreamTarget, options: ClientSocketOptions = {}): number {
  const family = familyOf(target);
  const domain = family === "unix" ? AF_UNIX : family === 4 ? AF_INET : AF_INET6;
  const fd = makeSocket(domain, SOCKET_TYPE.stream);
  try {
    applyStreamOptions(fd, family, options);
    if (family !== "unix") prepareTcp(fd, options);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

function familyOf(target: StreamTarget): 4 | 6 | "unix" {
  return "path" in target ? "unix" : target.addr.unmap().version;
}

function prepareTcp(fd: number, { fastOpen, from }: ClientSocketOptions): void {
  if (fastOpen === true) setSocketOption(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1, "TCP_FASTOPEN_CONNECT");
  if (from === undefined) return;
  // The port is chosen when the target is known: one local port then serves connections to many targets.
  if (from.port === 0) setSocketOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, "IP_BIND_ADDRESS_NO_PORT");
  const address = encodeIpAddress(from.addr.unmap(), from.port);
  check("bind", () => symbols().bind(fd, address, address.length));
}

/**
 * Begins to connect a socket. It is connected when it becomes writable without an error, a Unix socket at once. Throws SystemError: ENETUNREACH, ECONNREFUSED, EAGAIN for a
 * Unix socket whose queue is full …
 */
export function beginConnect(fd: number, target: StreamTarget): void {
  const address = "path" in target ? encodeUnixAddress(target.path) : encodeIpAddress(target.addr.unmap(), target.port);
  errnoLocation();
  const result = orErrno(symbols().connect(fd, address, address.length));
  if (result < 0 && result !== -ERRNO.EINPROGRESS && result !== -ERRNO.EINTR) throw new SystemError("connect", -result);
}
