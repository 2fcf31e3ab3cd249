import type { ArgumentNetwork } from "../endpoint-argument.ts";
import { Misuse } from "../misuse.ts";
import type { ObserverFlags } from "./observers.ts";

/** What `dial` and `listen` have in common; durations in milliseconds. */
export interface NetcatFlags extends ObserverFlags {
  readonly wait?: number;
  readonly idle?: number;
  /** False for --no-shutdown. */
  readonly shutdown: boolean;
  readonly lines?: boolean;
  readonly size?: number;
  readonly ttl?: number;
  readonly keepalive?: number;
  readonly linger?: number;
}

/** The flags of `netwright dial`. */
export interface DialFlags extends NetcatFlags {
  readonly timeout?: number;
  readonly source?: string;
  readonly zero?: boolean;
  readonly proxyProtocol?: "v1" | "v2";
  readonly proxySource?: string;
  readonly broadcast?: boolean;
  readonly verbose?: boolean;
  readonly explain?: boolean;
  readonly interval?: number;
}

/** The flags of `netwright listen`. */
export interface ListenFlags extends NetcatFlags {
  readonly keepOpen?: boolean;
  readonly mode?: number;
  readonly proxyProtocol?: "v1" | "v2" | "any";
  readonly quiet?: boolean;
}

/** Bytes of stdin in one packet, unless told otherwise. */
export const PACKET_BYTES = 16_384;
/** From one line of progress to the next. */
export const INTERVAL_MS = 1000;
/** What a peer that answers datagrams has for its answer. */
export const PACKET_WAIT_MS = 1000;

const TCP: readonly ArgumentNetwork[] = ["tcp", "tcp4", "tcp6"];
const UDP: readonly ArgumentNetwork[] = ["udp", "udp4", "udp6"];
const STREAMS: readonly ArgumentNetwork[] = [...TCP, "unix"];
const PACKETS: readonly ArgumentNetwork[] = [...UDP, "unixgram", "unixpacket"];

/** Flags that are not for every network. */
const ONLY: Readonly<Record<string, readonly ArgumentNetwork[]>> = {
  shutdown: STREAMS,
  lines: PACKETS,
  size: PACKETS,
  ttl: [...TCP, ...UDP],
  keepalive: TCP,
  linger: TCP,
  source: [...TCP, ...PACKETS],
  proxyProtocol: STREAMS,
  proxySource: TCP,
  broadcast: UDP,
  mode: ["unix", "unixgram", "unixpacket"],
};

/** Throws Misuse for a flag that means nothing for the network. */
export function checkFlags(network: ArgumentNetwork, flags: object): void {
  for (const [name, value] of Object.entries(flags)) {
    const only = ONLY[name];
    // Commander gives a flag that can be switched off a value even where it is not there.
    if (only === undefined || only.includes(network) || value === undefined || (name === "shutdown" && value === true))
      continue;
    throw new Misuse(`${flagOf(name)} is for ${only.join(", ")}, and not for ${network}`);
  }
}

function flagOf(name: string): string {
  if (name === "shutdown") return "--no-shutdown";
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whether what is sent over a network is a stream of bytes. */
export function isStream(network: ArgumentNetwork): network is "tcp" | "tcp4" | "tcp6" | "unix" {
  return STREAMS.includes(network);
}

/** Whether it is UDP. */
export function isUdp(network: ArgumentNetwork): network is "udp" | "udp4" | "udp6" {
  return UDP.includes(network);
}

/** How long a session goes on by its flags; `waitMs` unless --wait says otherwise. */
export function limitsOf(
  flags: NetcatFlags,
  waitMs: number,
  stop: AbortSignal,
): { waitMs: number; idleMs: number; stop: AbortSignal } {
  return { waitMs: flags.wait ?? waitMs, idleMs: flags.idle || Number.POSITIVE_INFINITY, stop };
}

/** Options of sockets by flags. */
export function socketOptionsOf({ keepalive, linger, ttl }: NetcatFlags): {
  ttl: number | undefined;
  lingerMs: number | undefined;
  keepAlive: { idleMs: number; intervalMs: number } | false | undefined;
} {
  const keepAlive = keepalive === undefined ? undefined : keepalive > 0 && { idleMs: keepalive, intervalMs: keepalive };
  return { ttl, lingerMs: linger, keepAlive };
}
