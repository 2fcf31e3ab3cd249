import { Addr, joinHostPort, splitHostPort } from "../../addr/index.ts";
import { SPEED_PORT } from "./speed-limits.ts";

/** "host", "host:port", ":port", "::1" or "[::1]:port" as an address with a port; SPEED_PORT where it has none. Throws ParseError. */
export function speedTarget(text: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (Addr.tryParse(bare) !== undefined) return joinHostPort(bare, SPEED_PORT);
  if (!text.includes(":")) return joinHostPort(text, SPEED_PORT);
  const { host, port } = splitHostPort(text);
  return joinHostPort(host, port === "" ? SPEED_PORT : port);
}
