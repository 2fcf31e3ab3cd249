import { lstatSync } from "node:fs";
import { errnoName, SystemError } from "../sys/index.ts";
import { NetError } from "./net-error.ts";
import { fromSystemError } from "./system-error.ts";

/** Bytes of a Unix socket's path that the system takes, its final NUL not counted; as many are those of an abstract name behind its "@". */
const MAX_PATH = 107;

/** Turns what the system says of a Unix socket's path into a NetError that says what is the matter with it. A NetError stays as it is. */
export function unixError(error: unknown, op: string, network: string, address: string): NetError {
  if (error instanceof NetError) return error;
  const given = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return fromSystemError(error, { op, network, address, hint: hintOf(given, op, address) });
}

/** A NetError of an operation on a path, with what its cause says more exactly. */
export function explained(error: unknown, op: string, network: string, address: string): unknown {
  if (!(error instanceof NetError) || error.hint !== undefined || !(error.cause instanceof SystemError)) return error;
  return unixError(error.cause, op, network, address);
}

/** What to say about an error number of an operation on a path. */
export function unixHint(errno: number, op: string, path: string): string | undefined {
  return hintOf(errnoName(errno), op, path);
}

function hintOf(code: string, op: string, path: string): string | undefined {
  switch (code) {
    case "ENAMETOOLONG":
      return tooLong(path);
    case "EINVAL":
      if (op === "send" && path === "") return "the sender is not bound, so that it cannot be answered";
      return path === "" || path === "@" ? "a Unix socket needs a path, or @ and a name" : "the path holds a NUL";
    case "ECONNREFUSED":
      return "nobody listens there; a socket file that was left behind is no sign of life";
    case "EPROTOTYPE":
      return "a socket of another type is bound there (stream, unixgram or unixpacket)";
    case "EPERM":
      return op === "listen"
        ? "only root may give a socket to another user, or to a group that the process is not in"
        : "the socket there is connected to another peer and hears nobody else";
    case "EACCES":
      return `${forbidden(op)}${ownerOf(path)}`;
    case "ENOENT":
      return op === "listen" ? "the directory does not exist" : "no socket file lies there";
    case "EAGAIN":
      return "its queue of connections is full";
    default:
      return undefined;
  }
}

function tooLong(path: string): string {
  const bytes = Buffer.byteLength(path);
  if (path.startsWith("@")) return `an abstract name has at most ${MAX_PATH} bytes, this one has ${bytes - 1}`;
  return `the path of a Unix socket has at most ${MAX_PATH} bytes, this one has ${bytes}`;
}

function forbidden(op: string): string {
  return op === "listen"
    ? "the process may not write to the directory"
    : "connecting takes permission to write to the socket file, and to search its directories";
}

/** What the file itself says, where it can be seen. */
function ownerOf(path: string): string {
  try {
    const { gid, mode, uid } = lstatSync(path);
    return `: it belongs to user ${uid} and group ${gid}, with mode ${(mode & 0o777).toString(8).padStart(4, "0")}`;
  } catch {
    return "";
  }
}
