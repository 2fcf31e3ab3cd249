import { readdirSync, readlinkSync } from "node:fs";

/** What a lab was made of, as the kernel calls it: "net:[4026532250]" … */
export interface Parts {
  readonly networks: readonly string[];
  /** The namespace of its processes. */
  readonly namespace: string;
}

/** The processes of this machine that are in a lab or hold one of its networks, by what they do. */
export function holdersOf({ networks, namespace }: Parts): string[] {
  const wanted = new Set([...networks, namespace]);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      linksOf(pid)
        .filter((link) => wanted.has(link))
        .map((link) => `${pid} ${link}`),
    );
}

/** The namespaces that a process is in, and those that its descriptors hold. */
function linksOf(pid: string): string[] {
  const folder = `/proc/${pid}`;
  return [`${folder}/ns/net`, `${folder}/ns/pid`, ...descriptors(`${folder}/fd`)].flatMap((path) => {
    try {
      return [readlinkSync(path)];
    } catch {
      return []; // it has ended, or is none of ours
    }
  });
}

function descriptors(folder: string): string[] {
  try {
    return readdirSync(folder).map((fd) => `${folder}/${fd}`);
  } catch {
    return [];
  }
}
