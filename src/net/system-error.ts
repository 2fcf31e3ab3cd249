import { NET_ERROR_CODES, NetError, type NetErrorCode, type NetErrorInit } from "./net-error.ts";

const CODES: ReadonlySet<string> = new Set(NET_ERROR_CODES);

/** Codes that systems and runtimes use for what a NetError calls otherwise. */
const ALIASES: Readonly<Record<string, NetErrorCode>> = {
  EAI_AGAIN: "ENOTFOUND",
  EAI_FAIL: "ENOTFOUND",
  EAI_NONAME: "ENOTFOUND",
  ENODATA: "ENOTFOUND",
  DNS_ENOTFOUND: "ENOTFOUND",
  ECONNCLOSED: "ECONNRESET",
  ERR_SOCKET_CLOSED: "ECONNRESET",
};

const HINTS: Readonly<Partial<Record<NetErrorCode, string>>> = {
  EADDRINUSE: "another process listens there: stop it, or choose another port",
  EACCES: "ports below 1024 and protected paths need privileges (CAP_NET_BIND_SERVICE)",
  EADDRNOTAVAIL: "the address belongs to no interface of this machine",
  ENOENT: "no socket file lies there",
  EMFILE: "raise the limit of open files (ulimit -n)",
};

/** Turns what a runtime throws into a NetError, with a hint where one helps. */
export function fromSystemError(error: unknown, init: Omit<NetErrorInit, "code" | "cause">): NetError {
  const code = codeOf(error);
  const hint = init.hint ?? (init.op === "listen" || code === "EMFILE" ? HINTS[code] : undefined);
  return new NetError({ ...init, code, hint, cause: error });
}

function codeOf(error: unknown): NetErrorCode {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (CODES.has(code)) return code as NetErrorCode;
  return ALIASES[code] ?? "EIO";
}
