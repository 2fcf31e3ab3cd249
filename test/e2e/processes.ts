import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The process ids of a process's children. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

/** Whether a process runs; one that only waits to be reaped does not. */
export function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** The ports of the clients whose TCP connections, by IPv4, a process holds. */
export function clientPortsOf(pid: number): Set<number> {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
  const ports = new Set<number>();
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1)) {
    const [, , remote = "", , , , , , , inode = ""] = line.trim().split(/\s+/);
    if (inodes.has(inode)) ports.add(Number.parseInt(remote.slice(remote.indexOf(":") + 1), 16));
  }
  return ports;
}

function inodeOf(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? "";
  } catch {
    return "";
  }
}

/** Waits until something holds; rejects when it does not within `limitMs`. */
export async function until(holds: () => boolean, what: string, limitMs = 5000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
