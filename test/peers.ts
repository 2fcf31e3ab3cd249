import { join } from "node:path";

/** Where `.ci/run` installs the peers that no package manager has, before PATH is asked. */
const OWN_PEERS: string = join(import.meta.dir, "../.peers/bin");

/** A program of somebody else's that a test is held against. */
export interface Peer {
  /** Whether the test can run. */
  readonly available: boolean;
  /** The program; its bare name while it is not installed. */
  readonly path: string;
  /** "" or " (skipped: nginx is not installed)", for the name of a test or suite. */
  readonly skipped: string;
}

/**
 * Finds a peer. The one place that decides what a missing one means: on a user's machine the tests that need it are skipped and say so, with
 * NETWRIGHT_PEERS=required (in CI) it throws, which fails them.
 *
 * @example
 * const nginx = peer("nginx");
 * test.skipIf(!nginx.available)(`answers as nginx does${nginx.skipped}`, () => { … });
 */
export function peer(name: string): Peer {
  const path = Bun.which(name, { PATH: `${OWN_PEERS}:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` });
  if (path !== null) return { available: true, path, skipped: "" };
  if (process.env["NETWRIGHT_PEERS"] === "required") {
    throw new Error(
      `${name} is not installed, and NETWRIGHT_PEERS=required asks for it: see .ci/run for how to get it`,
    );
  }
  return { available: false, path: name, skipped: ` (skipped: ${name} is not installed)` };
}
