import type { Conn } from "./conn.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Listener, OnConn } from "./listener.ts";
import { NetError } from "./net-error.ts";
import type { ProxyHeader, ProxyHeaderLimits } from "./proxy-header.ts";
import {
  receiveOptionalProxyHeader,
  receiveProxyHeader,
  type ReceiveProxyHeaderOptions,
} from "./receive-proxy-header.ts";

/** Conns whose header has come and that wait for `accept` before the rest is left in the system's queue. */
const READY_MAX = 64;
const GREETING_MAX = 512;
const TIMEOUT_MS = 5000;

/**
 * What a connection from an address must begin with:
 * - "require": a header, which is believed;
 * - "use": a header is believed where there is one. Anybody who may connect can then claim any address, and a client that never sends first is held
 *   until the time-out: only for a network in which all are trusted;
 * - "ignore": a header is read where there is one, and not believed;
 * - "skip": nothing is read;
 * - "reject": the connection is reset.
 */
export type ProxyPolicy = "require" | "use" | "ignore" | "skip" | "reject";

/** How a Listener is made to expect PROXY headers. */
export interface ProxyListenerOptions extends ProxyHeaderLimits {
  /** By the address that really connects, before anything is read. Default: "require" for all. */
  readonly policy?: ((remote: Endpoint) => ProxyPolicy) | undefined;
  /** For the whole header; default 5,000. The protocol asks for 3,000 at least. */
  readonly timeoutMs?: number | undefined;
  /** How many connections may be without their whole header at a time; beyond it the one that has been so for longest is reset. Default 512. */
  readonly maxGreeting?: number | undefined;
  /** The wheel of the Conns. Default: the thread's. */
  readonly wheel?: ReceiveProxyHeaderOptions["wheel"];
  /** Told of each connection that was reset for want of a good header, with the ParseError or NetError. Default: nothing is told. */
  readonly onRejected?: ((error: Error, remote: Endpoint) => void) | undefined;
}

/**
 * Makes a Listener whose Conns begin with a PROXY header: `remote` and `local` are those that the header tells, and the header is read off before the Conn is handed
 * out. A slow client holds up nobody else: the silent ones are bounded in time and number. Closing it closes `inner`, and waits for the headers of
 * what was accepted by then.
 *
 * @example
 * const trusted = Prefix.parse("10.0.0.0/8");
 * const listener = expectProxyHeaders(await listen("tcp", ":8443"), {
 *   policy: (remote) => (remote instanceof AddrPort && trusted.contains(remote.addr) ? "require" : "reject"),
 * });
 */
export function expectProxyHeaders(inner: Listener, options: ProxyListenerOptions = {}): Listener {
  return new ProxyListener(inner, options);
}

/** The header that a Conn of such a Listener began with, or one that works through it (`beneath`); undefined where there was none, or it was not believed. */
export function proxyHeaderOf(conn: Conn): ProxyHeader | undefined {
  for (let at: Conn | undefined = conn; at !== undefined; at = at.beneath) {
    const header = headers.get(at);
    if (header !== undefined) return header;
  }
  return undefined;
}

const headers = new WeakMap<Conn, ProxyHeader>();

class ProxyListener implements Listener {
  private readonly inner: Listener;
  private readonly options: ProxyListenerOptions;
  private readonly ready: Conn[] = [];
  private readonly accepting: ((conn: Conn | null) => void)[] = [];
  /** Conns whose header has not come, the oldest first, and what will be when it has. */
  private readonly greeting = new Map<Conn, Promise<void>>();
  private pulling = false;
  private innerEnded = false;

  constructor(inner: Listener, options: ProxyListenerOptions) {
    this.inner = inner;
    this.options = options;
  }

  get network(): string {
    return this.inner.network;
  }

  get local(): Endpoint {
    return this.inner.local;
  }

  get open(): number {
    return this.inner.open;
  }

  serve(onConn: OnConn): void {
    this.inner.serve((conn) => this.greet(conn, onConn));
  }

  async accept(): Promise<Conn | null> {
    const conn = this.ready.shift();
    void this.pull();
    if (conn !== undefined) return conn;
    if (this.isOver) return null;
    return new Promise((resolve) => void this.accepting.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    await this.inner.close();
    await Promise.all(this.greeting.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private get isOver(): boolean {
    return this.innerEnded && this.greeting.size === 0;
  }

  /** Takes Conns from the inner listener while there is room for more of them. */
  private async pull(): Promise<void> {
    if (this.pulling) return;
    this.pulling = true;
    while (!this.innerEnded && this.ready.length < READY_MAX) {
      const conn = await this.inner.accept();
      if (conn === null) this.innerEnded = true;
      else this.greet(conn, this.hand);
    }
    this.pulling = false;
    this.tellEnd();
  }

  private tellEnd(): void {
    if (this.isOver) for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  private readonly hand = (conn: Conn): void => {
    const resolve = this.accepting.shift();
    if (resolve === undefined) this.ready.push(conn);
    else resolve(conn);
  };

  private greet(conn: Conn, onConn: OnConn): void {
    if (this.greeting.size >= (this.options.maxGreeting ?? GREETING_MAX)) this.dropOldest();
    this.greeting.set(conn, this.admit(conn, onConn));
  }

  private dropOldest(): void {
    const [oldest] = this.greeting.keys();
    if (oldest === undefined) return;
    this.greeting.delete(oldest);
    oldest.abort();
  }

  private async admit(conn: Conn, onConn: OnConn): Promise<void> {
    const { remote } = conn;
    let failure: Error | undefined;
    try {
      await this.readHeader(conn, this.options.policy?.(remote) ?? "require");
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      conn.abort();
    }
    this.greeting.delete(conn);
    if (failure === undefined) onConn(conn);
    else this.options.onRejected?.(failure, remote);
    this.tellEnd();
  }

  private async readHeader(conn: Conn, policy: ProxyPolicy): Promise<void> {
    if (policy === "skip") return;
    if (policy === "reject") throw refused(conn, "the policy for its address is to reject it");
    const { versions, maxLength, wheel, timeoutMs = TIMEOUT_MS } = this.options;
    const limits = { versions, maxLength, wheel, timeoutMs };
    const header =
      policy === "require" ? await receiveProxyHeader(conn, limits) : await receiveOptionalProxyHeader(conn, limits);
    if (header !== undefined && policy !== "ignore") believe(conn, header);
  }
}

function believe(conn: Conn, header: ProxyHeader): void {
  headers.set(conn, header);
  if (header.ends === undefined) return;
  if (conn.setEnds === undefined)
    throw refused(conn, "this kind of Conn cannot take the ends that a PROXY header tells");
  conn.setEnds(header.ends.destination, header.ends.source);
}

function refused(conn: Conn, hint: string): NetError {
  return new NetError({ op: "accept", network: conn.network, code: "EPERM", remote: conn.remote, hint });
}
