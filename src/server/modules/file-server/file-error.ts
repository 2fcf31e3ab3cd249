import { HandlerError } from "../../../http/message/index.ts";

/** Error names that say that a path leads nowhere. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "ENXIO", "ENODEV"]);
/** Error names that say that the system has no room for one more open file. */
const EXHAUSTED = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

/** Whether an error of the file system says that there is no such file. */
export function isAbsent(code: string): boolean {
  return ABSENT.has(code);
}

/** Whether an error of the file system may pass when descriptors are closed. */
export function isExhausted(code: string): boolean {
  return EXHAUSTED.has(code);
}

/** What to answer when a file could not be looked at or opened: 403, 503 or 500. The reason is for the log. */
export function fileFailure(code: string, cause: unknown): HandlerError {
  if (code === "EACCES" || code === "EPERM") return new HandlerError(403, "the file may not be read", { cause });
  if (isExhausted(code)) return new HandlerError(503, `the file could not be opened: ${code}`, { cause });
  return new HandlerError(500, `the file could not be read: ${code}`, { cause });
}

/** The name of a file system's error, such as "ENOENT"; "" for another kind of error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
