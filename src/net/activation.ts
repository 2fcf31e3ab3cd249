import { type InheritedDescriptor, socketAddress, takeInherited } from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { NetError } from "./net-error.ts";
import { fromSystemError } from "./system-error.ts";

/** The first descriptor that a service manager passes (SD_LISTEN_FDS_START). */
const FIRST = 3;

/** A descriptor that the service manager passed, by socket activation or out of its store. */
export interface ActivatedDescriptor extends InheritedDescriptor {
  /** The caller's, not blocking, and not inherited by programs that are started. */
  readonly fd: number;
  /** FileDescriptorName= of the socket unit, or what it was stored as (FDNAME=); "" where the manager says none. */
  readonly name: string;
  /** Where a socket is bound; undefined for what is no socket of a known kind. */
  readonly local: Endpoint | undefined;
}

/** Where the passed descriptors are described. */
export interface ActivationOptions {
  /** Default: this process's. */
  readonly environment?: Record<string, string | undefined> | undefined;
  /** The number of this process, to which LISTEN_PID must be equal. Default: its own. */
  readonly pid?: number | undefined;
  /** Whether LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES are taken out of the environment, so that programs which are started do not take them for theirs. Default true. */
  readonly unsetEnvironment?: boolean | undefined;
}

/**
 * The descriptors that a service manager passed to this process (sd_listen_fds(3)), in the order of its units; none where it was not activated, or the variables are meant for another process. To be
 * called once: each descriptor is the caller's from then on. Throws NetError: EINVAL for variables that make no sense, EBADF for a descriptor that is not open.
 *
 * @example
 * for (const { fd, listens, name, network } of activatedDescriptors())
 *   if (network === "tcp" && listens) (await listen("tcp", name, { fd })).serve(onConn);
 */
export function activatedDescriptors(options: ActivationOptions = {}): ActivatedDescriptor[] {
  const { environment = process.env, pid = process.pid, unsetEnvironment = true } = options;
  const { LISTEN_FDNAMES, LISTEN_FDS, LISTEN_PID } = environment;
  if (unsetEnvironment) for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete environment[name];
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined) return [];
  if (numberOf("LISTEN_PID", LISTEN_PID) !== pid) return [];
  const count = numberOf("LISTEN_FDS", LISTEN_FDS);
  const names = LISTEN_FDNAMES === undefined || LISTEN_FDNAMES === "" ? [] : LISTEN_FDNAMES.split(":");
  if (names.length > 0 && names.length !== count)
    throw invalid(`LISTEN_FDNAMES has ${names.length} names for ${count} descriptors`);
  return Array.from({ length: count }, (_, at) => take(FIRST + at, names[at] ?? ""));
}

function numberOf(name: string, text: string): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : -1;
  if (number < 0) throw invalid(`${name} is ${JSON.stringify(text)}, which is no number`);
  return number;
}

function take(fd: number, name: string): ActivatedDescriptor {
  try {
    const kind = takeInherited(fd);
    return { fd, name, ...kind, local: kind.network === undefined ? undefined : socketAddress(fd) };
  } catch (error) {
    throw fromSystemError(error, {
      op: "activate",
      network: "fd",
      address: String(fd),
      hint: "the service manager said that it would pass this descriptor, but it is not open",
    });
  }
}

function invalid(hint: string): NetError {
  return new NetError({ op: "activate", network: "fd", code: "EINVAL", hint });
}
