import type { ConfigPath } from "../server/module/index.ts";
import { Misuse } from "./misuse.ts";

/** A part of a Caddy config in JSON. */
type Json = Record<string, unknown>;

/** Puts routes behind one listening address: what `file-server`, `reverse-proxy` and `respond` run. */
export function serverConfig(options: {
  readonly listen: string;
  readonly routes: readonly Json[];
  readonly accessLog: boolean;
  readonly workers: number | "auto" | undefined;
}): Json {
  const server: Json = { listen: [options.listen], automatic_https: { disable: true }, routes: options.routes };
  if (options.accessLog) server["logs"] = {};
  const config: Json = { admin: { disabled: true }, apps: { http: { servers: { command: server } } } };
  return options.workers === undefined ? config : { workers: options.workers, ...config };
}

const SERVER: ConfigPath = ["apps", "http", "servers", "command"];

/** Where the listening address stands in what `serverConfig` makes. */
export const LISTEN_PATH: ConfigPath = [...SERVER, "listen"];

/** Where the one handler of a command with one route stands in what `serverConfig` makes. */
export const HANDLER_PATH: ConfigPath = [...SERVER, "routes", 0, "handle", 0];

/** Splits `Name: value` pairs as given on a command line. `flag` is what they were given with. Throws Misuse on one without a name. */
export function parseHeaderFlags(flags: readonly string[], flag: string): Record<string, string[]> {
  const fields = Object.create(null) as Record<string, string[]>;
  for (const text of flags) {
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(colon, 0)).trim();
    if (name === "")
      throw new Misuse(`${flag}: cannot read the header ${JSON.stringify(text)}; write it as "Name: value"`);
    (fields[name] ??= []).push(text.slice(colon + 1).trim());
  }
  return fields;
}

/** Reads `--workers`: a count from 1, or "auto". Throws Misuse on anything else. */
export function parseWorkers(text: string): number | "auto" {
  if (text === "auto") return text;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1024) return count;
  throw new Misuse(
    `cannot start ${JSON.stringify(text)} workers: give a number from 1 to 1024, or "auto" for one a core`,
  );
}

/** Two colons outside brackets: neither a name or IPv4 address with its port, nor an IPv6 address in brackets. */
const TOO_MANY_COLONS = /^[^[{]*:[^{]*:/;

/** A host without a port: a name, an IPv4 address or one in brackets; placeholders count as characters. */
const NO_PORT = /^(?:\[[^\]]*\]|(?:[^:{]|\{[^}]*\})+)$/;

/**
 * Turns what people type as an upstream (`localhost:9000`, `:9000`, `http://10.0.0.1`, `unix//run/app.sock`) into an address to dial.
 * Throws Misuse where it cannot be one.
 */
export function parseUpstream(text: string): string {
  if (text.startsWith("unix/")) return text;
  if (text.startsWith("https://")) {
    throw new Misuse(
      `--to: cannot proxy to ${text} yet: TLS to upstreams comes with a later release; use an http:// upstream`,
    );
  }
  const bare = text.replace(/^http:\/\//, "").replace(/\/$/, "");
  if (bare === "" || /[/?#@\s]/.test(bare) || TOO_MANY_COLONS.test(bare)) {
    throw new Misuse(
      `--to: cannot proxy to ${JSON.stringify(text)}; give host:port, :port, http://host:port or unix//path`,
    );
  }
  if (bare.startsWith(":")) return `localhost${bare}`;
  return NO_PORT.test(bare) ? `${bare}:80` : bare;
}
