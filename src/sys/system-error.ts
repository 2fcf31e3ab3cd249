import { errnoLocation, errnoName, lastErrno } from "./errno.ts";

/** A system call that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The error's name, such as "EADDRINUSE". */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  constructor(syscall: string, errno: number) {
    const code = errnoName(errno);
    super(`${syscall}: ${code}`);
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** Runs a call that returns -1 when it fails; throws SystemError then. */
export function check(syscall: string, call: () => number): number {
  errnoLocation();
  const result = call();
  if (result < 0) throw new SystemError(syscall, lastErrno());
  return result;
}

/** The result of a call that returned -1 when it failed, with its error number negated in place of the -1. */
export function orErrno(result: number): number {
  return result < 0 ? -lastErrno() : result;
}
