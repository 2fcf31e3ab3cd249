import { ParseError } from "../bytes/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Conn, WaitOptions } from "./conn.ts";
import type { ProxyHeader, ProxyHeaderLimits } from "./proxy-header.ts";
import { NetError } from "./net-error.ts";
import { beginsProxyHeader, parseProxyHeader } from "./proxy-header-wire.ts";
import { threadWheel } from "./runtime.ts";

/** How a PROXY header is received. A `timeoutMs` is one for the whole header, however its bytes come. */
export interface ReceiveProxyHeaderOptions extends ProxyHeaderLimits, WaitOptions {
  /** The wheel whose clock the Conn's deadlines run on. Default: the thread's. */
  readonly wheel?: TimerWheel | undefined;
}

/**
 * Reads the PROXY header that a Conn must begin with, and leaves what follows it to be read. The Conn is in pull mode, and nothing was read from it yet.
 * Without a limit in `options` it waits for as long as the Conn's own deadline allows.
 *
 * Throws ParseError for what is no such header, also when the stream ends within it, and NetError of the reads.
 *
 * @example
 * const { ends } = await receiveProxyHeader(conn, { timeoutMs: 5000 });
 * console.log(`for ${ends?.source ?? conn.remote}`);
 */
export async function receiveProxyHeader(conn: Conn, options: ReceiveProxyHeaderOptions = {}): Promise<ProxyHeader> {
  return receiveRest(conn, new Uint8Array(0), options, wholeLimits(options));
}

/**
 * The same where a header may be absent: undefined, and everything is left to be read, when the first bytes are no header. A client that does not send first is
 * waited for, and then has none.
 */
export async function receiveOptionalProxyHeader(
  conn: Conn,
  options: ReceiveProxyHeaderOptions = {},
): Promise<ProxyHeader | undefined> {
  const limits = wholeLimits(options);
  let bytes: Uint8Array = new Uint8Array(0);
  while (beginsProxyHeader(bytes) === "maybe") {
    const chunk = await readUnlessSilent(conn, limits);
    if (chunk === null) break;
    bytes = joined(bytes, chunk);
  }
  if (beginsProxyHeader(bytes) === "yes") return receiveRest(conn, bytes, options, limits);
  if (bytes.length > 0) conn.unread(bytes);
  return undefined;
}

async function receiveRest(
  conn: Conn,
  start: Uint8Array,
  options: ReceiveProxyHeaderOptions,
  limits: WaitOptions,
): Promise<ProxyHeader> {
  let bytes = start;
  for (;;) {
    const parsed = parseProxyHeader(bytes, options);
    if (parsed !== undefined) {
      if (parsed.length < bytes.length) conn.unread(bytes.subarray(parsed.length));
      return parsed.header;
    }
    bytes = joined(bytes, await more(conn, bytes, limits));
  }
}

/** What came; null at the end, and when the time is over. */
async function readUnlessSilent(conn: Conn, limits: WaitOptions): Promise<Uint8Array | null> {
  try {
    return await conn.read(limits);
  } catch (error) {
    if (error instanceof NetError && error.isTimeout) return null;
    throw error;
  }
}

/** One limit for all the reads. */
function wholeLimits(options: ReceiveProxyHeaderOptions): WaitOptions {
  const { signal, timeoutMs } = options;
  if (timeoutMs === undefined || timeoutMs === 0) return options;
  const end = (options.wheel ?? threadWheel()).clock.now() + timeoutMs;
  return { signal, deadline: Math.min(end, options.deadline ?? Number.POSITIVE_INFINITY) };
}

async function more(conn: Conn, before: Uint8Array, limits: WaitOptions): Promise<Uint8Array> {
  const chunk = await conn.read(limits);
  if (chunk === null) throw new ParseError(before, before.length, "the stream ended within the PROXY header");
  return chunk;
}

function joined(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (before.length === 0) return chunk;
  const all = new Uint8Array(before.length + chunk.length);
  all.set(before);
  all.set(chunk, before.length);
  return all;
}
