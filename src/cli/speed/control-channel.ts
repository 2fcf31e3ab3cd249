import type { Conn } from "../../net/index.ts";
import { encodeTlv, TlvDecoder, type TlvType } from "../../stream/index.ts";
import { tlvClientMessage, tlvJoin, tlvPing, tlvPong, tlvServerMessage } from "./message-wire.ts";
import { MESSAGE_MAX_BYTES, SILENCE_MS } from "./speed-limits.ts";

/** What a control connection is made of. */
export interface ControlChannelInit<In, Out> {
  readonly incoming: TlvType<In>;
  readonly outgoing: TlvType<Out>;
  /** A message came. What it throws ends the connection. */
  readonly onMessage: (message: In) => void;
  /** It is over: exactly once. `error` is absent when the peer closed it, or `close` was called. */
  readonly onEnd: (error: Error | undefined) => void;
  /** What the peer is told last when the connection ends for an error of its own. Default: nothing. */
  readonly farewell?: (error: Error) => Out;
  /** A ping was answered after so long. */
  readonly onRoundTrip?: (ms: number) => void;
}

/** What waits for a peer that does not read: then it is given up. */
const QUEUED_MAX = 256 * 1024;
/** What is left to say when it ends may take as long. */
const FAREWELL_MS = 2000;
/** Pings without an answer at which no more are sent. */
const PINGS_MAX = 256;

/** Messages and pings over a Conn, which it owns. A peer that is silent, talks nonsense or does not read ends it. */
export class ControlChannel<In, Out> {
  readonly conn: Conn;
  private readonly init: ControlChannelInit<In, Out>;
  private readonly pings = new Map<number, number>();
  private pinged = 0;
  private decoder: TlvDecoder<TlvType<In> | TlvType<number>>;
  private isOver = false;

  /** The Conn must be in pull mode. */
  constructor(conn: Conn, init: ControlChannelInit<In, Out>) {
    this.conn = conn;
    this.init = init;
    this.decoder = this.newDecoder();
    this.heard();
    conn.attach({
      data: (chunk) => this.received(chunk),
      drain: () => undefined,
      end: () => this.close(),
      close: (error) => this.gone(error),
      timeout: () => this.timedOut(),
    });
  }

  send(message: Out): void {
    this.write(encodeTlv(this.init.outgoing, message, MESSAGE_MAX_BYTES));
  }

  /** Measures a round trip. Nothing is sent while too many pings are unanswered. */
  ping(): void {
    if (this.isOver || this.pings.size >= PINGS_MAX) return;
    const number = this.pinged++;
    this.pings.set(number, this.conn.wheel.clock.now());
    this.write(encodeTlv(tlvPing, number));
    this.conn.flush();
  }

  /** Ends it, after what was sent. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave();
    this.init.onEnd(undefined);
  }

  /** Ends it for an error, which the peer is told. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    const { farewell, outgoing } = this.init;
    // No more than a message, so that it goes out behind whatever waits, or is dropped with it.
    if (farewell !== undefined) this.conn.send(encodeTlv(outgoing, farewell(error), MESSAGE_MAX_BYTES));
    this.leave();
    this.init.onEnd(error);
  }

  /** Closes the Conn; a peer that does not take the rest in time is not waited for. */
  private leave(): void {
    const { conn } = this;
    const { wheel } = conn;
    conn.readDeadline = wheel.clock.now() + FAREWELL_MS;
    void conn.close();
  }

  private write(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.conn.send(bytes);
    if (this.conn.queued <= QUEUED_MAX) return;
    this.conn.abort();
    this.gone(new Error("the other side does not read what it is told"));
  }

  private received(chunk: Uint8Array): void {
    if (this.isOver) return;
    this.heard();
    try {
      this.decode(chunk);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private decode(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isOver;) {
      const { target } = this.decoder;
      const count = Math.min(target.length, chunk.length - at);
      target.set(chunk.subarray(at, at + count));
      at += count;
      this.decoder.filled(count);
      if (this.decoder.done) this.take();
    }
  }

  private take(): void {
    const { bytes, type } = this.decoder;
    this.decoder = this.newDecoder();
    if (type === tlvPing) this.write(encodeTlv(tlvPong, tlvPing.decode(bytes)));
    else if (type === tlvPong) this.ponged(tlvPong.decode(bytes));
    else this.init.onMessage(this.init.incoming.decode(bytes));
  }

  private ponged(number: number): void {
    const sent = this.pings.get(number);
    if (sent === undefined) throw new Error("the other side answers a ping that was not sent");
    this.pings.delete(number);
    this.init.onRoundTrip?.(this.conn.wheel.clock.now() - sent);
  }

  private newDecoder(): TlvDecoder<TlvType<In> | TlvType<number>> {
    return new TlvDecoder<TlvType<In> | TlvType<number>>({
      wanted: [this.init.incoming, tlvPing, tlvPong],
      known: [tlvClientMessage, tlvServerMessage, tlvJoin],
      maxBytes: MESSAGE_MAX_BYTES,
    });
  }

  private heard(): void {
    const { wheel } = this.conn;
    this.conn.readDeadline = wheel.clock.now() + SILENCE_MS;
  }

  private timedOut(): void {
    if (this.isOver) this.conn.abort();
    else this.fail(new Error(`the other side has been silent for ${SILENCE_MS / 1000} s`));
  }

  private gone(error: Error | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.init.onEnd(error);
  }
}
