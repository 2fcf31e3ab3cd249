/**
 * The order of the house, from the ground up: a room imports only from rooms that stand before it, or from itself.
 *
 * This list is the allow-list that the layer test holds. A folder of `src` that is not in it fails; add a room here, in its
 * place, together with its `index.ts` and its line in ARCHITECTURE.md.
 */
export interface Room {
  /** The folder below `src`, with `/` between its parts. */
  readonly path: string;
  /** Whether the room may hold folders that are not rooms: one a module, an app, an adapter. */
  readonly folders?: true;
  /** Whether it must run on any JavaScript runtime: no I/O, no clock and no randomness of its own. */
  readonly pure?: true;
  /** Whether it may use `Bun.*` and `bun:*`. */
  readonly bun?: true;
  /** Whether it only re-exports its children: it then holds one `index.ts` and stands after the last of them. */
  readonly parent?: true;
  /** Whether it may `import()` a path that is only known at run time, such as a user's module. */
  readonly loads?: true;
}

export const ROOMS: readonly Room[] = [
  { path: "bytes", pure: true },
  { path: "addr", pure: true },
  { path: "packet", pure: true },
  { path: "clock", pure: true },
  { path: "sys", bun: true },
  { path: "log" },
  { path: "metrics" },
  { path: "net", bun: true },
  { path: "stream" },
  { path: "lab" },
  { path: "dns" },
  { path: "icmp" },
  { path: "tftp" },
  { path: "nat" },
  { path: "bgp" },
  { path: "gob" },
  { path: "storage" },
  { path: "pki" },
  { path: "tls", bun: true },
  { path: "http/message" },
  { path: "http/h1" },
  { path: "http/h2" },
  { path: "http/h3", bun: true },
  { path: "http/websocket" },
  { path: "http/client" },
  { path: "http/server" },
  { path: "http/router" },
  { path: "http/middleware", folders: true },
  { path: "http/testing" },
  { path: "http", parent: true },
  { path: "resolver" },
  { path: "acme" },
  { path: "telemetry" },
  { path: "grpc" },
  { path: "cloud" },
  { path: "server/module" },
  { path: "server/config", folders: true },
  { path: "server/modules", folders: true },
  { path: "server/apps", folders: true },
  { path: "server/admin" },
  { path: "server/process", bun: true, loads: true },
  { path: "server", parent: true },
  { path: "cli", folders: true },
];

/** Rooms that never import one another, whatever their order in the list. */
export const SIBLINGS: readonly (readonly string[])[] = [["http/h1", "http/h2", "http/h3", "http/websocket"]];

/** Rooms that are entered by a program and not by an import, so that they need no `index.ts`. */
export const ENTRANCES: readonly string[] = ["cli"];

/** Files of pure rooms that connect them to the real clock and the real random source. */
export const IMPURE_FILES: readonly string[] = ["clock/real.ts"];

/** What a sans-IO file is called, in every room. */
export const SANS_IO: RegExp = /(?:^|[-/])(?:wire|machine)\.ts$/;
