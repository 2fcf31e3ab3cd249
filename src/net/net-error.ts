import { visibleText } from "../bytes/index.ts";
import type { Endpoint } from "./endpoint.ts";

/** The closed set of codes a NetError carries: POSIX's names, and ECANCELED for a caller's own cancellation. */
export const NET_ERROR_CODES = [
  "EACCES",
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EAFNOSUPPORT",
  "EBADF",
  "EBUSY",
  "ECANCELED",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EINVAL",
  "EIO",
  "EMFILE",
  "EMSGSIZE",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "ENOENT",
  "ENOTCONN",
  "ENOTFOUND",
  "ENOTSUP",
  "EPERM",
  "EPIPE",
  "ETIMEDOUT",
] as const;

export type NetErrorCode = (typeof NET_ERROR_CODES)[number];

/**
 * Which limit a wait ran into: the caller's `timeoutMs`, the caller's (or the Conn's own) deadline, or a signal that aborts because of a time-out of its own, such
 * as AbortSignal.timeout.
 */
export type TimeLimit = "timeout" | "deadline" | "signal";

/** What a NetError is made of. */
export interface NetErrorInit {
  /** What was tried: "dial", "listen", "accept", "read", "write", "close" … */
  readonly op: string;
  readonly network: string;
  readonly code: NetErrorCode;
  /** An address as it was given, where there is no parsed one yet. */
  readonly address?: string | undefined;
  readonly local?: Endpoint | undefined;
  readonly remote?: Endpoint | undefined;
  /** What to do about it, as a sentence without a full stop. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** With ETIMEDOUT: the limit of the caller's that passed. */
  readonly limit?: TimeLimit | undefined;
  /** How much of a cancelled or failed write went out. */
  readonly bytesWritten?: number | undefined;
  /** How many packets of a batch that failed went out. */
  readonly packetsSent?: number | undefined;
}

const REASONS: Readonly<Record<NetErrorCode, string>> = {
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "address not available on this machine",
  EAFNOSUPPORT: "address family not supported",
  EBADF: "the connection is closed",
  EBUSY: "another operation is pending",
  ECANCELED: "canceled by the caller",
  ECONNABORTED: "the connection was aborted",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "host unreachable",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EMFILE: "too many open files in this process",
  EMSGSIZE: "message too long",
  ENETUNREACH: "network unreachable",
  ENFILE: "too many open files in the system",
  ENOBUFS: "no buffer space",
  ENOENT: "no such file",
  ENOTCONN: "not connected",
  ENOTFOUND: "no such host",
  ENOTSUP: "not supported",
  EPERM: "operation not permitted",
  EPIPE: "the writing side is closed",
  ETIMEDOUT: "timed out",
};

/** What ETIMEDOUT is called by the limit that passed. */
const LIMIT_REASONS: Readonly<Record<TimeLimit, string>> = {
  timeout: "timed out",
  deadline: "deadline exceeded",
  signal: "timed out by the caller's signal",
};

/** What may be gone the next time. */
const TEMPORARY: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  "EADDRINUSE",
  "EBUSY",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EMFILE",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "ETIMEDOUT",
]);

/** A failed network operation: what was tried, on what, why it failed and, where that helps, what to do. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly op: string;
  readonly network: string;
  readonly code: NetErrorCode;
  /** The address as it was given, where there was no parsed one yet. */
  readonly address: string | undefined;
  readonly local: Endpoint | undefined;
  readonly remote: Endpoint | undefined;
  readonly hint: string | undefined;
  /**
   * With ETIMEDOUT: which of the caller's limits passed; undefined when nobody set one and it was the system, or a part of somebody else's, that gave up. A
   * time-out, a deadline and a cancellation (ECANCELED) are so never taken for one another.
   */
  readonly limit: TimeLimit | undefined;
  readonly bytesWritten: number | undefined;
  readonly packetsSent: number | undefined;

  constructor(init: NetErrorInit) {
    super(describe(init), init.cause === undefined ? undefined : { cause: init.cause });
    this.op = init.op;
    this.network = init.network;
    this.code = init.code;
    this.address = init.address;
    this.local = init.local;
    this.remote = init.remote;
    this.hint = init.hint;
    this.limit = init.limit;
    this.bytesWritten = init.bytesWritten;
    this.packetsSent = init.packetsSent;
  }

  /**
   * Whether the same operation may succeed a while later: a peer that refuses, resets or times out, a route that is down, a want of descriptors, buffers or room in a queue. Not so a
   * name that does not exist, a wrong argument, a missing right, or what the caller canceled or closed.
   */
  get isTemporary(): boolean {
    return TEMPORARY.has(this.code);
  }

  /** Whether the operation ran into a deadline or a time-out (and not into a cancellation). */
  get isTimeout(): boolean {
    return this.code === "ETIMEDOUT";
  }
}

function describe(init: NetErrorInit): string {
  const where = init.address ?? (init.remote ?? init.local)?.toString();
  const what = where === undefined ? `${init.op} ${init.network}` : `${init.op} ${init.network} ${where}`;
  const reason = init.limit === undefined ? REASONS[init.code] : LIMIT_REASONS[init.limit];
  const text = `${what}: ${reason} (${init.code})`;
  // Addresses and hints are others' words: they make no line of a log, and no move of a cursor.
  return visibleText(init.hint === undefined ? text : `${text}; ${init.hint}`);
}
