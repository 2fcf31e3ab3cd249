import { AddrPort } from "../addr/index.ts";
import { listSockets, type SocketEntry, type SocketNetwork, socketProblems } from "../net/index.ts";
import { EXIT_FAILURE, fail } from "./exit.ts";
import { socketTable } from "./socket-text.ts";

/** The flags of `netwright sockets`. */
export interface SocketsFlags {
  readonly network?: readonly SocketNetwork[];
  readonly state?: readonly string[];
  readonly port?: number;
  readonly process?: string;
  readonly problems?: boolean;
  readonly detail?: boolean;
  readonly json?: boolean;
}

const DEFAULT_NETWORKS: readonly SocketNetwork[] = ["tcp", "udp"];

/** Lists this machine's sockets and what is wrong with them. Exit 1 with `--problems` when something is. */
export function sockets(flags: SocketsFlags): void {
  try {
    const all = listSockets({ networks: flags.network ?? DEFAULT_NETWORKS });
    const found = all.filter((socket) => isWanted(socket, flags));
    if (flags.json === true) printJson(found);
    else print(found, all, flags);
    if (flags.problems === true && found.length > 0) process.exitCode = EXIT_FAILURE;
  } catch (error) {
    fail(error);
  }
}

function isWanted(socket: SocketEntry, flags: SocketsFlags): boolean {
  const { state, port, process: owner } = flags;
  // They belong to nobody, and a busy machine has thousands: they are counted unless asked for.
  if (state === undefined ? socket.state === "TIME_WAIT" : !state.includes(socket.state)) return false;
  if (port !== undefined && ![socket.local, socket.remote].some((end) => end instanceof AddrPort && end.port === port))
    return false;
  if (owner !== undefined && !socket.owners.some(({ pid, name }) => String(pid) === owner || name === owner))
    return false;
  return flags.problems !== true || socketProblems(socket).length > 0;
}

function print(found: readonly SocketEntry[], all: readonly SocketEntry[], flags: SocketsFlags): void {
  if (found.length > 0) console.log(socketTable(found, flags.detail === true).join("\n"));
  console.log(summary(found, all, flags));
}

function summary(found: readonly SocketEntry[], all: readonly SocketEntry[], flags: SocketsFlags): string {
  const what = flags.problems === true ? "with something wrong" : "listed";
  const counts = new Map<string, number>();
  for (const { state } of found) counts.set(state, (counts.get(state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  const waiting = all.filter(({ state }) => state === "TIME_WAIT").length;
  const more = waiting === 0 || flags.state?.includes("TIME_WAIT") === true ? "" : `; ${waiting} more in TIME_WAIT`;
  return `${found.length} socket${found.length === 1 ? "" : "s"} ${what}${states === "" ? "" : ` (${states})`}${more}`;
}

function printJson(found: readonly SocketEntry[]): void {
  console.log(
    JSON.stringify(
      found.map((socket) => ({ ...socket, problems: socketProblems(socket) })),
      undefined,
      2,
    ),
  );
}
