import type { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  closeDescriptor,
  connectUnixSocketTo,
  ERRNO,
  makeUnixSocket,
  type Readiness,
  receiveDatagram,
  sendDatagram,
  SOCKET_TYPE,
  type SocketFile,
  SystemError,
  watchReadiness,
} from "../sys/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { inCallback } from "./output.ts";
import { RECORD_MAX } from "./packet-inbox.ts";
import { PacketSocket } from "./packet-socket.ts";
import { unixHint } from "./unix-error.ts";
import { encodeUnixName, SenderNames } from "./unix-name.ts";

/** Datagrams that are received before others have their turn. */
const TURN = 64;

let room: Uint8Array | undefined;

/** What a UnixgramConn is made of. */
export interface UnixgramInit {
  /** A datagram socket. The conn owns it. */
  readonly fd: number;
  readonly local: UnixAddress;
  readonly remote: UnixAddress | undefined;
  readonly wheel: TimerWheel;
  /** The file that was bound here, to be removed when it closes. */
  readonly file: SocketFile | undefined;
}

/**
 * Unix datagrams. They are never lost: what nobody receives stays with the system, which lets the senders wait once it holds about ten. A send that waits for the room of one receiver
 * holds up the sends behind it; give it a time-out where receivers may be lazy.
 */
export class UnixgramConn extends PacketSocket {
  readonly network = "unixgram";
  readonly local: UnixAddress;
  readonly remote: UnixAddress | undefined;
  private readonly file: SocketFile | undefined;
  private readonly senders = new SenderNames();
  private roomWatch: RoomWatch | undefined = undefined;
  /** Datagrams are there that were left with the system. */
  private stopped = false;

  constructor(init: UnixgramInit) {
    super(init.fd, init.wheel);
    this.local = init.local;
    this.remote = init.remote;
    this.file = init.file;
  }

  protected receiveAll(): void {
    room ??= new Uint8Array(new ArrayBuffer(RECORD_MAX));
    for (let count = 0; count < TURN; count++) {
      if (!this.wantsMore) {
        this.stopped = true;
        return;
      }
      const length = receiveDatagram(this.fd, room);
      if (length === -ERRNO.EAGAIN) return;
      if (length < 0) this.failed(length);
      else this.arrived(room.subarray(0, length), this.senders.take(), undefined, length > RECORD_MAX);
    }
    this.receiveMore();
  }

  protected override wanted(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.receiveMore();
  }

  protected transmit(data: Uint8Array, to: Endpoint | undefined): number {
    if (to === undefined) return sendDatagram(this.fd, data);
    try {
      return sendDatagram(this.fd, data, encodeUnixName(to));
    } catch (error) {
      if (error instanceof SystemError) return -error.errno;
      throw error;
    }
  }

  protected override watchRoom(on: boolean, to: Endpoint | undefined): void {
    if (this.remote !== undefined) {
      super.watchRoom(on, to);
      return;
    }
    if (on && to !== undefined && this.roomWatch?.to === to) {
      // It has been full again.
      this.roomWatch.again();
      return;
    }
    this.roomWatch?.close();
    this.roomWatch = undefined;
    if (on && to !== undefined) this.roomWatch = new RoomWatch(to, () => this.roomChanged());
  }

  protected override hintFor(errno: number, to: Endpoint | undefined): string | undefined {
    return unixHint(errno, "send", (to ?? this.remote)?.toString() ?? "");
  }

  protected override released(): void {
    this.roomWatch?.close();
    this.file?.remove();
  }
}

/**
 * Tells when a receiver may have room. A socket that is not connected counts as writable whatever its receivers are; so another one is connected to the receiver, and watched. A receiver
 * that cannot be connected to is tried again at once: sending then says why. Throws SystemError EMFILE when there is no descriptor left for the other one.
 */
class RoomWatch {
  readonly to: Endpoint;
  private readonly fd: number;
  private readonly tell: () => void;
  private readiness: Readiness | undefined = undefined;
  private soon: NodeJS.Immediate | undefined = undefined;

  constructor(to: Endpoint, roomChanged: () => void) {
    this.to = to;
    this.fd = makeUnixSocket(SOCKET_TYPE.datagram);
    this.tell = () => inCallback(roomChanged);
    if (this.isConnected()) this.watch();
    else this.again();
  }

  private isConnected(): boolean {
    try {
      connectUnixSocketTo(this.fd, encodeUnixName(this.to));
      return true;
    } catch {
      return false;
    }
  }

  private watch(): void {
    try {
      this.readiness = watchReadiness(this.fd, this.tell);
      this.readiness.watchWritable(true);
    } catch (error) {
      closeDescriptor(this.fd);
      throw error;
    }
  }

  /** Tells again when there is room again. */
  again(): void {
    if (this.readiness === undefined) this.soon = setImmediate(this.tell);
    else this.readiness.again();
  }

  close(): void {
    if (this.soon !== undefined) clearImmediate(this.soon);
    this.readiness?.close();
    closeDescriptor(this.fd);
  }
}
