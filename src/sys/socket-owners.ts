import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that has a socket open. */
export interface SocketOwner {
  readonly pid: number;
  /** What the system calls it (at most 15 characters). */
  readonly name: string;
  readonly fd: number;
}

/** Who has each socket open, by the socket's inode: what this process may see, which is everything only for root. Reads /proc. */
export function socketOwners(): ReadonlyMap<number, readonly SocketOwner[]> {
  const owners = new Map<number, SocketOwner[]>();
  for (const entry of entriesOf("/proc")) {
    if (/^\d+$/.test(entry)) addOwner(owners, Number(entry));
  }
  return owners;
}

function addOwner(owners: Map<number, SocketOwner[]>, pid: number): void {
  let name: string | undefined;
  for (const fd of entriesOf(`/proc/${pid}/fd`)) {
    const inode = inodeOf(`/proc/${pid}/fd/${fd}`);
    if (inode === undefined) continue;
    name ??= nameOf(pid);
    const owner = { pid, name, fd: Number(fd) };
    const others = owners.get(inode);
    if (others === undefined) owners.set(inode, [owner]);
    else others.push(owner);
  }
}

// A process may end, and a descriptor close, between two looks.
function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function inodeOf(path: string): number | undefined {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
  } catch {
    return "";
  }
}
