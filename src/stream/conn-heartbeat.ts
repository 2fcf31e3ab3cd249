import { CallbackTimer } from "../clock/index.ts";
import { type Conn, NetError, type WaitOptions } from "../net/index.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";

/** How a ConnHeartbeat keeps a connection alive. */
export interface ConnHeartbeatOptions extends Omit<HeartbeatOptions, "clock"> {
  /** How long the peer may be silent before the connection is ended, in milliseconds. Default 0: as long as it likes. */
  readonly silenceMs?: number;
}

/**
 * Keeps a Conn alive: pings the peer when nothing was sent or received for an interval, and ends the connection when the peer was silent for too long. Both run on
 * the Conn's own clock.
 *
 * Read and write through it in pull mode, so that it hears of the traffic and you hear of a silence (a read of the Conn itself fails with EBADF then, as after any `close`); in push mode call `heard` in `data`, and `sent` after a `send`. Pings come in between writes, never
 * within one. It stops when the Conn is gone.
 *
 * @example
 * const heartbeat = new ConnHeartbeat(conn, { intervalMs: 10_000, silenceMs: 30_000 });
 * for (let chunk = await heartbeat.read(); chunk !== null; chunk = await heartbeat.read()) handle(chunk);
 */
export class ConnHeartbeat {
  readonly conn: Conn;
  private readonly heartbeat: Heartbeat;
  private readonly silenceMs: number;
  private readonly silence: CallbackTimer = new CallbackTimer(() => this.silent());
  private writing = 0;
  private timedOut: NetError | undefined = undefined;

  constructor(conn: Conn, options: ConnHeartbeatOptions = {}) {
    this.conn = conn;
    this.silenceMs = options.silenceMs ?? 0;
    this.heartbeat = new Heartbeat((payload) => this.ping(payload), { ...options, clock: conn.wheel.clock });
    this.expect();
    void conn.done.then(() => this.stop());
  }

  /** Resolves once it has stopped: to ETIMEDOUT after too long a silence, to the error of the write that failed, else to undefined. */
  get done(): Promise<unknown> {
    return this.heartbeat.done.then((error) => this.timedOut ?? error);
  }

  /** Reads the next chunk, as `Conn.read`. Throws ETIMEDOUT once the peer's silence has ended the connection. */
  async read(options?: WaitOptions): Promise<Uint8Array | null> {
    try {
      const chunk = await this.conn.read(options);
      if (chunk !== null) this.heard();
      return chunk;
    } catch (error) {
      throw this.timedOut ?? error;
    }
  }

  /** Writes, as `Conn.write`. */
  async write(bytes: Uint8Array, options?: WaitOptions): Promise<void> {
    this.writing++;
    try {
      await this.conn.write(bytes, options);
      this.sent();
    } catch (error) {
      throw this.timedOut ?? error;
    } finally {
      this.writing--;
    }
  }

  /** Something came from the peer: it is not silent, and the next ping a whole interval away. */
  heard(): void {
    if (this.heartbeat.stopped) return;
    this.expect();
    this.heartbeat.reset();
  }

  /** Something was sent to the peer: the next ping is a whole interval away. */
  sent(): void {
    this.heartbeat.reset();
  }

  /** Begins an interval anew, and changes it if `intervalMs` is positive. */
  reset(intervalMs = 0): void {
    this.heartbeat.reset(intervalMs);
  }

  /** No more pings, and no limit on silence. The Conn stays open. Idempotent. */
  stop(): void {
    this.heartbeat.stop();
    this.conn.wheel.remove(this.silence);
  }

  private expect(): void {
    const { wheel } = this.conn;
    if (this.silenceMs > 0) wheel.set(this.silence, wheel.clock.now() + this.silenceMs);
  }

  /** A peer that takes nothing needs no more pings in its queue, nor one whose time has just run out another chance. */
  private ping(payload: Uint8Array): void {
    const { conn } = this;
    const { deadline } = this.silence;
    const isOver = deadline !== 0 && deadline <= conn.wheel.clock.now();
    if (this.writing > 0 || conn.queued > 0 || isOver) return;
    if (conn.closed) throw this.error("write", "EPIPE");
    conn.send(payload);
    conn.flush();
  }

  private silent(): void {
    const { conn } = this;
    this.timedOut = this.error("read", "ETIMEDOUT");
    this.stop();
    // What still waits for a peer that is silent would keep a close waiting, too.
    if (conn.queued > 0) conn.abort();
    else void conn.close();
  }

  private error(op: string, code: "EPIPE" | "ETIMEDOUT"): NetError {
    const { network, local, remote } = this.conn;
    return new NetError({ op, network, code, local, remote });
  }
}
