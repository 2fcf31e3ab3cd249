import { AddrPort, splitHostPort } from "../addr/index.ts";
import { type Clock, realClock, sleep } from "../clock/index.ts";
import type { Conn } from "./conn.ts";
import type { DialOptions } from "./dial-options.ts";
import { dial } from "./dial.ts";
import type { Endpoint } from "./endpoint.ts";
import { NetError } from "./net-error.ts";

/** One try to connect. */
export interface TcpPingReply {
  /** 1, 2, 3 … */
  readonly sequence: number;
  /** Who answered; undefined when nobody did. */
  readonly remote: Endpoint | undefined;
  /** From the first SYN to that address until it was connected, the look-up of the name not counted; undefined when it was not. */
  readonly connectMs: number | undefined;
  /** Why it was not. */
  readonly error: NetError | undefined;
}

/** How `tcpPing` asks. */
export interface TcpPingOptions {
  /** How often; 0 and below: for ever. Default 3. */
  readonly count?: number;
  /** From one try to the next; a slower answer delays it. Default 1,000. */
  readonly intervalMs?: number;
  /** For each try; default 5,000. */
  readonly timeoutMs?: number;
  /** Ends the iteration without an error; a try that is under way is not told of. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the real one. */
  readonly clock?: Clock;
  /** Connects; default: `dial`. */
  readonly dial?: (network: "tcp", address: string, options: DialOptions) => Promise<Conn>;
}

/**
 * Measures how long connecting to a TCP port takes, for places where ICMP is filtered: each connection is closed as soon as it stands. A try that fails is told
 * of in its reply, and so is a look-up: a name server's hiccup passes. Only an address that cannot be read ends the iteration with its error (ParseError, or NetError EINVAL), since no
 * further try could go better.
 *
 * @example
 * for await (const { sequence, connectMs } of tcpPing("example.com:443")) console.log(sequence, connectMs);
 */
export async function* tcpPing(address: string, options: TcpPingOptions = {}): AsyncGenerator<TcpPingReply> {
  const { count = 3, intervalMs = 1000, clock = realClock, signal } = options;
  splitHostPort(address);
  for (let sequence = 1; count <= 0 || sequence <= count; sequence++) {
    const start = clock.now();
    const reply = await tryOnce(address, sequence, options, clock);
    if (isOver(signal)) return;
    yield reply;
    const waitMs = start + intervalMs - clock.now();
    if (sequence !== count && waitMs > 0) await sleep(waitMs, clock, signal);
    if (isOver(signal)) return;
  }
}

async function tryOnce(
  address: string,
  sequence: number,
  options: TcpPingOptions,
  clock: Clock,
): Promise<TcpPingReply> {
  const begun = new Map<string, number>();
  const limits: DialOptions = {
    timeoutMs: options.timeoutMs ?? 5000,
    signal: options.signal,
    control: (_fd, _network, tried) => void begun.set(unmapped(tried), clock.now()),
  };
  try {
    const conn = await (options.dial ?? dial)("tcp", address, limits);
    const remote = conn.remote as AddrPort;
    const connectMs = clock.now() - (begun.get(remote.toString()) ?? Number.NaN);
    await conn.close();
    return { sequence, remote, connectMs, error: undefined };
  } catch (error) {
    if (!(error instanceof NetError) || isFinal(error)) throw error;
    return { sequence, remote: undefined, connectMs: undefined, error };
  }
}

/** As a Conn's `remote` has it: an IPv4 address written in IPv6 form is an IPv4 address. */
function unmapped(address: string): string {
  return AddrPort.parse(address).unmap().toString();
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function isFinal({ code }: NetError): boolean {
  return code === "EINVAL";
}

/** What several tries say together. */
export interface TcpPingSummary {
  readonly sent: number;
  readonly connected: number;
  /** 0 to 100. */
  readonly lossPercent: number;
  /** Undefined when none was connected. */
  readonly minMs: number | undefined;
  readonly avgMs: number | undefined;
  readonly maxMs: number | undefined;
}

/** Sums up replies. */
export function summarizeTcpPing(replies: readonly TcpPingReply[]): TcpPingSummary {
  const times = replies.flatMap(({ connectMs }) => connectMs ?? []);
  const some = times.length > 0;
  return {
    sent: replies.length,
    connected: times.length,
    lossPercent: replies.length === 0 ? 0 : (100 * (replies.length - times.length)) / replies.length,
    minMs: some ? Math.min(...times) : undefined,
    avgMs: some ? times.reduce((sum, time) => sum + time, 0) / times.length : undefined,
    maxMs: some ? Math.max(...times) : undefined,
  };
}
