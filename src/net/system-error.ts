import { AddrPort } from "../addr/index.ts";
import { ParseError } from "../bytes/index.ts";
import { SystemError } from "../sys/index.ts";
import { NET_ERROR_CODES, NetError, type NetErrorCode, type NetErrorInit } from "./net-error.ts";

const CODES: ReadonlySet<string> = new Set(NET_ERROR_CODES);

/** Codes that systems and runtimes use for what a NetError calls otherwise. */
const ALIASES: Readonly<Record<string, NetErrorCode>> = {
  /** A Unix socket whose queue is full. */
  EAGAIN: "EBUSY",
  EAI_AGAIN: "ENOTFOUND",
  EAI_FAIL: "ENOTFOUND",
  EAI_NONAME: "ENOTFOUND",
  ENODATA: "ENOTFOUND",
  DNS_ENOTFOUND: "ENOTFOUND",
  EAI_NODATA: "ENOTFOUND",
  EAI_ADDRFAMILY: "ENOTFOUND",
  /** A resolver's time-out. */
  ETIMEOUT: "ETIMEDOUT",
  DNS_ETIMEOUT: "ETIMEDOUT",
  ENOPROTOOPT: "ENOTSUP",
  EOPNOTSUPP: "ENOTSUP",
  EPROTONOSUPPORT: "ENOTSUP",
  ENETDOWN: "ENETUNREACH",
  ENOMEM: "ENOBUFS",
  ENAMETOOLONG: "EINVAL",
  ENODEV: "EADDRNOTAVAIL",
  ENOTDIR: "ENOENT",
  ENOTSOCK: "EINVAL",
  ECONNCLOSED: "ECONNRESET",
  ERR_SOCKET_CLOSED: "ECONNRESET",
};

/** By the system's code, where that says more than ours. */
const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there: stop it, or choose another port",
  EACCES: "ports below 1024 and protected paths need privileges (CAP_NET_BIND_SERVICE)",
  EADDRNOTAVAIL: "the address belongs to no interface of this machine",
  ENOENT: "no socket file lies there",
  ENOTFOUND: "the host name has no address",
  ENAMETOOLONG: "the path of a Unix socket has at most 107 bytes",
  ENODEV: "no network interface has the name of the zone",
  EMFILE: "raise the limit of open files (ulimit -n)",
};

/** Turns what a runtime throws into a NetError, with a hint where one helps. */
export function fromSystemError(error: unknown, init: Omit<NetErrorInit, "code" | "cause">): NetError {
  const given = givenCode(error);
  const code = codeOf(given);
  const hint =
    init.hint ?? systemHint(error, given, init) ?? ownWords(error, given, code) ?? hintOf(init.op, given, code);
  return new NetError({ ...init, code, hint, cause: error });
}

/** The error's own code; that of the web's exceptions is a number, and their name says it. */
function givenCode(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "ETIMEDOUT";
  if (error instanceof Error && error.name === "AbortError") return "ECANCELED";
  if (error instanceof ParseError || error instanceof RangeError) return "EINVAL";
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

function hintOf(op: string, given: string, code: NetErrorCode): string | undefined {
  return op === "listen" || code === "EMFILE" || given === "ENODEV" ? (HINTS[given] ?? HINTS[code]) : undefined;
}

/** For what a call of the system says no more of than its number. */
function systemHint(error: unknown, given: string, init: Omit<NetErrorInit, "code" | "cause">): string | undefined {
  if (!(error instanceof SystemError)) return undefined;
  if (error.syscall === "sendfile" && given === "EBADF")
    return "the file's descriptor is not open, or not open for reading";
  return membershipHint(error, given) ?? optionHint(error) ?? zoneHint(given, init);
}

/** For a multicast group that could not be joined or left. */
function membershipHint({ syscall }: SystemError, given: string): string | undefined {
  const [, action, group] = /^setsockopt (join|leave) (.+)$/.exec(syscall) ?? [];
  if (action === "join" && given === "EINVAL") return `${group} is no multicast group that this socket can join`;
  if (action === "join" && given === "EADDRINUSE") return `the socket is a member of ${group} already`;
  return action === "leave" && given === "EADDRNOTAVAIL" ? `the socket is no member of ${group} there` : undefined;
}

/** For a link-local address that says not which link's. */
function zoneHint(given: string, { address, local, remote }: Omit<NetErrorInit, "code" | "cause">): string | undefined {
  const end = (address === undefined ? undefined : AddrPort.tryParse(address)) ?? remote ?? local;
  if (given !== "EINVAL" || !(end instanceof AddrPort)) return undefined;
  const { addr } = end;
  if (addr.version === 4 || !addr.isLinkLocal || addr.zone !== "") return undefined;
  return `a link-local address needs its interface as a zone, as in ${addr.toString()}%eth0`;
}

/** A caller's mistake, or whatever else was thrown that has no code of ours, in its own words. */
function ownWords(error: unknown, given: string, code: NetErrorCode): string | undefined {
  if (error instanceof SystemError) return undefined;
  const isOwn = error instanceof RangeError || error instanceof ParseError || (code === "EIO" && given !== "EIO");
  return isOwn && error instanceof Error && error.message !== "" ? error.message : undefined;
}

/** For an option of a socket that the system refused. */
function optionHint(error: unknown): string | undefined {
  const option = error instanceof SystemError ? /^setsockopt (\w+)$/.exec(error.syscall)?.[1] : undefined;
  if (option === undefined) return undefined;
  const privileged = option === "SO_MARK" ? ", which needs CAP_NET_ADMIN" : "";
  return `the system refused the socket option ${option}${privileged}`;
}

function codeOf(given: string): NetErrorCode {
  if (CODES.has(given)) return given as NetErrorCode;
  return ALIASES[given] ?? "EIO";
}
