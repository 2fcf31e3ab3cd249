import type { RunFlags } from "./run.ts";

/** The flags of `run` by how they may be written. */
const FLAGS: Readonly<Record<string, keyof RunFlags>> = {
  "-c": "config",
  "--config": "config",
  "-l": "listen",
  "--listen": "listen",
  "-w": "workers",
  "--workers": "workers",
};

/** Counts that need no second look; commander has the others judged, and names the flag of a bad one. */
const PLAIN_WORKERS = /^(?:auto|[1-9]\d?)$/;

/**
 * Reads `run` followed by nothing but flags with their values, which is how service managers start a server: without commander, whose loading takes 8 of the
 * 50 ms that a start has. Anything else, help and mistakes included, is undefined and commander's.
 */
export function plainRun(args: readonly string[]): RunFlags | undefined {
  if (args[0] !== "run" || args.length % 2 === 0) return undefined;
  const flags: { -readonly [Flag in keyof RunFlags]: RunFlags[Flag] } = {};
  for (let i = 1; i < args.length; i += 2) {
    const flag = Object.hasOwn(FLAGS, args[i]!) ? FLAGS[args[i]!] : undefined;
    const value = args[i + 1]!;
    if (flag === undefined || flags[flag] !== undefined || /^$|^-./.test(value)) return undefined;
    if (flag === "workers" && !PLAIN_WORKERS.test(value)) return undefined;
    flags[flag] = value;
  }
  return flags.config !== undefined && flags.listen !== undefined ? undefined : flags;
}
