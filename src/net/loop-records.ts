import {
  duplicateDescriptor,
  ERRNO,
  isHungUp,
  MESSAGE_FLAGS,
  receiveDatagram,
  receiveMessage,
  sendDatagram,
} from "../sys/index.ts";
import type { SocketWatch } from "./packet-socket.ts";

/** The runtime receives so much at a time: a longer record's end is lost, and of one that long it cannot be told whether more followed. */
const RECEIVED_MAX = 512 * 1024;

/** Whom LoopRecords reports to. */
export interface RecordHandler {
  /** A record came; its bytes may be kept. */
  record(data: Uint8Array, truncated: boolean): void;
  /** The peer sends nothing more. */
  end(): void;
  /** The socket failed. */
  failed(error: unknown): void;
}

type RawSocket = Bun.Socket<LoopRecords> & { readonly fd: number };

let room: Uint8Array | undefined;
const nothing: Uint8Array = new Uint8Array(0);
const peeked: Uint8Array = new Uint8Array(new ArrayBuffer(1));

/**
 * Lets the runtime receive the records of a connected seqpacket socket, each of which it gives as one `data`: a round trip takes 8 µs, where watching the socket and receiving here takes 10.5
 * (docs/decisions/0009). It works on a duplicate of the descriptor.
 *
 * An empty record looks to the runtime like the end, after which it no longer receives. So at an "end" the system is asked whether the peer is still there; then it was an empty record, and
 * the runtime is given a new duplicate. Only an empty record right before the peer closes cannot be told from the end: unix(7) has no way to.
 */
export class LoopRecords implements SocketWatch {
  /** To be set before the loop turns. */
  handler: RecordHandler | undefined = undefined;
  private readonly fd: number;
  private readonly roomChanged: () => void;
  private raw: RawSocket | undefined = undefined;
  private closed = false;
  private keepsAlive = true;
  private paused = false;

  /** The descriptor stays the caller's. Throws SystemError: EMFILE. */
  constructor(fd: number, roomChanged: () => void) {
    this.fd = fd;
    this.roomChanged = roomChanged;
    this.begin();
  }

  /** The runtime tells of room by itself after a write of its own that found none. */
  watchWritable(): void {
    // See `write`.
  }

  /** Sends a record; when the system has no room, by the runtime, which then tells of it. The bytes, or an error number negated. */
  write(data: Uint8Array): number {
    const sent = sendDatagram(this.fd, data);
    if (sent !== -ERRNO.EAGAIN || this.raw === undefined) return sent;
    return this.raw.write(data) === data.length ? data.length : -ERRNO.EAGAIN;
  }

  /** Takes a record that is there now, ahead of the runtime; false when there is none. */
  take(): boolean {
    room ??= new Uint8Array(new ArrayBuffer(RECEIVED_MAX));
    const length = receiveDatagram(this.fd, room);
    if (length < 0) return false;
    const ends = length === 0 && isHungUp(this.fd);
    if (ends) this.handler?.end();
    else this.handler?.record(room.slice(0, length), length > RECEIVED_MAX);
    return !ends;
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.raw?.pause();
  }

  /** Goes on after `pause`. */
  again(): void {
    if (!this.paused) return;
    this.paused = false;
    this.raw?.resume();
  }

  ref(): void {
    this.keepsAlive = true;
    this.raw?.ref();
  }

  unref(): void {
    this.keepsAlive = false;
    this.raw?.unref();
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private drop(): void {
    const { raw } = this;
    this.raw = undefined;
    raw?.terminate();
  }

  private begin(): void {
    const options = { fd: duplicateDescriptor(this.fd), allowHalfOpen: true, data: this, socket: handlers };
    // The types of Bun.connect do not know `fd`, which it takes.
    const connected = Bun.connect(options as unknown as Bun.TCPSocketConnectOptions<LoopRecords>);
    connected.catch((error: unknown) => this.handler?.failed(error));
  }

  /** For the handlers below only. */
  opened(raw: RawSocket): void {
    if (this.closed) {
      raw.terminate();
      return;
    }
    this.raw = raw;
    if (!this.keepsAlive) raw.unref();
    if (this.paused) raw.pause();
  }

  received(raw: RawSocket, chunk: Uint8Array): void {
    if (raw === this.raw) this.handler?.record(chunk, chunk.length >= RECEIVED_MAX);
  }

  drained(raw: RawSocket): void {
    if (raw === this.raw) this.roomChanged();
  }

  /** An empty record, or the end. */
  ended(raw: RawSocket): void {
    if (raw !== this.raw) return;
    if (this.isAtEnd()) {
      this.handler?.end();
      return;
    }
    this.drop();
    this.handler?.record(nothing, false);
    if (!this.closed) this.begin();
  }

  /** Nothing is there (EAGAIN) or something is: then it was not the end. Another 0 is another empty record, or the end at last. */
  private isAtEnd(): boolean {
    const flags = MESSAGE_FLAGS.PEEK | MESSAGE_FLAGS.DONTWAIT;
    return receiveMessage(this.fd, peeked, { flags }).length === 0 && isHungUp(this.fd);
  }

  gone(raw: RawSocket, error: unknown): void {
    if (raw !== this.raw) return;
    this.raw = undefined;
    if (error === undefined || error === null) this.handler?.end();
    else this.handler?.failed(error);
  }
}

const handlers: Bun.SocketHandler<LoopRecords> = {
  open: (raw) => raw.data.opened(raw as RawSocket),
  data: (raw, chunk) => raw.data.received(raw as RawSocket, chunk),
  drain: (raw) => raw.data.drained(raw as RawSocket),
  end: (raw) => raw.data.ended(raw as RawSocket),
  close: (raw, error) => raw.data.gone(raw as RawSocket, error),
  error: (raw, error) => raw.data.gone(raw as RawSocket, error),
};
