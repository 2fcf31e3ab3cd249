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

/** Connections whose header is waited for before the rest is left in the system's queue (`accept` only). */
const WAITING_MAX = 64;
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
  /** The wheel of the Conns. Default: the thread's. */
  readonly wheel?: ReceiveProxyHeaderOptions["wheel"];
  /** Told of each connection that was reset for want of a good header, with the ParseError or NetError. Default: nothing is told. */
  readonly onRejected?: ((error: Error, remote: Endpoint) => void) | undefined;
}

/**
 * Makes a Listener whose Conns begin with a PROXY header: `remote` and `local` are those that the header tells, and the header is read off before the Conn is handed
 * out. A slow client holds up nobody else. Closing it closes `inner`.
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

/** The header that a Conn of such a Listener began with; undefined where there was none, or it was not believed. */
export function proxyHeaderOf(conn: Conn): ProxyHeader | undefined {
  return headers.get(conn);
}

const headers = new WeakMap<Conn, ProxyHeader>();

class ProxyListener implements Listener {
  private readonly inner: Listener;
  private readonly options: ProxyListenerOptions;
  private readonly ready: Conn[] = [];
  private readonly accepting: ((conn: Conn | null) => void)[] = [];
  private greeting = 0;
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
    this.inner.serve((conn) => void this.greet(conn, onConn));
  }

  async accept(): Promise<Conn | null> {
    const conn = this.ready.shift();
    void this.pull();
    if (conn !== undefined) return conn;
    if (this.innerEnded && this.greeting === 0) return null;
    return new Promise((resolve) => void this.accepting.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn, void, void> {
    for (let conn = await this.accept(); conn !== null; conn = await this.accept()) yield conn;
  }

  async close(): Promise<void> {
    await this.inner.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Takes Conns from the inner listener while there is room for their greeting. */
  private async pull(): Promise<void> {
    if (this.pulling) return;
    this.pulling = true;
    while (!this.innerEnded && this.greeting + this.ready.length < WAITING_MAX) {
      const conn = await this.inner.accept();
      if (conn === null) this.innerEnded = true;
      else void this.greet(conn, this.hand).then(() => this.pull());
    }
    this.pulling = false;
    if (this.innerEnded && this.greeting === 0) for (const resolve of this.accepting.splice(0)) resolve(null);
  }

  private readonly hand = (conn: Conn): void => {
    const resolve = this.accepting.shift();
    if (resolve === undefined) this.ready.push(conn);
    else resolve(conn);
  };

  private async greet(conn: Conn, onConn: OnConn): Promise<void> {
    const { remote } = conn;
    this.greeting++;
    try {
      await this.readHeader(conn, this.options.policy?.(remote) ?? "require");
    } catch (error) {
      this.greeting--;
      conn.abort();
      this.options.onRejected?.(error instanceof Error ? error : new Error(String(error)), remote);
      return;
    }
    this.greeting--;
    onConn(conn);
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
