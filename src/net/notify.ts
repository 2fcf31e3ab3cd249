import { closeDescriptor, connectUnixSocket, makeUnixSocket, SOCKET_TYPE, SystemError } from "../sys/index.ts";
import { DescriptorConn } from "./descriptor-conn.ts";
import { NetError } from "./net-error.ts";
import { unixError } from "./unix-error.ts";

/** What a service tells its manager (sd_notify(3)). */
export interface ServiceState {
  /** Start-up, or the reload that was told before, is over. */
  readonly ready?: boolean | undefined;
  /** It reloads its configuration; `ready` follows. The time of the system's monotonic clock goes with it, which Type=notify-reload wants. */
  readonly reloading?: boolean | undefined;
  readonly stopping?: boolean | undefined;
  /** One line for people. */
  readonly status?: string | undefined;
  /** An error number, such as 2 for ENOENT. */
  readonly errno?: number | undefined;
  /** The process that counts as the service's main one. */
  readonly mainPid?: number | undefined;
  /** true: it is alive; "trigger": it has failed, act as if the watchdog had run out. */
  readonly watchdog?: boolean | "trigger" | undefined;
  /** The watchdog's time from now on, in microseconds. */
  readonly watchdogUsec?: number | undefined;
  /** How much more time start, stop or reload may take from now, in microseconds. */
  readonly extendTimeoutUsec?: number | undefined;
  /** Descriptors for the manager to keep; they come back by `activatedDescriptors` after a restart. */
  readonly store?:
    | { readonly name: string; readonly descriptors: readonly number[]; readonly poll?: boolean }
    | undefined;
  /** Takes what was stored under a name out again. */
  readonly remove?: string | undefined;
}

/** Whom a service tells. */
export interface NotifyOptions {
  /** Default: NOTIFY_SOCKET of the environment, a path or "@" and an abstract name. */
  readonly socket?: string | undefined;
  /** Waits so long while the manager's queue is full. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Tells the service manager how the service is, and resolves to true once it has taken it; to false where none asks to be told. Throws NetError: EINVAL for a line break in a value, or a name that
 * FDNAME does not allow; what connecting to the manager's socket fails with.
 *
 * @example
 * await notify({ ready: true, status: "listens on :8080" });
 */
export async function notify(state: ServiceState, options: NotifyOptions = {}): Promise<boolean> {
  const { socket = process.env["NOTIFY_SOCKET"], timeoutMs = 5000 } = options;
  const text = linesOf(state);
  if (socket === undefined || socket === "") return false;
  if (!socket.startsWith("/") && !socket.startsWith("@"))
    throw invalid(`NOTIFY_SOCKET is ${JSON.stringify(socket)}: neither a path nor an abstract name`);
  if (text === "") return true;
  await using conn = connectTo(socket);
  await conn.send(new TextEncoder().encode(text), state.store?.descriptors, { timeoutMs });
  return true;
}

/** How often a service must say `watchdog: true` at least, in milliseconds: half of what its manager allows; undefined where that does not watch this process. */
export function watchdogInterval(
  environment: Record<string, string | undefined> = process.env,
  pid: number = process.pid,
): number | undefined {
  const { WATCHDOG_PID, WATCHDOG_USEC } = environment;
  if (WATCHDOG_USEC === undefined || !/^[1-9]\d*$/.test(WATCHDOG_USEC)) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  return Number(WATCHDOG_USEC) / 2000;
}

/** A datagram socket that is connected tells when its receiver has room, and carries descriptors. */
function connectTo(path: string): DescriptorConn {
  const fd = makeUnixSocket(SOCKET_TYPE.datagram);
  try {
    connectUnixSocket(fd, path);
    return new DescriptorConn(fd, "unixgram");
  } catch (error) {
    closeDescriptor(fd);
    throw error instanceof SystemError ? unixError(error, "notify", "unixgram", path) : error;
  }
}

/** The assignments of a state, one a line. */
function linesOf(state: ServiceState): string {
  const { store } = state;
  const lines: (string | undefined)[] = [
    flag("READY", state.ready),
    flag("RELOADING", state.reloading),
    state.reloading === true ? `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}` : undefined,
    flag("STOPPING", state.stopping),
    line("STATUS", state.status),
    line("ERRNO", state.errno),
    line("MAINPID", state.mainPid),
    state.watchdog === "trigger" ? "WATCHDOG=trigger" : flag("WATCHDOG", state.watchdog),
    line("WATCHDOG_USEC", state.watchdogUsec),
    line("EXTEND_TIMEOUT_USEC", state.extendTimeoutUsec),
    flag("FDSTORE", store !== undefined),
    line("FDNAME", store === undefined ? undefined : storeName(store.name)),
    store?.poll === false ? "FDPOLL=0" : undefined,
    flag("FDSTOREREMOVE", state.remove !== undefined),
    line("FDNAME", state.remove === undefined ? undefined : storeName(state.remove)),
  ];
  if (store !== undefined && state.remove !== undefined) throw invalid("store and remove are two notifications");
  return lines.filter((each) => each !== undefined).join("\n");
}

function flag(name: string, set: boolean | undefined): string | undefined {
  return set === true ? `${name}=1` : undefined;
}

function line(name: string, value: string | number | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  // A line break would begin another assignment.
  if (/[\n\r\0]/.test(text)) throw invalid(`${name} must be one line`);
  return `${name}=${text}`;
}

/** What sd_notify(3) allows as a name: up to 255 printable ASCII characters but ":". */
function storeName(name: string): string {
  if (/^[ -9;-~]{1,255}$/.test(name)) return name;
  throw invalid(
    `${JSON.stringify(name)} is no name for a stored descriptor: 1 to 255 printable characters without ":"`,
  );
}

function invalid(hint: string): NetError {
  return new NetError({ op: "notify", network: "unixgram", code: "EINVAL", hint });
}
