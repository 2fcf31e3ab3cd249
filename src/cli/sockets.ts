import { AddrPort } from "../addr/index.ts";
import { listSockets, type SocketEntry, type SocketNetwork, socketProblems } from "../net/index.ts";
import { EXIT_FAILURE } from "./exit.ts";
import { print } from "./print.ts";
import { parseSocketState } from "./socket-state.ts";
import { socketTable } from "./socket-text.ts";

/** The flags of `netwright sockets`. */
export interface SocketsFlags {
  readonly network?: readonly SocketNetwork[];
  readonly state?: readonly string[] | undefined;
  readonly port?: number;
  readonly process?: string;
  readonly problems?: boolean;
  readonly detail?: boolean;
  readonly json?: boolean;
}

const DEFAULT_NETWORKS: readonly SocketNetwork[] = ["tcp", "udp"];

/** Lists this machine's sockets and what is wrong with them. Resolves to the exit code: 1 with `--problems` when something is. */
export async function sockets(given: SocketsFlags): Promise<number> {
  const flags = { ...given, state: given.state?.map(parseSocketState) };
  const all = listSockets({ networks: flags.network ?? DEFAULT_NETWORKS });
  const found = all.filter((socket) => isWanted(socket, flags));
  await print(flags.json === true ? jsonOf(found) : textOf(found, all, flags));
  return flags.problems === true && found.length > 0 ? EXIT_FAILURE : 0;
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

function textOf(found: readonly SocketEntry[], all: readonly SocketEntry[], flags: SocketsFlags): string {
  const table = found.length === 0 ? [] : socketTable(found, flags.detail === true);
  return [...table, summary(found, all, flags)].join("\n");
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

function jsonOf(found: readonly SocketEntry[]): string {
  const entries = found.map((socket) => ({ ...socket, problems: socketProblems(socket) }));
  return JSON.stringify(entries, rounded, 2);
}

/** Durations to the microsecond: the system knows no more, and what is left of a division is noise. */
function rounded(name: string, value: unknown): unknown {
  return typeof value === "number" && name.endsWith("Ms") ? Math.round(value * 1000) / 1000 : value;
}
