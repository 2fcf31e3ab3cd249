import type { UnixAddress } from "../addr/index.ts";
import type { TimerWheel } from "../clock/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { LoopRecords } from "./loop-records.ts";
import { inCallback } from "./output.ts";
import { PacketSocket } from "./packet-socket.ts";
import type { SocketFile } from "./socket-file.ts";
import { fromSystemError } from "./system-error.ts";
import { SocketUnix, type UnixControl } from "./unix-control.ts";

/**
 * A connected Unix seqpacket socket: records in order, none lost, kept apart. Records over 512 KiB are cut, and said to be. What nobody receives stays with the system, which lets the
 * peer wait.
 */
export class UnixpacketConn extends PacketSocket {
  readonly network = "unixpacket";
  readonly local: UnixAddress;
  readonly remote: UnixAddress;
  private readonly records: LoopRecords;
  private readonly file: SocketFile | undefined;

  /** Takes over a connected socket. Throws SystemError: EMFILE; the socket is then still the caller's. */
  constructor(fd: number, local: UnixAddress, remote: UnixAddress, wheel: TimerWheel, file?: SocketFile) {
    let records: LoopRecords | undefined;
    super(fd, wheel, (_fd, roomChanged) => (records = new LoopRecords(fd, roomChanged)));
    this.local = local;
    this.remote = remote;
    this.file = file;
    this.records = records!;
    this.records.handler = {
      record: (data, truncated) => inCallback(() => this.record(data, truncated)),
      end: () => inCallback(() => this.peerEnded()),
      failed: (error) => inCallback(() => this.broke(error)),
    };
  }

  get unix(): UnixControl {
    return new SocketUnix(this);
  }

  protected receiveAll(): void {
    // The runtime receives.
  }

  protected override receiveNow(max: number): void {
    for (let count = 0; count < max && !this.closed; count++) if (!this.records.take()) return;
  }

  protected transmit(data: Uint8Array, _to: Endpoint | undefined): number {
    return this.records.write(data);
  }

  protected override released(): void {
    this.file?.remove();
  }

  protected override wanted(): void {
    if (this.wantsMore) this.records.again();
  }

  private record(data: Uint8Array, truncated: boolean): void {
    this.arrived(data, this.remote, undefined, truncated);
    if (!this.wantsMore) this.records.pause();
  }

  private broke(error: unknown): void {
    const { local, network, remote } = this;
    this.gone(fromSystemError(error, { op: "recv", network, local, remote }));
  }
}
