import type { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import {
  ERRNO,
  isRecordsEnd,
  type Readiness,
  receiveDatagram,
  sendDatagram,
  type SocketFile,
  SystemError,
  watchReadiness,
} from "../sys/index.ts";
import { RECORD_MAX } from "./packet-inbox.ts";
import { PacketSocket } from "./packet-socket.ts";
import { fromSystemError } from "./system-error.ts";
import { SocketUnix, type UnixControl } from "./unix-control.ts";

/** Records that are received before others have their turn. */
const TURN = 64;
/** After one that came alone, so many records are received one by one: finding that no other is there costs a call, 0.4 µs of the 5 that a record takes. */
const SINGLE = 8;

let room: Uint8Array | undefined;

/**
 * A connected Unix seqpacket socket: records in order, none lost, kept apart. What nobody receives stays with the system, which lets the peer wait. An empty record is one; only directly before
 * the peer's close it cannot be told from the end, which the system reports alike (unix(7)).
 */
export class UnixpacketConn extends PacketSocket {
  readonly network = "unixpacket";
  readonly local: UnixAddress;
  readonly remote: UnixAddress;
  private readonly file: SocketFile | undefined;
  /** Records are there that were left with the system. */
  private stopped = false;
  /** Records to be received one by one. */
  private single = 0;
  private atEnd = false;

  /** Takes over a connected socket. Throws SystemError: EMFILE; the socket is then still the caller's. */
  constructor(fd: number, local: UnixAddress, remote: UnixAddress, wheel: TimerWheel, file?: SocketFile) {
    super(fd, wheel, watchLevel);
    this.local = local;
    this.remote = remote;
    this.file = file;
  }

  get unix(): UnixControl {
    return new SocketUnix(this);
  }

  protected receiveAll(): void {
    const isSingle = this.single > 0;
    const most = isSingle ? 1 : TURN;
    let count = 0;
    while (count < most && !this.atEnd && this.wantsMore && this.receiveOne()) count++;
    if (isSingle) this.single--;
    else if (count === 1) this.single = SINGLE;
    if (!this.wantsMore) this.stop();
  }

  protected override wanted(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.setLevel(true);
  }

  protected override receiveNow(max: number): void {
    for (let count = 0; count < max && !this.atEnd && this.wantsMore; count++) if (!this.receiveOne()) return;
  }

  protected transmit(data: Uint8Array): number {
    return sendDatagram(this.fd, data);
  }

  protected override released(): void {
    this.file?.remove();
  }

  /** Receives a record, or the end; false when neither is there. */
  private receiveOne(): boolean {
    room ??= new Uint8Array(new ArrayBuffer(RECORD_MAX));
    const length = receiveDatagram(this.fd, room);
    if (length === -ERRNO.EAGAIN) return false;
    if (length < 0) this.broke(length);
    else if (length === 0 && isRecordsEnd(this.fd)) this.end();
    else this.arrived(room.subarray(0, length), this.remote, undefined, length > RECORD_MAX);
    return length >= 0;
  }

  private stop(): void {
    this.stopped = true;
    this.setLevel(false);
  }

  private end(): void {
    this.atEnd = true;
    this.setLevel(false);
    this.peerEnded();
  }

  private broke(errno: number): void {
    const { local, network, remote } = this;
    this.gone(fromSystemError(new SystemError("recv", -errno), { op: "recv", network, local, remote }));
  }
}

/** The loop tells as long as there is something to receive: it need not be asked until nothing is left. */
function watchLevel(fd: number, ready: () => void): Readiness {
  return watchReadiness(fd, ready, true);
}
